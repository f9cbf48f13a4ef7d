"""What an entry's fields say, as plain HTML for feeds: the facts that its page shows beside the body. The body itself comes after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from publisher.content.model.vocabulary import Kind

#: For each kind, the fields that become a line of facts, with the words before them.
_FACTS: dict[Kind, tuple[tuple[str, str], ...]] = {
    Kind.POLICY: (
        ("文号", "number"),
        ("发文机关", "issuers"),
        ("施行日期", "effective"),
        ("有效期至", "validity"),
        ("支持方式", "supports"),
        ("申报方式", "channels"),
        ("受理部门", "authority"),
        ("最近核验", "verified"),
    ),
    Kind.LISTING: (
        ("类型", "type"),
        ("领域", "field"),
        ("数量", "quantity"),
        ("合作方式", "cooperation"),
        ("交付周期", "delivery"),
        ("有效期至", "expires"),
        ("主体核验", "verified"),
    ),
    Kind.GUIDE: (("实施主体", "authority"), ("服务对象", "subjects"), ("办理地点", "place"), ("办理时间", "hours"), ("咨询方式", "consult")),
    Kind.EVENT: (("类型", "type"), ("时间", "start"), ("地点", "place"), ("主办", "organiser"), ("面向", "audience"), ("费用", "fee")),
    Kind.ENTERPRISE: (("主体类型", "subject"), ("街路", "street"), ("经营状态", "operating"), ("业务简介", "business"), ("营业时间", "hours")),
    Kind.TALLY: (
        ("月份", "month"),
        ("服务次数", "services"),
        ("服务企业", "enterprises"),
        ("服务企业不少于", "enterprises_least"),
        ("问题办结率（%）", "closed_percent"),
        ("办件办结", "cases"),
        ("平均办结工作日", "mean_days"),
        ("共性问题", "shared"),
    ),
    Kind.NEWS: (("地点", "place"), ("优惠说明", "offer")),
}


def feed_body(kind: Kind, fields: dict[str, Any]) -> Markup:
    """Facts, then the longer fields, of an entry's public fields."""
    facts = [(words, _words(fields.get(name))) for words, name in _FACTS.get(kind, ())]
    parts = [_list(f"{words}：{value}" for words, value in facts if value)]
    if kind is Kind.POLICY:
        parts.insert(0, Markup("<p><strong>一句话：</strong>{}</p>").format(fields["in_a_word"]))
        for title, name in (("谁能享受", "who"), ("能得什么", "what"), ("怎么办", "how"), ("注意什么", "notice")):
            parts.append(_section(title, fields.get(name)))
        parts.append(Markup('<p>原文：<a href="{0}">{1}</a>。本解读仅供参考，以官方原文和主管部门答复为准。</p>').format(fields["original"], fields["name"]))
    if kind is Kind.GUIDE:
        parts.append(_section("材料", _list(f"{m['name']}（{m['necessity']}）" for m in fields["materials"])))
        parts.append(_section("办理流程", _list((f"{s['name']}：{s['detail']}" for s in fields["steps"]), ordered=True)))
    if kind is Kind.EVENT:
        parts.append(_section("议程", _list(fields["agenda"])) if fields["agenda"] else Markup())
        parts.append(_section("纪要", fields.get("minutes")))
    return Markup().join(parts)


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value) if value else ""


def _list(items: Any, *, ordered: bool = False) -> Markup:
    rows: Sequence[Markup] = [Markup("<li>{}</li>").format(escape(item)) for item in items]
    shape = Markup("<ol>{}</ol>") if ordered else Markup("<ul>{}</ul>")
    return shape.format(Markup().join(rows)) if rows else Markup()


def _section(title: str, html: Any) -> Markup:
    return Markup("<h3>{}</h3>\n{}").format(title, html) if html else Markup()
