"""An audience in, the conditions it asks out: which fields belong to which condition, and which passages are named as their ground."""

from __future__ import annotations

from publisher.content.model.kinds import Audience, Policy, Quotation
from publisher.content.model.vocabulary import Condition, YesNoUnknown

#: The fields of 适用对象 that make up each condition.
CONDITION_FIELDS: dict[Condition, tuple[str, ...]] = {
    Condition.SUBJECT: ("subjects",),
    Condition.INDUSTRY: ("industries",),
    Condition.EXCLUDED: ("excluded_industries",),
    Condition.SIZE: ("sizes",),
    Condition.TAXPAYER: ("taxpayers",),
    Condition.SMALL_LOW_PROFIT: ("small_low_profit",),
    Condition.DISTRICT: ("districts",),
    Condition.STAFF: ("staff_min", "staff_max"),
    Condition.SALES: ("sales_min", "sales_max"),
    Condition.FOUNDED: ("founded_from", "founded_until", "months_min", "months_max"),
    Condition.STATED: ("other",),
}


def asked_fields(audience: Audience, condition: Condition) -> tuple[str, ...]:
    """The fields of a condition that are written; 小型微利 asks something only when it says 是."""
    found = []
    for name in CONDITION_FIELDS[condition]:
        value = getattr(audience, name)
        is_asked = value is YesNoUnknown.YES if name == "small_low_profit" else value not in (None, ())
        found += [name] if is_asked else []
    return tuple(found)


def quoted_for(policy: Policy, audience: Audience, condition: Condition) -> tuple[Quotation, ...]:
    """The passages that are named as the ground of a condition, in the order written."""
    by_article = {quotation.article: quotation for quotation in policy.quotations}
    articles = dict.fromkeys(ground.article for ground in audience.grounds if ground.condition is condition)
    return tuple(by_article[article] for article in articles if article in by_article)


def is_checkable(policy: Policy) -> bool:
    """Whether readers can check themselves against a policy: somebody has tied its conditions to its words."""
    return bool(policy.benefits or policy.audience.grounds)
