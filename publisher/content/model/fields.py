"""The scalar types of the content model, and `key()`, which gives a field its Chinese name and its line in the docs.

Every scalar arrives as the string the editor wrote; a type either understands it exactly or raises a `FieldError`
whose code is one of `publisher.problems`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlsplit

from publisher.clock import parse_moment
from publisher.content import codes
from publisher.model import REQUIRED, FieldError, ModelField, Scalar

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"20\d{2}-(?:0[1-9]|1[0-2])")
_LOOSE_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]*(\d{1,2})[:：](\d{2}))?")
_ID = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_TRUE = frozenset({"是", "true", "yes", "on", "y", "1"})
_FALSE = frozenset({"否", "false", "no", "off", "n", "0"})
_SEPARATOR = re.compile(r"[，、；;\n]")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LANDLINE = re.compile(r"(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:-\d{1,6})?|400-?\d{3}-?\d{4}|1(?:2\d{3}|00\d{2}|10|19|20|22)")
_MOBILE = re.compile(r"1[3-9]\d[\d*]{8}")


def key(
    name: str,
    doc: str,
    default: Any = REQUIRED,
    *,
    also: tuple[str, ...] = (),
    example: str = "",
    internal: bool = False,
) -> Any:
    """Declare a field by its Chinese key.

    ``doc`` is one Chinese line for the editors' guide, ``also`` further accepted keys, ``example`` a value as an editor
    would write it; an ``internal`` field never reaches anything public.
    """
    return ModelField(default, title=name, doc=doc, also=also, example=example, internal=internal)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise FieldError("wrong-type", expected="text")
    return value.strip()


def _markdown(value: object) -> str:
    if not isinstance(value, str):
        raise FieldError("wrong-type", expected="text")
    return value.strip("\n")


def _day(value: object) -> date:
    return _parse_day(_text(value))


@lru_cache(maxsize=4096)
def _parse_day(text: str) -> date:
    """Days repeat in all files: those of five thousand enterprises over three years are a thousand."""
    if match := _DAY.fullmatch(text):
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            raise FieldError("bad-date", value=text) from None
    raise _not_a_date(text, time=False)


def _not_a_date(text: str, *, time: bool) -> FieldError:
    if (loose := _LOOSE_DAY.match(text)) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", text):
        year, month, day, hour, minute = loose.groups()
        fixed = f"{year}-{int(month):02d}-{int(day):02d}" + (f" {int(hour):02d}:{minute}" if time and hour else "")
        return FieldError("date-format", value=text, fixed=fixed)
    return FieldError("bad-date", value=text)


def _moment(value: object) -> datetime:
    return _parse_moment(_text(value))


@lru_cache(maxsize=4096)
def _parse_moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except (ValueError, OverflowError):
        raise _not_a_date(text, time=True) from None


def parse_end(value: object) -> datetime:
    """A date means to the end of that day; a time means itself."""
    moment = _moment(value)
    return moment + timedelta(days=1) if _DAY.fullmatch(_text(value)) and moment.year < 9999 else moment


def _month(value: object) -> str:
    text = _text(value)
    if not _MONTH.fullmatch(text):
        raise FieldError("bad-month", value=text)
    return text


def _flag(value: object) -> bool:
    text = _text(value).lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise FieldError("unknown-value", value=_text(value), choices=["是", "否"])


def _amount(value: object) -> Decimal:
    text = _text(value).replace(",", "")
    if not re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]{1,6})?", text):
        raise FieldError("bad-number", value=_text(value))
    return Decimal(text)


def _count(value: object) -> int:
    text = _text(value)
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise FieldError("bad-number", value=text)
    return int(text)


def _id(value: object) -> str:
    text = _text(value)
    if not is_id(text):
        raise FieldError("bad-id", value=text)
    return text


def is_id(text: str) -> bool:
    """Whether a text can be an id: lower-case Latin letters and digits joined by single hyphens or dots, at most 80."""
    return bool(_ID.fullmatch(text)) and len(text) <= 80


def _url(value: object) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise FieldError("bad-url", value=text)
    return text


def _industry(value: object) -> str:
    text = _text(value)
    code = codes.industry_code(text)
    if code is None:
        raise FieldError("bad-industry", value=text, choices=list(codes.industry_names()))
    return code


def _district(value: object) -> str:
    text = _text(value)
    code = codes.district_code(text)
    if code is None:
        raise FieldError("bad-district", value=text, choices=list(codes.districts().values()))
    return code


def _credit_code(value: object) -> str:
    text = _text(value)
    if not codes.check_credit_code(text).is_valid:
        raise FieldError("bad-credit-code", value=text)
    return text


def _term(value: object) -> str:
    text = _text(value)
    if not text or _SEPARATOR.search(text):
        raise FieldError("list-separator", value=text)
    return text


def _pattern(pattern: re.Pattern[str], code: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        text = _text(value)
        if not pattern.fullmatch(text):
            raise FieldError(code, value=text)
        return text

    return check


def is_prose(field: ModelField) -> bool:
    """Whether a field holds text that readers read, alone or in a list."""
    return _parser(field) in (_text, _markdown, _term)


def is_markdown(field: ModelField) -> bool:
    """Whether a field holds Markdown."""
    return _parser(field) is _markdown


def is_end(field: ModelField) -> bool:
    """Whether a field holds the first moment that is no longer within."""
    return _parser(field) is parse_end or field.title == "政策有效期至"


def _parser(field: ModelField) -> Callable[[object], Any] | None:
    """The function that reads a field's values; None where they are mappings."""
    return field.shape.scalar.parse if field.shape.scalar else None


def _type(parse: Callable[[object], Any], description: str, **schema: Any) -> Scalar:
    return Scalar(parse, {"description": description, **schema})


#: One line or several of text, as written but for white space at the ends.
Text = Annotated[str, _type(_text, "文字")]
#: Markdown, in the one dialect of `publisher.markup`.
Markdown = Annotated[str, _type(_markdown, "Markdown 文字")]
#: A calendar day, ``YYYY-MM-DD``.
Day = Annotated[date, _type(_day, "日期 YYYY-MM-DD", format="date")]
#: An aware time, Asia/Shanghai unless an offset is written.
Moment = Annotated[datetime, _type(_moment, "时间 YYYY-MM-DD HH:MM")]
#: A calendar month, ``YYYY-MM``.
MonthName = Annotated[str, _type(_month, "月份 YYYY-MM", pattern=_MONTH.pattern)]
#: The first moment that is no longer within: a day counts to its end.
End = Annotated[datetime, _type(parse_end, "日期 YYYY-MM-DD（含当日）或时间 YYYY-MM-DD HH:MM")]
Flag = Annotated[bool, _type(_flag, "是 或 否", enum=["是", "否", True, False, *sorted((_TRUE | _FALSE) - {"是", "否"})])]
Amount = Annotated[Decimal, _type(_amount, "数字")]
Count = Annotated[int, _type(_count, "整数", pattern=r"^[0-9]+$")]
Id = Annotated[str, _type(_id, "小写英文字母、数字，用 - 或 . 连接", pattern=_ID.pattern)]
Url = Annotated[str, _type(_url, "网址 https://…", format="uri")]
IndustryCode = Annotated[str, _type(_industry, "行业代码或名称（GB/T 4754-2017）")]
DistrictCode = Annotated[str, _type(_district, "区划代码或名称（GB/T 2260）")]
CreditCode = Annotated[str, _type(_credit_code, "统一社会信用代码（GB 32100-2015）")]
#: A word of a list (a tag): no separators within.
Term = Annotated[str, _type(_term, "词")]
Email = Annotated[str, _type(_pattern(_EMAIL, "bad-email"), "邮箱", format="email")]
Landline = Annotated[str, _type(_pattern(_LANDLINE, "bad-phone"), "固定电话")]
Mobile = Annotated[str, _type(_pattern(_MOBILE, "bad-phone"), "手机号")]
