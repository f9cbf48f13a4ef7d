"""``publisher docs``: the tables of the editors' guide, made from the models and the table of codes, and the JSON Schemas."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from publisher.cli.options import UsageError, folder
from publisher.content.model.kinds import MODELS
from publisher.content.model.schema import json_schema
from publisher.content.model.tables import common_table, field_tables, problem_table, record_tables
from publisher.content.model.vocabulary import Kind
from publisher.liaison.model import FILES

_MARKS = re.compile(r"(<!-- 由程序生成：(?P<name>[a-z-]+) -->\n).*?(<!-- 生成结束 -->)", re.DOTALL)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root", type=folder, default=Path(), metavar="DIR", help="放着 docs/ 的文件夹")
    parser.add_argument("--check", action="store_true", help="只看是否最新，不改文件")
    parser.add_argument("--schema", choices=[kind.value for kind in Kind], help="打印这种栏目的 JSON Schema")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Bring the marked tables of ``docs/*.md`` up to date; with --check give 1 when they are not."""
    if options.schema:
        print(json.dumps(json_schema(MODELS[Kind.parse(options.schema)]), ensure_ascii=False, indent=2))
        return 0
    tables = {f"fields-{kind.value}": field_tables(MODELS[kind]) for kind in Kind} | {"fields-common": common_table(), "problems": problem_table()}
    tables |= {f"liaison-{folder}": record_tables(model) for folder, (model, _) in FILES.items()}
    stale = 0
    for path in sorted((options.root / "docs").glob("*.md")):
        old = path.read_text(encoding="utf-8")
        unknown = {match["name"] for match in _MARKS.finditer(old)} - set(tables)
        if unknown:
            raise UsageError(f"{path}：没有这样的表格 / no such table: {', '.join(sorted(unknown))}")
        new = _MARKS.sub(lambda match: match[1] + tables[match["name"]] + match[3], old)
        if new == old:
            continue
        stale += 1
        print(path)
        if not options.check:
            path.write_text(new, encoding="utf-8", newline="\n")
    return 1 if stale and options.check else 0
