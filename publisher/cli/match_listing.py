"""``publisher match listing ID``: whom a listing fits and why, point by point; the first of them, down to the threshold, stand on its page."""

from __future__ import annotations

import argparse
import json
from typing import Any

from publisher.cli.options import UsageError, add_common, time_of
from publisher.cli.problems import print_problems
from publisher.content.synonyms import read_synonyms
from publisher.content.taxonomy import read_taxonomy
from publisher.counterparts.affinity import FORM, TRADE, WORDS, reasons
from publisher.counterparts.matching import BEHIND, THRESHOLD, Rated, match, rate_all
from publisher.counterparts.offer import Offer, unpack_offer
from publisher.engine.prepare import prepare
from publisher.problems import has_errors
from publisher.site.heads import make_head

#: The parts of the points, as people call them.
_PARTS = {"words": "用词", "trade": "行当", "field": "领域", "industry": "行业", "place": "地区", "way": "合作方式", "budget": "预算", "time": "时间"}
#: How many who do not reach the threshold are told too.
_BELOW = 5


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    add_common(parser)
    parser.add_argument("listing", metavar="ID", help="供需的编号")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Rate every live listing against one; 1 when the content has an error."""
    as_of = time_of(options)
    prepared = prepare(options.root, as_of)
    problems = [problem for problem in prepared.problems if problem.is_error]
    if has_errors(problems):
        print_problems(problems, options.format, options.lang)
        return 1
    taxonomy = read_taxonomy(options.root)[0]
    heads = {entry.id: make_head(entry, taxonomy, prepared.settings, as_of) for entry in prepared.library.entries}
    offers = {name: offer for name, head in heads.items() if (offer := unpack_offer(head.offer))}
    name = options.listing
    if name not in offers:
        raise UsageError(f"没有正在对接的供需“{name}” / no live listing: {name}")
    synonyms = read_synonyms(options.root)[0]
    shown = match(offers, synonyms).get(name, ())
    rated = rate_all(offers, name, synonyms)
    rows = [_row(one, offers, name, heads[one.id].title, is_shown=one.id in shown) for one in rated]
    if options.format == "json":
        found = {"listing": name, "title": heads[name].title, "threshold": THRESHOLD, "counterparts": [row for row in rows if row["points"]]}
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(heads[name].title, rows)))
    return 0


def _row(one: Rated, offers: dict[str, Offer], own: str, title: str, *, is_shown: bool) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": title,
        "points": one.parts.total,
        "is_shown": is_shown,
        "reason": reasons(offers[own], offers[one.id]),
        "parts": one.parts._asdict(),
        "words_in_common": one.shared[:12],
    }


def _lines(title: str, rows: list[dict[str, Any]]) -> list[str]:
    shown = [row for row in rows if row["is_shown"]]
    others = [row for row in rows if not row["is_shown"] and row["points"]][:_BELOW]
    rules = f"{THRESHOLD}分起才登，比需方最合适的对象低{BEHIND}分以上的不登；用词最多{WORDS}分，行当（同义词表的一组）最多{TRADE}分，其余合起来最多{FORM}分"
    lines = [f"{title}：满分100，{rules}。", "", f"登在网页上的（{len(shown)}）"]
    lines += [line for row in shown for line in _told(row)] or ["  暂时没有合适的。"]
    return [*lines, "", "没有登的，分数最高的几条", *(line for row in others for line in _told(row))] if others else lines


def _told(row: dict[str, Any]) -> list[str]:
    parts = "，".join(f"{_PARTS[name]}{value:+d}" for name, value in row["parts"].items() if value)
    shared = "、".join(row["words_in_common"])
    return [f"- {row['points']}分  {row['title']}（{row['id']}）", f"  {row['reason']}", f"  {parts}", *([f"  共有的用词：{shared}"] if shared else [])]
