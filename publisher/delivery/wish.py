"""A letter from a reader in, what it asks for out; pure. It is how readers subscribe, confirm, change and leave where no service runs.

Only what a person wrote counts: answers of machines, lists, forwarded letters and whatever stands in a quotation do not, for an automatic
answer to a confirmation mail carries its token as a reader's would.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email.message import Message
from email.utils import getaddresses
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from publisher.delivery.address import AddressError, normalise
from publisher.delivery.incoming import header_of, id_of, take_apart, text_of
from publisher.delivery.preferences import CHOICES, WATCHED, WATCHED_WORDS
from publisher.delivery.token import TOKEN_LENGTH


class Deed(Enum):
    """What a letter asks for."""

    CONFIRM = "confirm"
    LEAVE = "leave"
    SUBSCRIBE = "subscribe"  # or change: both are confirmed by another mail


class Wish(NamedTuple):
    """``written`` are the values of named lines (``主题：税收、招聘``) by choice, ``words`` those that stand in the subject without a name."""

    id: str
    deed: Deed
    address: str
    token: str = ""
    written: Mapping[str, Sequence[str]] = MappingProxyType({})
    words: Sequence[str] = ()


_ANSWERED = re.compile(r"^(?:(?:re|aw|回复|答复|回覆|答覆)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)
_NOT_MEANT = re.compile(
    r"^(?:(?:fwd?|转发|轉發)\s*[:：]|自动(?:回复|答复|应答)|自動(?:回覆|答覆)|auto(?:matic)?[- ]?(?:reply|response)|auto\s*[:：]|out of (?:the )?office)",
    re.IGNORECASE,
)
_TOKEN = re.compile(rf"(?<![\w-])(confirm[ :：]+)?([A-Za-z0-9_-]{{{TOKEN_LENGTH}}})(?![\w-])", re.IGNORECASE)
_LEAVES = re.compile(
    r"(?:我|我要|我想|请|请帮我|请给我|帮我|麻烦)?"
    r"(?:退订|退訂|取消订阅|取消訂閱|不再订阅|停止订阅|(?:请)?不要再?(?:寄|发)了?|unsubscribe(?: me)?|remove me|td|stop)(?:简报|邮件|吧|谢谢)?",
    re.IGNORECASE,
)
_SUBSCRIBES = re.compile(r"^(?:我要|我想|请)?(?:订阅|訂閱|更改(?:偏好|订阅)?|修改订阅|subscribe)(?:简报)?(?!\w)\s*[:：]?\s*(.*)$", re.IGNORECASE)
_NAMES = {words: name for name, words in CHOICES.items()} | {WATCHED_WORDS: WATCHED, "频率": "frequency", "星期": "weekday"}
_LINE = re.compile(rf"^\s*({'|'.join(_NAMES)})\s*[:：]\s*(.*?)\s*$")
_BETWEEN = re.compile(r"[、,，;；\s/]+")
#: Where the letter that is answered begins: quotation marks, or the lines that mail programs put before it.
_QUOTED = re.compile(
    r"^\s*(?:>|-{2,}\s*(?:原始邮件|原邮件|original message|forwarded|回复的邮件)|(?:发件人|寄件者|from)\s*[:：]"
    r"|on\b.{0,200}\bwrote:|.{0,120}(?:写道|寫道)\s*[:：])",
    re.IGNORECASE,
)
_MOST_VALUES, _LONGEST = 60, 40


def read_wish(data: bytes) -> Wish | None:
    """What a letter asks for; None when it asks for nothing that can be done without a person."""
    apart = take_apart(data)
    if apart is None or _is_of_a_machine(apart[0]):
        return None
    message, parts = apart
    address = _sender(message)
    subject = header_of(message, "Subject")
    if not address or _NOT_MEANT.match(_ANSWERED.sub("", subject)):
        return None
    key = id_of(message, data)
    if found := _TOKEN.search(subject):
        return Wish(key, Deed.CONFIRM if found[1] else Deed.LEAVE, address, found[2])
    is_answer, subject = bool(_ANSWERED.match(subject)), _ANSWERED.sub("", subject)
    lines = _own_lines(parts)
    first = next(iter(lines), "")
    if _says(subject, _LEAVES) or _says(first, _LEAVES):
        return Wish(key, Deed.LEAVE, address)
    asked = None if is_answer else _SUBSCRIBES.match(subject)
    if asked is None and not subject:
        asked = _SUBSCRIBES.match(first)
    if asked is None:
        return None
    written: dict[str, list[str]] = {}
    for line in lines:
        if named := _LINE.match(line):
            written.setdefault(_NAMES[named[1]], []).extend(_values(named[2]))
    return Wish(key, Deed.SUBSCRIBE, address, "", written, _values(asked[1]))


def _says(text: str, words: re.Pattern[str]) -> bool:
    """Whether a line says just this: one word more could turn it round."""
    return bool(words.fullmatch(text.strip(" \t!！。.,，~～“”\"'「」")))


def _values(text: str) -> list[str]:
    return [value[:_LONGEST] for value in _BETWEEN.split(text) if value][:_MOST_VALUES]


def _is_of_a_machine(message: Message) -> bool:
    """RFC 3834 section 2, and what programs wrote before it and beside it."""
    if header_of(message, "Auto-Submitted").lower().partition(";")[0].strip() not in ("", "no"):
        return True
    if header_of(message, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply"):
        return True
    marks = ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "X-Auto-Reply", "X-QQ-Auto-Reply")
    return any(header_of(message, name) for name in marks) or header_of(message, "Return-Path") == "<>" or message.get_content_type() == "multipart/report"


def _sender(message: Message) -> str:
    """The one address a letter is from; empty when there is none, or several."""
    found = [address for _, address in getaddresses([header_of(message, "From")]) if address]
    if len(found) != 1:
        return ""
    try:
        return normalise(found[0])
    except AddressError:
        return ""


def _own_lines(parts: Sequence[Message]) -> list[str]:
    """The lines that the writer wrote, up to the first of a quotation; of the plain text when there is one."""
    texts = [part for part in parts if part.get_content_maintype() == "text" and not part.get_filename()]
    texts.sort(key=lambda part: part.get_content_subtype() != "plain")
    lines: list[str] = []
    for line in (text_of(texts[0]) if texts else "").splitlines():
        if _QUOTED.match(line):
            break
        if line.strip():
            lines.append(line.strip())
    return lines
