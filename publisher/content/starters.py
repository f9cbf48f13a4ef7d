"""A kind in, the text of a starting file out: every required key with an example, the useful others as comments."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any, Literal

from publisher.content.decode import describe, shape_of
from publisher.content.model.kinds import MODELS
from publisher.content.model.vocabulary import Kind
from publisher.model import Model

_BODY = {
    Kind.NEWS: "在这里写正文。小标题用“## ”开头，列表用“- ”开头。\n\n## 小标题\n\n正文……\n",
    Kind.POLICY: "在这里写补充说明；大白话部分写在上面的“谁能享受”等项里。\n",
    Kind.GUIDE: "在这里写补充说明。\n",
    Kind.EVENT: "在这里写活动介绍。\n",
    Kind.PAGE: "在这里写页面内容。\n",
}
#: Optional keys worth showing, commented out, in this order.
_OFFERED = ("summary", "tags", "industries", "source", "expires", "enterprises", "image", "quotations", "benefits", "advertisement", "ai", "state")
#: Values that make a starting file valid whatever the example in the docs says.
_VALUES = {"summary": "用一两句话写清楚（不超过120字）", "state": "草稿", "title": "在这里写标题"}


def starter_text(kind: Kind, now: datetime, keys: Literal["zh", "en"], *, is_markdown: bool, enterprise: str = "") -> str:
    """Write the file; it passes the checks as a draft and is not published until 状态 is changed.

    ``enterprise`` is the id of an enterprise that a listing may name; without one the editor has to write it.
    """
    model = MODELS[kind]
    done = "对接中" if kind is Kind.LISTING else "已发布"
    lines = [f"# {kind.label}：新的一篇。“#”开头的行是说明，可以删。", f"# 写好后把“状态”改成“{done}”。"]
    if keys == "en":
        lines = [
            f"# {kind.value}: a new entry. Lines that begin with # are notes.",
            f"# Set state to {'open' if kind is Kind.LISTING else 'published'} when it is done.",
        ]
    shown = set()
    for name, field in model.model_fields.items():
        if field.is_required or name in ("summary", "state"):
            lines += _field_lines(model, name, keys, now)
            shown.add(name)
    lines.append("# 下面这些可写可不写，用到时去掉行首的“# ”：" if keys == "zh" else "# Optional, remove the # to use:")
    for name in _OFFERED:
        if name in model.model_fields and name not in shown:
            lines += [f"# {line}" for line in _field_lines(model, name, keys, now)]
    front = "\n".join(lines) + "\n"
    front = front.replace(": qy-ruyi-shiji\n", f": {enterprise}\n") if enterprise else front
    return f"---\n{front}---\n\n{_BODY.get(kind, '')}" if is_markdown else front


def _field_lines(model: type[Model], name: str, keys: str, now: datetime, indent: str = "") -> list[str]:
    words = describe(model, name)
    key = words["field"] if keys == "zh" else name
    note = f"{indent}# {words['doc']}"
    is_list, inner = shape_of(model, name)
    if inner is None:
        return [note, f"{indent}{key}: {_value(name, words['example'], is_list, now)}"]
    rows: list[str] = []
    required = [(n, f) for n, f in inner.model_fields.items() if f.is_required or name == "source"]
    if name == "audiences":  # a condition is never without its ground
        required = [(n, inner.model_fields[n]) for n in ("subjects", "grounds")]
    if name == "audience":  # the other conditions are for the editor to add: an example left in would be an invented condition
        required = [("subjects", inner.model_fields["subjects"])]
    for sub_name, _ in required or list(inner.model_fields.items())[:2]:
        deeper = indent + ("    " if is_list else "  ")
        rows += [line for line in _field_lines(inner, sub_name, keys, now, deeper) if not line.strip().startswith("#")]
    if is_list and rows:
        rows[0] = f"{indent}  - {rows[0].strip()}"
    return [note, f"{indent}{key}:", *rows]


def _value(name: str, example: str, is_list: bool, now: datetime) -> str:
    """An example that is right at this moment: dates follow the clock."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", example):
        return now.strftime("%Y-%m-%d %H:%M")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", example):
        day = {"validity": date(now.year + 1, 12, 31), "expires": now.date() + timedelta(days=90)}.get(name, now.date())
        return day.isoformat()
    if name in _VALUES:
        return _VALUES[name]
    if re.fullmatch(r"\d{4}-\d{2}", example):
        return f"{now.replace(day=1) - timedelta(days=1):%Y-%m}"
    text: Any = example if example != "…" else "待填写"
    if is_list and not str(text).startswith("["):
        return f"[{text}]"
    return str(text)
