"""A policy in, its rules out: what it gives and what it asks, as plain data that Python and the browser evaluate alike.

This data is the one definition of the rules. A rule tests one answer of a profile; it says in words what it asks, and quotes the
passage that says so. A rule without a passage is soft: it never excludes anybody, it only sends them to the original text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from publisher.clock import SHANGHAI
from publisher.content.codes import districts, industries, industry_path
from publisher.content.model.conditions import asked_fields, is_checkable, quoted_for
from publisher.content.model.kinds import Audience, Benefit, Policy
from publisher.content.model.vocabulary import Condition

#: One rule, one thing that a policy gives, one policy: mappings of text, numbers, lists and mappings, in the order of their keys.
Rule = dict[str, Any]

_YUAN = 10_000


def policy_rules(data: Policy) -> tuple[Rule, ...]:
    """What a policy gives, each with the ways in which it may be met; nothing when nobody has tied its conditions to its words."""
    if not is_checkable(data):
        return ()
    whole = list(_rules(data, data.audience))
    if not data.benefits:
        return (_benefit(data, None, [whole]),)
    whole = [rule for rule in whole if rule["kind"] != Condition.STATED.value]  # each thing states its own
    return tuple(_benefit(data, benefit, [_way(data, whole, audience) for audience in benefit.audiences]) for benefit in data.benefits)


def _benefit(data: Policy, benefit: Benefit | None, ways: list[list[Rule]]) -> Rule:
    """One thing that a policy gives, or the policy as a whole; it ends when it says so itself, else with the applications or the policy."""
    name, gives, how = (benefit.name, benefit.gives, benefit.how) if benefit else (data.title, data.in_a_word, None)
    ends = [benefit.until] if benefit and benefit.until else [data.application and data.application.end, data.validity]
    until = min((end for end in ends if isinstance(end, datetime)), default=None)
    return {"name": name, "gives": gives, "how": how or "、".join(channel.label for channel in data.channels), "until": _last_day(until), "ways": ways}


def _last_day(end: datetime | None) -> str:
    return (end - timedelta(seconds=1)).astimezone(SHANGHAI).date().isoformat() if end else ""


def _way(data: Policy, whole: list[Rule], audience: Audience) -> list[Rule]:
    """The rules of one way, and those of the whole policy about which it says nothing itself."""
    own = list(_rules(data, audience))
    told = {rule["kind"] for rule in own}
    return [*own, *(rule for rule in whole if rule["kind"] not in told)]


def _rules(data: Policy, audience: Audience) -> Iterator[Rule]:
    for condition in Condition:
        passages = quoted_for(data, audience, condition)
        quote = [[passage.article, passage.text] for passage in passages]
        for name in asked_fields(audience, condition):
            for test, value, says in _tests(name, getattr(audience, name)):
                yield {"kind": condition.value, "test": test, "value": value, "says": says, "quote": quote}


def _tests(name: str, value: Any) -> Iterator[tuple[str, Any, str]]:
    """The tests of one field: what is compared how, and the same in words."""
    if name in ("subjects", "taxpayers", "sizes"):
        words = {"subjects": "主体类型", "taxpayers": "增值税纳税人类型", "sizes": "划型"}[name]
        yield "in", [term.value for term in value], f"{words}：{'、'.join(term.label for term in value)}"
    elif name == "small_low_profit":
        yield "in", ["yes"], "属于小型微利企业（企业所得税）"
    elif name in ("industries", "excluded_industries"):
        is_in = name == "industries"
        titles = "、".join(industry_path(code)[-1].name for code in value)
        yield "in" if is_in else "out", _divisions(value), f"行业{'限于' if is_in else '不含'}：{titles}"
    elif name == "districts":
        yield "in", [_prefix(code) for code in value], f"区划：{'、'.join(districts()[code] for code in value)}"
    elif name == "other":
        for words in value:
            yield "is", statement_id(words), words
    else:
        yield _number_test(name, value)


def _number_test(name: str, value: Any) -> tuple[str, Any, str]:
    """The test of a field that holds one number or day."""
    if isinstance(value, Decimal):
        number = int(value * _YUAN)
        words = f"{show_money(number)}万元"
        at_least, at_most = f"年应征增值税销售额不低于{words}", f"年应征增值税销售额不超过{words}"
        return ("min", number, at_least) if name == "sales_min" else ("max", number, at_most)
    if isinstance(value, date):
        day = f"{value.year}年{value.month}月{value.day}日"
        from_day, until_day = f"{day}起成立", f"{day}为止成立"
        return ("from", value.isoformat(), from_day) if name == "founded_from" else ("until", value.isoformat(), until_day)
    return {
        "staff_min": ("min", value, f"从业人数不少于{value}人"),
        "staff_max": ("max", value, f"从业人数不超过{value}人"),
        "months_min": ("months-min", value, f"成立满{show_months(value)}"),
        "months_max": ("months-max", value, f"成立不超过{show_months(value)}"),
    }[name]


def _divisions(codes: tuple[str, ...]) -> list[str]:
    """Industries as digits: a section stands for its divisions."""
    found: list[str] = []
    for code in codes:
        found += [code] if code[0].isdigit() else [division.code for division in industries().values() if division.section == code and not division.is_section]
    return list(dict.fromkeys(found))


def _prefix(district: str) -> str:
    """What the codes within a district begin with: ``6101`` for Xi'an, nothing for the whole country."""
    while district.endswith("00"):
        district = district[:-2]
    return district


def statement_id(words: str) -> str:
    """The name by which a profile answers a condition in words; it stays while the words do."""
    return hashlib.blake2b(words.encode(), digest_size=3).hexdigest()


def show_money(yuan: int) -> str:
    """Yuan in units of 10,000, without needless zeros."""
    whole, rest = divmod(yuan, _YUAN)
    return f"{whole}.{rest:04d}".rstrip("0") if rest else str(whole)


def show_months(months: int) -> str:
    """``3年`` or ``18个月``."""
    return f"{months // 12}年" if months and months % 12 == 0 else f"{months}个月"
