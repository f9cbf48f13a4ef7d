"""The conditions of a policy: each has its words in the official text, numbers recur there, none contradicts another, none is offered that is over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from publisher.checks.places import field_problem
from publisher.content import codes
from publisher.content.library import Entry
from publisher.content.model.conditions import asked_fields, is_checkable, quoted_for
from publisher.content.model.kinds import Audience, Policy, Quotation
from publisher.content.model.vocabulary import Condition, Force, SubjectType, TaxpayerType, YesNoUnknown
from publisher.lifecycle import policy_force
from publisher.problems import Problem, suggestion
from publisher.yamltext import Step

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HAN_NUMBERS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
#: 增值税法第九条: who sells more in a year, in 10,000 yuan, is no small-scale taxpayer.
SMALL_SCALE_LIMIT = 500
#: 财政部 税务总局公告2023年第12号第五条: who employs more is no small low-profit enterprise.
SMALL_LOW_PROFIT_STAFF = 300


def check_conditions(entry: Entry, as_of: datetime) -> Iterator[Problem]:
    """Hold the conditions of a policy, and of each thing that it gives, to the rules."""
    data = entry.data
    assert isinstance(data, Policy)
    if not is_checkable(data):  # as most are: their conditions quote nothing that they could be held to
        yield from _check_contradictions(entry, data.audience, ("audience",))
        return
    force = policy_force(data, as_of)
    if force in (Force.SUPERSEDED, Force.REPEALED):
        place: tuple[Step, ...] = ("benefits",) if data.benefits else ("audience", "grounds")
        yield field_problem(entry, "superseded-matched", place, field="可享事项" if data.benefits else "依据", force=force.label)
    yield from _check_audience(entry, data, data.audience, ("audience",), needs_grounds=False)
    quoted = "".join(quotation.text for quotation in data.quotations)
    for index, benefit in enumerate(data.benefits):
        for number in _NUMBER.findall(benefit.gives):
            if not _recurs(number, quoted):
                yield field_problem(entry, "number-not-quoted", ("benefits", index, "gives"), value=number, field="给什么")
        for way, audience in enumerate(benefit.audiences):
            steps: tuple[Step, ...] = ("benefits", index, "audiences", way)
            yield from _check_audience(entry, data, audience, steps, needs_grounds=True)
            yield from _check_within(entry, data.audience, audience, steps)


def _check_audience(entry: Entry, policy: Policy, audience: Audience, steps: tuple[Step, ...], *, needs_grounds: bool) -> Iterator[Problem]:
    articles = [quotation.article for quotation in policy.quotations]
    for index, ground in enumerate(audience.grounds):
        place = (*steps, "grounds", index)
        if ground.article not in articles:
            guess = suggestion(ground.article, articles)
            yield field_problem(entry, "ground-unknown", (*place, "article"), value=ground.article, guess=guess)
        if not asked_fields(audience, ground.condition):
            yield field_problem(entry, "ground-idle", (*place, "condition"), value=ground.condition.label)
    grounded = {ground.condition for ground in audience.grounds}
    for condition in Condition:
        written = asked_fields(audience, condition)
        if needs_grounds and written and condition not in grounded:
            yield field_problem(entry, "condition-unquoted", (*steps, written[0]), value=condition.label)
        passages = quoted_for(policy, audience, condition)
        for name in written if passages else ():
            yield from _check_numbers(entry, (*steps, name), getattr(audience, name), passages)
    yield from _check_contradictions(entry, audience, steps)


def _check_contradictions(entry: Entry, audience: Audience, steps: tuple[Step, ...]) -> Iterator[Problem]:
    for field, reason, english in _contradictions(audience):
        yield field_problem(entry, "condition-contradicts", (*steps, field), reason=reason, english=english)


def _check_numbers(entry: Entry, steps: tuple[Step, ...], value: object, passages: tuple[Quotation, ...]) -> Iterator[Problem]:
    """The numbers of a condition must stand in the passages that it names."""
    name, article, text = str(steps[-1]), passages[0].article, "".join(passage.text for passage in passages)
    if name == "other" and isinstance(value, tuple):
        for index, words in enumerate(value):
            for number in _NUMBER.findall(words):
                if not _recurs(number, text):
                    yield field_problem(entry, "condition-number", (*steps, index), value=number, article=article)
        return
    forms = _forms(name, value)
    if forms and not any(_recurs(form, text) for form in forms):
        yield field_problem(entry, "condition-number", steps, value=forms[0], article=article)


def _forms(name: str, value: object) -> list[str]:
    """How an official text may write the number of a condition; none for a condition without a number."""
    if isinstance(value, date):
        return [f"{value.year}年{value.month}月{value.day}日"]
    if name in ("months_min", "months_max") and isinstance(value, int):
        months = [f"{value}个月"] + ([f"{_HAN_NUMBERS[value]}个月"] if value <= 10 else [])
        years = value // 12 if value % 12 == 0 else 0
        return months + ([f"{years}年"] + ([f"{_HAN_NUMBERS[years]}年"] if years <= 10 else []) if years else [])
    if isinstance(value, Decimal):
        return [f"{value.normalize():f}"]
    return [str(value)] if isinstance(value, int) else []


def _recurs(form: str, text: str) -> bool:
    """Whether a number stands in a text, and not as part of a longer one."""
    return re.search(rf"(?<![\d.]){re.escape(form)}(?!\d|\.\d)", text) is not None


def _check_within(entry: Entry, whole: Audience, part: Audience, steps: tuple[Step, ...]) -> Iterator[Problem]:
    """What a policy gives cannot be for somebody whom the policy is not for."""
    for name, words in (("subjects", "主体类型"), ("taxpayers", "纳税人类型"), ("sizes", "划型")):
        allowed, asked = getattr(whole, name), getattr(part, name)
        beyond = [term.label for term in asked if allowed and term not in allowed]
        if beyond:
            reason = f"这件事的{words}有“{beyond[0]}”，整份政策的适用对象里没有"
            yield field_problem(entry, "condition-contradicts", (*steps, name), reason=reason, english=f"“{beyond[0]}” is not among whom the policy is for")


def _contradictions(audience: Audience) -> Iterator[tuple[str, str, str]]:
    """Conditions that nobody can meet at once: the field, why, and the same in English."""
    for low, high, words in (("staff_min", "staff_max", "从业人数"), ("sales_min", "sales_max", "年销售额"), ("months_min", "months_max", "成立月数")):
        least, most = getattr(audience, low), getattr(audience, high)
        if least is not None and most is not None and least > most:
            yield low, f"{words}的下限{least}大于上限{most}", f"the least, {least}, is over the most, {most}"
    if audience.founded_from and audience.founded_until and audience.founded_from > audience.founded_until:
        words = f"成立不早于{audience.founded_from}，又不晚于{audience.founded_until}"
        yield "founded_from", words, f"founded from {audience.founded_from} and until {audience.founded_until}"
    if audience.industries and all(_covers(audience.excluded_industries, code) for code in audience.industries):
        yield "excluded_industries", "写了的行业全都被“不含行业”排除了", "every industry that is included is excluded too"
    is_small_low_profit = audience.small_low_profit is YesNoUnknown.YES
    if is_small_low_profit and audience.subjects and not {SubjectType.ENTERPRISE, SubjectType.COOPERATIVE} & set(audience.subjects):
        yield (
            "small_low_profit",
            "小型微利企业是缴企业所得税的企业，主体类型里却没有企业",
            "a small low-profit enterprise is an enterprise, and none is among the subjects",
        )
    if is_small_low_profit and audience.staff_min is not None and audience.staff_min > SMALL_LOW_PROFIT_STAFF:
        yield "staff_min", f"小型微利企业的从业人数不超过{SMALL_LOW_PROFIT_STAFF}人", f"a small low-profit enterprise employs at most {SMALL_LOW_PROFIT_STAFF}"
    is_small_scale = audience.taxpayers == (TaxpayerType.SMALL_SCALE,)
    if is_small_scale and audience.sales_min is not None and audience.sales_min > SMALL_SCALE_LIMIT:
        yield (
            "sales_min",
            f"小规模纳税人的年应征增值税销售额不超过{SMALL_SCALE_LIMIT}万元",
            f"a small-scale taxpayer sells for at most {SMALL_SCALE_LIMIT}0,000 yuan",
        )


def _covers(excluded: tuple[str, ...], code: str) -> bool:
    """Whether an industry lies within one of the excluded."""
    path = {industry.code for industry in codes.industry_path(code)}
    return any(other in path or code.startswith(other) for other in excluded)
