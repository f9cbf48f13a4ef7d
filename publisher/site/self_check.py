"""Heads of policies in, the self-check out: the page with its questions and its table, and the rules that the browser holds the answers against.

The page is whole without JavaScript: then it is the table of what each policy asks, with the words that say so. It is made from heads
alone, and neither the page nor the rules say anything that is only true on one day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from publisher.content.codes import industries
from publisher.content.model.vocabulary import SubjectType
from publisher.matching.sizes import MEASURES, SIZES, size_table
from publisher.matching.words import ANSWER_WORDS, HINTS, LABELS, WORDS
from publisher.site.artifacts import RANK_LIST, Artifact, Frame
from publisher.site.heads import Head
from publisher.site.pages import page
from publisher.site.views import Viewer

URL, RULES_URL = "check/", "check/rules.json"
_TITLE = "政策自查"
_WORDS = "答几个问题，看哪些政策可能适用、差在哪里、为什么不适用，每一条都有原文。答案只留在您的浏览器里，不上传。"
#: The divisions that most of the street belongs to; they stand first among the industries.
_STREET = ("62", "52", "61", "51", "80", "81", "65", "63", "64", "71", "72", "83", "84", "88", "90")
#: The finer codes that the table of sizes tells apart.
_GROUPS = {"59": (("591", "装卸搬运"), ("599", "仓储")), "70": (("701", "房地产开发经营"), ("702", "物业管理"), ("703", "房地产中介服务"))}


def plan_self_check(viewer: Viewer) -> Iterator[Artifact]:
    """The page and the rules."""
    heads = [viewer.catalogue.known(entry_id) for entry_id in viewer.catalogue.row("self-check")]
    policies = [_policy(head) for head in heads]
    view = {
        "title": _TITLE,
        "description": _WORDS,
        "crumbs": [{"title": "首页", "url": ""}, {"title": "政策解读", "url": "policies/"}],
        "policies": policies,
        "subjects": [(term.value, term.label) for term in SubjectType],
        "industries": _industries(),
        "districts": [(code, name) for code, name in LABELS["district"].items() if code.startswith("6101") and code != "610100"],
        "statements": _statements(policies),
        "sizes": size_table(),
        "rules_url": RULES_URL,
    }
    sources = tuple(head.path for head in heads)
    yield page(Frame(URL, _TITLE, _WORDS, "policies", is_wide=True), "self_check.html", view, RANK_LIST, sources)
    yield Artifact(RULES_URL, "json", {"data": rules_data(policies)}, rank=RANK_LIST, sources=sources)


def rules_data(policies: list[dict[str, Any]]) -> dict[str, Any]:
    """All that the browser needs to judge: the policies, the table of sizes, the words."""
    measures = [name for name, _, _ in MEASURES]
    return {
        "policies": policies,
        "sizes": {"names": SIZES, "measures": measures, "rows": [row.view() for row in size_table().rows]},
        "hints": HINTS,
        "labels": LABELS,
        "words": WORDS,
        "answers": ANSWER_WORDS,
    }


def _policy(head: Head) -> dict[str, Any]:
    card = head.card
    return {"id": head.id, "url": head.url, "title": head.title, "number": card["facts"][0], "status": card["status_label"], "benefits": head.rules}


def _industries() -> list[dict[str, Any]]:
    """The divisions for the question: those of the street first, then all by section."""
    table = industries()
    groups = [{"title": "街上常见的", "rows": [(code, table[code].name) for code in _STREET]}]
    for section in (one for one in table.values() if one.is_section):
        rows = []
        for one in table.values():
            if one.section == section.code and not one.is_section:
                rows += [(one.code, one.name), *((code, f"{one.name}：{name}") for code, name in _GROUPS.get(one.code, ()))]
        groups.append({"title": section.name, "rows": rows})
    return groups


def _statements(policies: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What only the enterprise knows: each condition in words once, with the first policy that asks it."""
    found: dict[str, dict[str, str]] = {}
    for policy in policies:
        for benefit in policy["benefits"]:
            for rule in (rule for way in benefit["ways"] for rule in way if rule["kind"] == "stated"):
                found.setdefault(rule["value"], {"id": rule["value"], "says": rule["says"], "benefit": benefit["name"]})
    return list(found.values())
