"""``publisher new KIND``: a correct, commented starting file with a free id."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from publisher.cli.options import add_common, time_of
from publisher.configuration import load_settings
from publisher.content.library import load_library
from publisher.content.model.fields import is_id
from publisher.content.model.vocabulary import Kind
from publisher.content.starters import starter_text
from publisher.problems import PublisherError
from publisher.settings import Settings

_PREFIXES = {
    Kind.NEWS: "zx",
    Kind.POLICY: "zc",
    Kind.LISTING: "gx",
    Kind.GUIDE: "bs",
    Kind.EVENT: "hd",
    Kind.ENTERPRISE: "qy",
    Kind.TALLY: "fw",
    Kind.PAGE: "ym",
}
_YAML_KINDS = frozenset({Kind.LISTING, Kind.ENTERPRISE, Kind.TALLY})


def configure(parser: argparse.ArgumentParser) -> None:
    add_common(parser, formats=False)
    names = ", ".join(f"{kind.value}（{kind.label}）" for kind in Kind)
    parser.add_argument("kind", type=_kind, metavar="KIND", help=names)
    parser.add_argument("--id", default=None, metavar="ID", help="编号，也是文件名；默认取下一个空号")
    parser.add_argument("--keys", choices=("zh", "en"), default="zh", help="键用中文还是英文")
    parser.set_defaults(run=run, format="text")


def _kind(text: str) -> Kind:
    for kind in Kind:
        if text in (kind.value, kind.label, kind.folder):
            return kind
    raise argparse.ArgumentTypeError(f"没有“{text}”这种栏目；可以写：" + "、".join(f"{kind.value}（{kind.label}）" for kind in Kind))


def run(options: argparse.Namespace) -> int:
    """Write the file and print its path."""
    settings, _ = load_settings(options.root)
    settings = settings or Settings(root=options.root, site_name="", site_url="https://example.com/")
    now = time_of(options)
    taken = _taken(settings)
    entry_id = options.id or _free_id(options.kind, taken, now)
    if not is_id(entry_id):
        print(f"编号“{entry_id}”不能用：只能用小写英文字母、数字，用 - 或 . 连接。")
        return 2
    if entry_id in taken:
        print(f"编号“{entry_id}”已经有人用了。")
        return 2
    suffix = ".yml" if options.kind in _YAML_KINDS else ".md"
    path: Path = options.root / "content" / options.kind.folder / f"{entry_id}{suffix}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(starter_text(options.kind, now, options.keys, is_markdown=suffix == ".md", enterprise=_an_enterprise(settings)))
    except OSError as error:
        raise PublisherError(f"写不了 {path}：{error.strerror}", f"cannot write {path}: {error.strerror}") from error
    print(path)
    return 0


def _an_enterprise(settings: Settings) -> str:
    """The first enterprise of the directory, so that a new listing names one that exists."""
    library, _ = load_library(settings)
    return next((entry.id for entry in library.of_kind(Kind.ENTERPRISE)), "")


def _taken(settings: Settings) -> set[str]:
    """Every id in use, and every file name, so that a broken file keeps its number too."""
    library, _ = load_library(settings)
    stems = {path.name.rsplit(".", 1)[0] for path in settings.content.rglob("*") if path.is_file()}
    return {entry.id for entry in library.entries} | stems


def _free_id(kind: Kind, taken: set[str], now: datetime) -> str:
    if kind is Kind.PAGE:
        stem = f"{_PREFIXES[kind]}-"
    else:
        stem = f"{_PREFIXES[kind]}-{now.year}-"
    number = 1
    while any(name.startswith(f"{stem}{number:04d}") for name in taken):
        number += 1
    return f"{stem}{number:04d}"
