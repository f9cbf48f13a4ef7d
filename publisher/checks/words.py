"""What may be said in public: personal numbers, advertising words, promises, document numbers, weekdays, punctuation.

The lists are short and legal in nature (广告法第九条, PIPL, 互联网广告 rules); a house may add its own outside this project.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from publisher.checks.entries import mend_document_number
from publisher.checks.places import body_problem, words_problem
from publisher.content import codes
from publisher.content.decode import internal_fields, shape_of
from publisher.content.library import Edition, Entry
from publisher.content.model.fields import is_prose
from publisher.content.model.kinds import Listing, News
from publisher.content.model.vocabulary import Field, Kind, NewsType
from publisher.markup import without_code
from publisher.model import Model
from publisher.problems import Problem
from publisher.yamltext import Step

_HAN = "一-鿿"
_ADVERTISING = frozenset({Kind.NEWS, Kind.LISTING, Kind.ENTERPRISE, Kind.EVENT})
_PROMISING = frozenset({Kind.NEWS, Kind.POLICY, Kind.GUIDE, Kind.EVENT, Kind.LISTING})
_HALF_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_WEEKDAYS = "一二三四五六日"
_FULL_WIDTH = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。", "(": "（", ")": "）"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, the code it means, whom it concerns, and what else must hold of a match (giving the message's words)."""

    code: str
    written: str
    concerns: Callable[[Kind, Model], bool] = lambda kind, data: True
    words: Callable[[re.Match[str], int], dict[str, str] | None] = lambda match, year: {"value": match[0]}
    is_personal: bool = False
    #: What a text must hold for the pattern to be tried: words, a pattern that begins with a rare sign and so passes over a clean text, a test.
    guard: tuple[str, ...] | str | Callable[[str], bool] = ()

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when a text first needs it: compiling all of them takes as long as building after an edit may."""
        return _compiled(self.written)

    def may_match(self, text: str) -> bool:
        """Whether the pattern is worth trying; a clean text is passed over quickly."""
        if isinstance(self.guard, tuple):
            return not self.guard or any(word in text for word in self.guard)
        return _compiled(self.guard).search(text) is not None if isinstance(self.guard, str) else self.guard(text)


@cache
def _compiled(written: str) -> re.Pattern[str]:
    return re.compile(written)


def _has_long_number(text: str) -> bool:
    """Whether sixteen digits may stand together; looking at what is left without Han takes a quarter of the time."""
    return _LONG_NUMBER.search(text.encode("ascii", "ignore")) is not None


_LONG_NUMBER = re.compile(rb"[0-9]{16}")


def _follows(match: re.Match[str], pattern: str) -> bool:
    """Whether the character before a match is of a sort; cheaper than a look-behind at every place of a text."""
    return match.start() > 0 and re.match(pattern, match.string[match.start() - 1]) is not None


def _identity(match: re.Match[str], year: int) -> dict[str, str] | None:
    if _follows(match, r"\d"):
        return None
    digits = match[0].upper()
    return {"value": f"{digits[:3]}***********{digits[-4:]}"} if codes.is_identity_number(digits) else None


def _phone(match: re.Match[str], year: int) -> dict[str, str] | None:
    country = match.string[max(0, match.start() - 4) : match.start()]
    if _follows(match, r"[\d.]") and not re.search(r"(?<!\d)\+?86$", country):
        return None
    digits = re.sub(r"\D", "", match[0])
    return {"value": f"{digits[:3]}****{digits[-4:]}"}


def _contact(match: re.Match[str], year: int) -> dict[str, str] | None:
    """An address or the number of a fixed telephone, told so that the message itself gives neither away."""
    if _follows(match, r"[\d.]"):
        return None
    found = match[0]
    return {"value": f"{found[0]}***{found[found.index('@') :]}" if "@" in found else f"{found[:4]}****"}


def _card(match: re.Match[str], year: int) -> dict[str, str] | None:
    digits = match[0]
    if _follows(match, r"\d"):
        return None
    is_other = codes.is_identity_number(digits) or codes.check_credit_code(digits).is_valid
    return {"value": f"************{digits[-4:]}"} if codes.is_card_number(digits) and not is_other else None


def _number(match: re.Match[str], year: int) -> dict[str, str] | None:
    if not _follows(match, rf"[{_HAN}\s]"):
        return None
    fixed = mend_document_number(match[0])
    return {"value": match[0], "fixed": fixed} if fixed != match[0] else None


def _day(match: re.Match[str], year: int) -> dict[str, str] | None:
    year, month, day = int(match["year"] or 0), int(match["month"]), int(match["day"])
    is_real = 1 <= month <= 12 and 1 <= day <= (monthrange(year or 2024, month)[1])
    return None if is_real else {"value": match[0]}


def _weekday(match: re.Match[str], year: int) -> dict[str, str] | None:
    try:
        day = date(int(match["year"] or year), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    if "一二三四五六日".find(match["weekday"].replace("天", "日")) == day.weekday():
        return None
    return {"value": match[0], "date": f"{day.year}年{day.month}月{day.day}日", "fixed": f"星期{_WEEKDAYS[day.weekday()]}"}


def _punctuation(match: re.Match[str], year: int) -> dict[str, str] | None:
    sign = match[0]
    fixed = f"（{sign[1:-1]}）" if sign[0] == "(" else _FULL_WIDTH[sign]
    return {"value": sign, "fixed": fixed}


def _is_recruitment(kind: Kind, data: Model) -> bool:
    return isinstance(data, News) and data.type is NewsType.RECRUITMENT


def _is_finance(kind: Kind, data: Model) -> bool:
    return isinstance(data, Listing) and data.field is Field.FINANCE


_DATE = r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
RULES = (
    Rule("phone-number", r"1[3-9]\d[ .*·-]{0,2}\d{4}[ .*·-]{0,2}\d{4}(?!\d)", words=_phone, is_personal=True),
    Rule(
        "contact-in-listing",
        r"(?a)[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|0\d{2,3}[ )）-]{0,2}\d{7,8}(?!\d)",
        lambda kind, data: kind is Kind.LISTING,
        words=_contact,
        is_personal=True,
        guard=r"@|0\d{2}",
    ),
    Rule("identity-number", r"[0-9]{17}[0-9Xx](?![0-9A-Za-z])", words=_identity, is_personal=True, guard=_has_long_number),
    Rule("card-number", r"[0-9]{16,19}(?!\d)", words=_card, is_personal=True, guard=_has_long_number),
    Rule("advertising-superlative", r"国家级|最高级|最佳", lambda kind, data: kind in _ADVERTISING, guard=("国家级", "最高级", "最佳")),
    Rule(
        "advertising-word",
        r"唯一|顶级|首选|第一(?:品牌|家|名店|店|选择)|(?:全国|全省|全市|全区|行业|业内|销量)第一",
        lambda kind, data: kind in _ADVERTISING,
        guard=("唯一", "顶级", "首选", "第一"),
    ),
    Rule(
        "empty-promise",
        r"保证(?<![不未无能]保证)(?!金|人|书|保险|责任|期间|担保|合同|义务|贷款|公司)|一定能(?<!不一定能)|包办|包过|百分百|百分之百|肯定批",
        lambda kind, data: kind in _PROMISING,
        guard=("保证", "一定能", "包办", "包过", "百分百", "百分之百", "肯定批"),
    ),
    Rule("finance-promise", r"保本|稳赚|无抵押秒批|零风险", _is_finance),
    Rule(
        "job-discrimination",
        r"限(?:男|女)|(?:男|女)(?:性|士|生)(?:优先|限)|仅限(?:男|女)|\d{2}(?:周)?岁(?:以下|以内|以上)|限本地|限汉族",
        _is_recruitment,
    ),
    Rule(
        "document-number",
        r"[\[（(【〔［]\s?(?:19|20)\d{2}\s?[\]）)】〕］]\s?第?\s?\d{1,4}\s?号",
        words=_number,
        guard=("号",),
    ),
    Rule("impossible-date", _DATE, words=_day, guard=r"月\d{1,2}日"),
    Rule(
        "weekday-mismatch",
        _DATE + r"\s?[（(]?(?:星期|周|礼拜)(?P<weekday>[一二三四五六日天])[）)]?",
        words=_weekday,
        guard=r"日\s?[（(]?(?:星期|周|礼拜)",
    ),
    Rule(
        "half-width-punctuation",
        rf"[,;:?!.(](?:(?<=[{_HAN}][,;:?!])(?=[{_HAN}\s]|$)|(?<=[{_HAN}]\.)(?=[{_HAN}])|(?<=\()(?<!\]\()(?=[^()\n]*[{_HAN}])[^()\n]*\))",
        words=_punctuation,
    ),
)
#: Rules that official words are not held to: a law may say what an advertisement may not.
_NOT_IN_QUOTATIONS = frozenset({"empty-promise", "half-width-punctuation", "advertising-superlative", "advertising-word"})


def check_words(entry: Entry) -> Iterator[Problem]:
    """Hold every public word of an entry to the rules."""
    yield from _check(entry, entry.kind, entry.published.year)


def check_edition_words(edition: Edition) -> Iterator[Problem]:
    """Hold the words of an edition, which go out by mail, to the rules of news."""
    yield from _check(edition, Kind.NEWS, edition.data.start.year)


def _check(written: Entry | Edition, kind: Kind, year: int) -> Iterator[Problem]:
    body = _half_width(written.source.body) if isinstance(written, Entry) else ""
    fields = [(steps, _without_targets(_half_width(text))) for steps, text in _prose(written.data, ())]
    shown = _without_targets(body)
    joined = "\n".join([shown, *(text for _, text in fields)])
    for rule in RULES:
        if not rule.concerns(kind, written.data) or not rule.may_match(joined) or not rule.pattern.search(joined):
            continue
        # Readers see code as they see words: a personal number is no less one for standing in it.
        for match in rule.pattern.finditer(shown if rule.is_personal else _without_targets(without_code(body))):
            if isinstance(written, Entry) and (words := rule.words(match, year)) is not None:
                yield body_problem(written, rule.code, match.start(), len(match[0]), **words)
        for steps, text in fields:
            if steps[0] == "quotations" and rule.code in _NOT_IN_QUOTATIONS:
                continue
            if steps[0] == "number" and rule.code == "document-number":
                continue  # the field has its own rule, which sees the whole number
            for match in rule.pattern.finditer(text):
                if (words := rule.words(match, year)) is not None:
                    yield words_problem(written, rule.code, steps, match[0], text[: match.start()], **words)


_FULL_WIDTH_DIGIT = re.compile("[０-９]")
_TARGET = re.compile(r"\]\((?!tel:|mailto:)[^()\n]*\)")
_ADDRESS = re.compile(r"<(?:https?|site):[^>\n]*>|https?://[^\s<>)）]+")


def _half_width(text: str) -> str:
    """The text with digits as machines write them, every character in its place."""
    return text.translate(_HALF_WIDTH_DIGITS) if _FULL_WIDTH_DIGIT.search(text) else text


def _without_targets(text: str) -> str:
    """Blank out link targets: an address is not prose."""
    if "](" in text:
        text = _TARGET.sub(lambda match: "]" + " " * (len(match[0]) - 1), text)
    return _ADDRESS.sub(lambda match: " " * len(match[0]), text) if "://" in text or "<" in text else text


def _prose(value: object, steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Every text of a model that readers may see, with the steps that lead to it."""
    if isinstance(value, Model):
        for name, is_text in _fields_with_prose(type(value)):
            part = getattr(value, name)
            if not part:
                continue
            if isinstance(part, tuple):
                for index, item in enumerate(part):
                    if is_text and isinstance(item, str):
                        yield (*steps, name, index), item
                    elif isinstance(item, Model):
                        yield from _prose(item, (*steps, name, index))
            elif is_text:
                yield (*steps, name), part
            else:
                yield from _prose(part, (*steps, name))


@cache
def _fields_with_prose(model: type[Model]) -> tuple[tuple[str, bool], ...]:
    """The public fields that are prose or hold a model with prose."""
    hidden = internal_fields(model)
    rows = []
    for name, field in model.model_fields.items():
        if name in hidden:
            continue
        if is_prose(field):
            rows.append((name, True))
        elif shape_of(model, name)[1]:
            rows.append((name, False))
    return tuple(rows)
