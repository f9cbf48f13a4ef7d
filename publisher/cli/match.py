"""``publisher match policy --profile FILE``: which policies an enterprise may use, which nearly, which not and why, each with the words that say so."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from publisher.cli import match_listing
from publisher.cli.options import add_common, time_of
from publisher.cli.problems import print_problems, problems_json
from publisher.clock import SHANGHAI
from publisher.content.library import Library
from publisher.content.model.kinds import Policy
from publisher.content.model.vocabulary import Kind
from publisher.engine.prepare import prepare
from publisher.failure import PublisherError
from publisher.lifecycle import status
from publisher.matching.profile import read_profile
from publisher.matching.rules import Rule, policy_rules
from publisher.matching.sizes import find_size_row, possible_sizes, size_table
from publisher.matching.verdict import ANSWERS, Judged, hints, judge_benefit
from publisher.matching.words import ANSWER_WORDS, LABELS
from publisher.problems import Problem, has_errors
from publisher.settings import Settings
from publisher.yamltext import YamlText

_GRADES = {"met": "符合", "unknown": "待核实", "near": "差一点", "unmet": "不符合"}
_CLOSING = "结果只是对照条件，不是审批意见：以官方原文和主管部门答复为准。"


def configure(parser: argparse.ArgumentParser) -> None:
    things = parser.add_subparsers(dest="thing", required=True, metavar="policy|listing")
    policy = things.add_parser("policy", help="一家企业能用哪些政策 / which policies an enterprise may use")
    add_common(policy)
    policy.add_argument("--profile", required=True, metavar="FILE", help="企业情况，YAML 或 JSON；写 - 就读标准输入")
    policy.set_defaults(run=run)
    match_listing.configure(things.add_parser("listing", help="一条供需和谁合适，为什么 / whom a listing fits and why"))


def run(options: argparse.Namespace) -> int:
    """Judge every policy that holds, and print; 1 when the content or the profile has an error."""
    as_of = time_of(options)
    profile, problems = read_profile(_load(options.profile))
    prepared = prepare(options.root, as_of)
    problems += [problem for problem in prepared.problems if problem.is_error]
    if has_errors(problems):
        return _refuse(problems, options)
    today = as_of.astimezone(SHANGHAI).date().isoformat()
    rows = [row | {"result": judge_benefit(row["benefit"], profile, today)} for row in benefits(prepared.library, prepared.settings, as_of)]
    rows.sort(key=lambda row: ANSWERS.index(row["result"].answer))
    if options.format == "json":
        print(json.dumps(_json(rows, profile, today), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(rows, profile)))
    return 0


def _load(name: str) -> YamlText:
    try:
        return YamlText(name, sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PublisherError(f"读不了 {name}：{reason}", f"cannot read {name}: {reason}") from error


def _refuse(problems: list[Problem], options: argparse.Namespace) -> int:
    if options.format == "json":
        print(json.dumps(problems_json(problems), ensure_ascii=False, indent=2))
    else:
        print_problems(problems, options.format, options.lang)
    return 1


def benefits(library: Library, settings: Settings, as_of: datetime) -> list[dict[str, Any]]:
    """What the policies that hold give, the newest policy first, as the site's self-check has it."""
    held = [entry for entry in library.of_kind(Kind.POLICY) if status(entry, as_of, settings.closing_days).is_live]
    found = []
    for entry in sorted(held, key=lambda entry: (-entry.published.timestamp(), entry.id)):
        assert isinstance(entry.data, Policy)
        found += [{"entry": entry, "url": settings.absolute(entry.url), "benefit": benefit} for benefit in policy_rules(entry.data)]
    return found


def _rules(row: dict[str, Any]) -> list[tuple[Rule | None, Any]]:
    """Each rule of the judged way with what was found; None for a benefit that is over."""
    judged: Judged = row["result"]
    way = row["benefit"]["ways"][judged.way] if judged.way >= 0 else [None]
    return list(zip(way, judged.findings, strict=True))


def _json(rows: list[dict[str, Any]], profile: dict[str, Any], today: str) -> dict[str, Any]:
    sizes = possible_sizes(profile)
    return {
        "as_of": today,
        "sizes": list(sizes),
        "hints": hints(profile, today),
        "benefits": [
            {
                "policy": row["entry"].id,
                "title": row["entry"].title,
                "url": row["url"],
                "name": row["benefit"]["name"],
                "answer": row["result"].answer,
                "words": ANSWER_WORDS[row["result"].answer],
                "gives": row["benefit"]["gives"],
                "how": row["benefit"]["how"],
                "until": row["benefit"]["until"] or None,
                "conditions": [
                    {"says": rule["says"] if rule else "", "grade": found.grade, "told": found.told, "quote": rule["quote"] if rule else []}
                    for rule, found in _rules(row)
                ],
            }
            for row in rows
        ],
        "note": _CLOSING,
    }


def _lines(rows: list[dict[str, Any]], profile: dict[str, Any]) -> list[str]:
    sizes = "或".join(LABELS["size"][size] for size in possible_sizes(profile))
    found = find_size_row(profile.get("industry", "-"))
    lines = [f"划型（{size_table().source}）：{sizes}{f'，{found.name}' if found else ''}" if sizes else "划型：算不出来，缺行业，或者这个行业另有办法。"]
    lines += [f"请核对：{words}" for words in hints(profile, "")]
    for answer in ANSWERS:
        chosen = [row for row in rows if row["result"].answer == answer]
        lines += ["", f"{ANSWER_WORDS[answer]}（{len(chosen)}项）"] if chosen else []
        for row in chosen:
            benefit = row["benefit"]
            until = f"到{benefit['until']}为止" if benefit["until"] else "没有写明截止"
            lines += [f"- {benefit['name']}｜{row['entry'].title}", f"  给什么：{benefit['gives']}", f"  怎么办：{benefit['how']}；{until}"]
            for rule, finding in _rules(row):
                told = "" if finding.told == _GRADES[finding.grade] else f"（{finding.told}）"
                lines.append(f"  [{_GRADES[finding.grade]}] {rule['says'] if rule else '期限'}{told}")
                lines += [f"      {article}：{text}" for article, text in rule["quote"]] if rule else []
                lines += ["      以原文为准"] if rule and not rule["quote"] else []
            lines.append(f"  {row['url']}")
    return [*lines, "", _CLOSING]
