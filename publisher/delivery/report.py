"""A mail that came back in, what it reports of which of our messages out; pure. Anything may come, and nothing makes it fail.

It reads delivery status notifications (RFC 3464), complaints (RFC 5965), and the bounces in plain words that QQ, NetEase and older servers
write. Only a Message-ID of ours, whose keyed digest holds, says whose message it was: without one, a report is nobody's and changes nothing.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.message import Message
from enum import Enum
from typing import NamedTuple

from publisher.delivery.answers import Command, Meaning, meaning_of, status_of
from publisher.delivery.incoming import header_of, id_of, take_apart, text_of
from publisher.delivery.message_id import MessageId, read_message_id

_LONGEST_WORDS = 300


class Sort(Enum):
    """What a report says; the first three are kept as rows of ``bounce``."""

    HARD = "hard"  # there is no such mailbox
    SOFT = "soft"  # not delivered this time
    COMPLAINT = "complaint"  # the reader called it spam
    REFUSAL = "refusal"  # refused for what we are or say: nothing about the reader
    DELAY = "delay"  # still being tried, or delivered after all


class Report(NamedTuple):
    """``id`` is the report's own, the same each time it is read; ``status`` as in RFC 3463."""

    id: str
    sort: Sort
    message: MessageId | None
    status: str
    words: str


_OURS = re.compile(r"[0-9]{4}-[0-9A-Za-z-]{2,6}\.[1-9][0-9]{0,18}\.[0-9a-f]{8}(?=@|=40)")
_SENDERS = re.compile(r"mailer-?daemon|post-?master|mail delivery|mdaemon|bounce|系统退信|邮件系统", re.IGNORECASE)
_SUBJECTS = re.compile(
    r"undeliver|not delivered|delivery (status|failure|has failed|report)|returned (mail|to sender)|failure notice|could not be delivered"
    r"|mail (delivery|system)|退信|投递失败|无法投递|无法送达|未送达",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"(?<![\d.])([45]\d\d)[ -]+(?=\S)(?!\d{1,3}\.\d{1,3}\.\d{1,3}\.)([^\r\n]{0,200})")
_FAILED = re.compile(
    r"不存在|未开通|空间不足|已满|拒收|退回|失败|fail|unknown|reject|denied|undeliver|not (found|exist|delivered)|quota|blocked|invalid", re.IGNORECASE
)
_ADDRESS = re.compile(r"[\w.+=-]+@(?=[\w-]+\.)")


def read_report(data: bytes, key: bytes) -> Report | None:
    """What a mail reports; None when it is no report at all."""
    apart = take_apart(data)
    if apart is None:
        return None
    message, parts = apart
    found = _complaint(parts) or _notification(parts) or _plain(message, parts)
    if found is None:
        return None
    sort, status, words = found
    return Report(id_of(message, data), sort, _whose(message, parts, key), status, _shown(words))


def _fields(part: Message) -> Iterator[Message]:
    """The groups of fields in a machine-readable part, whichever way the parser or the sender has put them."""
    payload = part.get_payload()
    if isinstance(payload, list):
        for group in payload:
            if isinstance(group, Message):
                yield group
                inner = group.get_payload()
                if isinstance(inner, str) and ":" in inner:  # a group more, for want of an empty line that the parser knows
                    yield email.message_from_string(inner)
    else:
        for group_text in re.split(r"\r?\n\r?\n", text_of(part)):
            yield email.message_from_string(group_text.strip())


def _complaint(parts: list[Message]) -> tuple[Sort, str, str] | None:
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            kinds = [header_of(group, "Feedback-Type").lower() for group in _fields(part)]
            kind = next(filter(None, kinds), "")
            if kind in {"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list"}:
                return Sort.COMPLAINT, "", kind
            return Sort.DELAY, "", kind  # `not-spam`, `auth-failure`: nobody complains
    return None


def _notification(parts: list[Message]) -> tuple[Sort, str, str] | None:
    status_parts = [part for part in parts if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}]
    if not status_parts:
        return None
    action, status, words = "", "", ""
    for group in (group for part in status_parts for group in _fields(part)):
        this = header_of(group, "Action").lower().split(" ")[0]
        if this and action != "failed":
            action = this
            status = status_of(header_of(group, "Status")) or status
            words = header_of(group, "Diagnostic-Code") or words
    if action and action != "failed":
        return Sort.DELAY, status, words or action
    if not (action or status or words):
        return None  # an empty shell: the words of the mail may still tell
    return _judged(status, words.partition(";")[2].strip() or words)


def _plain(message: Message, parts: list[Message]) -> tuple[Sort, str, str] | None:
    """A bounce in words: it must come from a mail system, and say that something failed."""
    subject = header_of(message, "Subject")
    if not (_SENDERS.search(header_of(message, "From")) or header_of(message, "Return-Path") == "<>") or not _SUBJECTS.search(subject):
        return None
    text = "\n".join(text_of(part) for part in _own_texts(parts))
    answer = _ANSWER.search(text)
    if answer:
        return _judged(status_of(answer[2]) or status_of(text), f"{answer[1]} {answer[2]}")
    line = next((line for line in text.splitlines() if _FAILED.search(line)), "")
    return _judged(status_of(text), line) if line else (Sort.SOFT, status_of(text), subject)


def _own_texts(parts: list[Message]) -> Iterator[Message]:
    """The text parts of the report itself, without those of the message that it returns."""
    returned: set[int] = set()
    for part in parts:
        if id(part) in returned:
            continue
        if part.get_content_maintype() == "message":
            returned.update(id(inner) for inner in part.walk())
        elif part.get_content_type() in {"text/plain", "text/html"}:
            yield part


def _judged(status: str, words: str) -> tuple[Sort, str, str]:
    code = re.match(r"\s*(?:smtp;)?\s*([245]\d\d)\b", words)
    number = int(code[1]) if code else 0
    if not number and not status:
        number = 550  # words alone, such as “该用户不存在”
        meaning = meaning_of(number, words, Command.END)
        if meaning is Meaning.REFUSED and not _FAILED.search(words):
            meaning = Meaning.LATER
    else:
        # What was given up is over, be its code a 4: but it says nothing for good about the mailbox.
        meaning = meaning_of(number, words, Command.REPORT, status)
    sorts = {
        Meaning.NO_READER: Sort.HARD,
        Meaning.REFUSED: Sort.REFUSAL,
        Meaning.TOO_FAST: Sort.REFUSAL,
        Meaning.UNSUITED: Sort.REFUSAL,
        Meaning.ACCEPTED: Sort.DELAY,
    }
    return sorts.get(meaning, Sort.SOFT), status, words


def _whose(message: Message, parts: list[Message], key: bytes) -> MessageId | None:
    """The first Message-ID of ours: that of the returned message, one in a text, or in the address that the report was sent to."""
    returned = [header_of(part, "Message-ID") for part in parts[1:]]
    texts = (text_of(part) for part in parts if not part.is_multipart())
    addressed = [header_of(message, name) for name in ("To", "Delivered-To", "X-Original-To", "X-Failed-Recipients", "Original-Message-ID")]
    for text in (*returned, *texts, *addressed):
        for found in _OURS.finditer(text):
            ours = read_message_id(f"{found[0].lower()}@x", key)
            if ours:
                return ours
    return None


def _shown(words: str) -> str:
    """One line, without anybody's address."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())
    return _ADDRESS.sub("***@", line)[:_LONGEST_WORDS]
