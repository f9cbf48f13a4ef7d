"""Rules, a profile and a day in; 可能适用, 差一点 or 不适用 out, rule by rule with what was found. The browser's twin is ``assets/policy-rules.js``.

A profile is a mapping of what is known: ``subject``, ``industry``, ``size``, ``taxpayer``, ``small-low-profit``, ``district``, ``founded``
(ISO 8601), ``staff``, ``revenue``, ``assets``, ``sales`` (money in yuan), ``stated`` (truth values by statement). What is missing counts as
unknown, and what is unknown never excludes anybody.

A rule is *met*, *unknown*, *near* (only a little is missing, or only a step that can be taken) or *unmet*. A way applies while nothing is
near or unmet; it is nearly so with one near and none unmet. An benefit is judged by its best way. So a further rule never lets a policy
apply to more profiles, and a further way never to fewer.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from publisher.matching.rules import Rule, show_money
from publisher.matching.sizes import SIZES, possible_sizes
from publisher.matching.words import HINTS, LABELS, WORDS

Grade = Literal["met", "unknown", "near", "unmet"]
Answer = Literal["maybe", "near", "no"]
Profile = Mapping[str, Any]

#: The answers, the best first.
ANSWERS: tuple[Answer, ...] = ("maybe", "near", "no")
#: A number is near its limit within a fifth of it, a day within a year.
_NEAR_MONTHS = 12


class Finding(NamedTuple):
    """What became of one rule; ``told`` is what was found, in words."""

    grade: Grade
    told: str


class Judged(NamedTuple):
    """What became of a benefit: of its best way, rule by rule."""

    answer: Answer
    way: int
    findings: tuple[Finding, ...]


def judge_benefit(benefit: Rule, profile: Profile, today: str) -> Judged:
    """Judge one thing that a policy gives; ``today`` is a day in ISO 8601."""
    if benefit["until"] and today > benefit["until"]:
        return Judged("no", -1, (_finding("unmet", "past", day=benefit["until"]),))
    judged = [_judge_way(at, way, profile, today) for at, way in enumerate(benefit["ways"])]
    return min(judged, key=_rank)


def _judge_way(at: int, way: Sequence[Rule], profile: Profile, today: str) -> Judged:
    findings = tuple(judge_rule(rule, profile, today) for rule in way)
    near, unmet = (sum(finding.grade == grade for finding in findings) for grade in ("near", "unmet"))
    answer: Answer = "maybe" if near + unmet == 0 else "near" if (near, unmet) == (1, 0) else "no"
    return Judged(answer, at, findings)


def _rank(judged: Judged) -> tuple[int, int, int, int]:
    """What makes one way better than another: its answer, how little fails, how little is unknown, its place."""
    failing = sum(finding.grade in ("near", "unmet") for finding in judged.findings)
    unknown = sum(finding.grade == "unknown" for finding in judged.findings)
    return ANSWERS.index(judged.answer), failing, unknown, judged.way


def judge_rule(rule: Rule, profile: Profile, today: str) -> Finding:
    """Hold one rule against a profile; a rule that quotes nothing is never unmet."""
    finding = _founded(rule, profile, today) if rule["kind"] == "founded" else _TESTS[rule["kind"]](rule, profile)
    if rule["quote"] or finding.grade in ("met", "unknown"):
        return finding
    return Finding("unknown", WORDS["soft"])


def hints(profile: Profile, today: str) -> list[str]:
    """What should be looked at again: one sort of “small” taken for another."""
    found = []
    for hint in HINTS:
        is_said = judge_rule(hint["if"], profile, today).grade == "met"
        if is_said and judge_rule(hint["but"], profile, today).grade in ("near", "unmet"):
            found.append(hint["says"])
    return found


def _finding(grade: Grade, word: str, **values: str) -> Finding:
    return Finding(grade, WORDS[word].format_map(values))


def _label(kind: str, value: str) -> str:
    return LABELS[kind].get(value, value)


def _one_of(rule: Rule, profile: Profile) -> Finding:
    have = profile.get(rule["kind"])
    if have is None:
        return _finding("unknown", "empty")
    return _finding("met", "met") if have in rule["value"] else _finding("unmet", "other", have=_label(rule["kind"], have))


def _industry(rule: Rule, profile: Profile) -> Finding:
    """Codes within codes: who named only a division may or may not be in one of its groups."""
    have = profile.get("industry")
    if have is None:
        return _finding("unknown", "empty")
    is_in, is_coarse = any(have.startswith(code) for code in rule["value"]), any(code.startswith(have) for code in rule["value"])
    if is_coarse and not is_in:
        return _finding("unknown", "coarse")
    return _finding("met", "met") if is_in == (rule["test"] == "in") else _finding("unmet", "other", have=_label("industry", have[:2]))


def _district(rule: Rule, profile: Profile) -> Finding:
    have = profile.get("district")
    if have is None:
        return _finding("unknown", "empty")
    return _finding("met", "met") if any(have.startswith(code) for code in rule["value"]) else _finding("unmet", "other", have=_label("district", have))


def _size(rule: Rule, profile: Profile) -> Finding:
    """A size may be open while numbers are missing; one step beside the sizes asked for is near."""
    sizes = possible_sizes(profile)
    if not sizes:
        return _finding("unknown", "no-size" if profile.get("industry") else "empty")
    allowed = [size for size in sizes if size in rule["value"]]
    if len(allowed) == len(sizes):
        return _finding("met", "met")
    have = "或".join(LABELS["size"][size] for size in sizes)
    if allowed:
        return _finding("unknown", "size-open", have=have)
    at, wanted = [SIZES.index(size) for size in sizes], [SIZES.index(size) for size in rule["value"]]
    is_near = any(abs(one - other) == 1 for one in at for other in wanted)
    return _finding("near", "size-near", have=have) if is_near else _finding("unmet", "size", have=have)


def _number(rule: Rule, profile: Profile) -> Finding:
    """A number at least or at most as large as a limit, the limit included; near within a fifth, or by one person."""
    kind, limit = rule["kind"], rule["value"]
    have = profile.get(kind)
    if have is None:
        return _finding("unknown", "empty")
    gap = have - limit if rule["test"] == "max" else limit - have
    if gap <= 0:
        return _finding("met", "met")
    is_near = gap * 5 <= limit or (kind == "staff" and gap == 1)
    show, unit = (str, "人") if kind == "staff" else (show_money, "万元")
    return _finding("near" if is_near else "unmet", "over" if rule["test"] == "max" else "under", have=show(have), gap=show(gap), unit=unit)


def _founded(rule: Rule, profile: Profile, today: str) -> Finding:
    """Since when: only time that has still to pass, a year at most, makes it near."""
    have = profile.get("founded")
    test, value = rule["test"], rule["value"]
    if have is None:
        return _finding("unknown", "empty")
    if test in ("from", "until"):
        return _finding("met", "met") if (have >= value if test == "from" else have <= value) else _finding("unmet", "founded", have=have)
    day = add_months(have, value)
    if test == "months-max":
        return _finding("met", "met") if today <= day else _finding("unmet", "late", day=day)
    if day <= today:
        return _finding("met", "met")
    return _finding("near" if day <= add_months(today, _NEAR_MONTHS) else "unmet", "wait", day=day)


def _stated(rule: Rule, profile: Profile) -> Finding:
    """What only the enterprise knows; what it does not do yet it may do later."""
    have = profile.get("stated", {}).get(rule["value"])
    if have is None:
        return _finding("unknown", "check")
    return _finding("met", "met") if have else _finding("near", "stated-no")


def add_months(day: str, months: int) -> str:
    """The same day some months later, or the last of its month where there is none; beyond 9999 the last day there is."""
    there = date.fromisoformat(day)
    year, month = divmod(there.year * 12 + there.month - 1 + months, 12)
    if year > 9999:
        return date.max.isoformat()
    return date(year, month + 1, min(there.day, monthrange(year, month + 1)[1])).isoformat()


_TESTS: dict[str, Callable[[Rule, Profile], Finding]] = {
    "subject": _one_of,
    "taxpayer": _one_of,
    "small-low-profit": _one_of,
    "industry": _industry,
    "excluded-industry": _industry,
    "district": _district,
    "size": _size,
    "staff": _number,
    "sales": _number,
    "stated": _stated,
}
