"""A profile as people write it (YAML or JSON, Chinese or English keys) in, the plain profile that rules are held against out, and every mistake."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from publisher.content.decode import decode
from publisher.content.model.fields import Amount, Count, Day, DistrictCode, Flag, IndustryCode, Text, key
from publisher.content.model.vocabulary import Size, SubjectType, TaxpayerType, Vocabulary, YesNoUnknown
from publisher.matching.rules import statement_id
from publisher.model import Model
from publisher.problems import Problem
from publisher.yamltext import YamlText


class Statement(Model):
    """One condition in words, and whether it holds."""

    words: Text = key("条件", "其他条件的原话", example="登记为有限责任公司")
    holds: Flag = key("符合", "是或否", example="是")


class EnterpriseProfile(Model):
    """What an enterprise says of itself; what it leaves out counts as unknown."""

    subject: SubjectType | None = key("主体类型", "企业、个体工商户…", None, example="个体工商户")
    industry: IndustryCode | None = key("行业", "GB/T 4754-2017 的代码（两到四位）或名称", None, example='"62"')
    staff: Count | None = key("从业人数", "人", None, example="8")
    revenue: Amount | None = key("营业收入", "上年，万元；只用来划型", None, example="120")
    assets: Amount | None = key("资产总额", "上年末，万元；只用来划型", None, example="60")
    size: Size | None = key("划型", "不写就按国统字〔2017〕213号算", None, example="微型")
    taxpayer: TaxpayerType | None = key("纳税人类型", "一般纳税人、小规模纳税人、未知（增值税）", None, example="小规模纳税人")
    sales: Amount | None = key("年销售额", "年应征增值税销售额，万元", None, example="120")
    small_low_profit: YesNoUnknown | None = key("小型微利", "是、否、未知（企业所得税）", None, example="未知")
    district: DistrictCode | None = key("区划", "GB/T 2260 的代码或名称", None, example="新城区")
    founded: Day | None = key("成立日期", "营业执照上的", None, example="2021-05-18")
    stated: tuple[Statement, ...] = key("其他条件", "条件的原话，和是否符合", ())


def read_profile(source: YamlText) -> tuple[dict[str, Any], list[Problem]]:
    """Read a profile; JSON is YAML. With a mistake there is no profile."""
    model, problems = decode(source, EnterpriseProfile, "企业情况")
    return (plain_profile(model), problems) if isinstance(model, EnterpriseProfile) and not problems else ({}, problems)


def plain_profile(model: EnterpriseProfile) -> dict[str, Any]:
    """The profile as rules see it: slugs, digits, whole yuan, days in ISO 8601; nothing for what is not known."""
    found: dict[str, Any] = {}
    for name in EnterpriseProfile.model_fields:
        value = getattr(model, name)
        if value in (None, (), TaxpayerType.UNKNOWN, YesNoUnknown.UNKNOWN) or (name == "industry" and not value[0].isdigit()):
            continue
        found[name.replace("_", "-")] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Vocabulary):
        return value.value
    if isinstance(value, Decimal):
        return int(value * 10_000)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return {statement_id(row.words): row.holds for row in value}
    return value
