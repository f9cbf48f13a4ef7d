"""What verdicts say, once for Python and the browser: sentences with places for values, and the words for answers."""

from __future__ import annotations

from typing import Any

from publisher.content.codes import districts, industries
from publisher.content.model.vocabulary import Size, SubjectType, TaxpayerType

#: What was found of one rule.
WORDS = {
    "met": "符合",
    "empty": "还没有填，需核实",
    "check": "要您自己核实",
    "coarse": "要看更细的行业分类，需核实",
    "no-size": "这个行业划不了型，需核实",
    "size-open": "按已经填的数可能是{have}，需核实",
    "size-near": "按您填的数是{have}，差一档",
    "size": "按您填的数是{have}",
    "soft": "本站摘录里没有写明，以原文为准",
    "other": "您填的是{have}",
    "over": "现在{have}{unit}，多{gap}{unit}",
    "under": "现在{have}{unit}，还差{gap}{unit}",
    "founded": "您填的成立日期是{have}",
    "wait": "到{day}才满",
    "late": "到{day}就超过了",
    "stated-no": "您填的是不符合；做到了再来看",
    "past": "到{day}为止，已经过了",
}
#: What the answers are called; 可能适用 always says that it has to be verified.
ANSWER_WORDS = {"maybe": "可能适用，需核实", "near": "差一点", "no": "不适用"}
LABELS: dict[str, dict[str, str]] = {
    "subject": {term.value: term.label for term in SubjectType},
    "taxpayer": {term.value: term.label for term in TaxpayerType},
    "small-low-profit": {"yes": "小型微利企业", "no": "不是小型微利企业"},
    "size": {term.value: term.label for term in Size},
    "industry": {industry.code: industry.name for industry in industries().values() if not industry.is_section},
    "district": districts(),
}
#: How readers are kept from taking one “small” for another: when the first rule is met and the second is not, it is said.
HINTS: tuple[dict[str, Any], ...] = (
    {
        "if": {"kind": "taxpayer", "test": "in", "value": ["small-scale"], "quote": [["", ""]]},
        "but": {"kind": "sales", "test": "max", "value": 5_000_000, "quote": [["", ""]]},
        "says": "小规模纳税人的年应征增值税销售额不超过500万元（增值税法第九条）。您填的销售额超过了，请核对纳税人类型。",
    },
    {
        "if": {"kind": "small-low-profit", "test": "in", "value": ["yes"], "quote": [["", ""]]},
        "but": {"kind": "staff", "test": "max", "value": 300, "quote": [["", ""]]},
        "says": "小型微利企业的从业人数不超过300人（财政部 税务总局公告2023年第12号）。您填的人数超过了，请核对。",
    },
    {
        "if": {"kind": "small-low-profit", "test": "in", "value": ["yes"], "quote": [["", ""]]},
        "but": {"kind": "subject", "test": "in", "value": ["enterprise", "cooperative"], "quote": [["", ""]]},
        "says": "小型微利企业说的是缴企业所得税的企业。个体工商户按经营所得缴个人所得税，两样不是一回事。",
    },
)
