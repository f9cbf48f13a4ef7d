"""The Message-ID of a message: made from edition and reader, so that the same message sent twice is known for one, and a bounce tells whose it is.

A keyed digest is part of it (RFC 5322 section 3.6.4 asks only that it be unique): nobody can make a report for a message that was never sent.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import NamedTuple

_FORM = re.compile(r"<?([0-9]{4}-[0-9a-z-]{2,6})\.([1-9][0-9]{0,18})\.([0-9a-f]{8})@[^\s<>@]+>?")


class MessageId(NamedTuple):
    """What a Message-ID of ours says."""

    edition_id: str
    subscriber_id: int


def message_id(edition_id: str, subscriber_id: int, domain: str, key: bytes) -> str:
    """``2026-w47.81.1f0c22ab@example.com``, without the brackets."""
    name = f"{edition_id.lower()}.{subscriber_id}"
    return f"{name}.{_digest(name, key)}@{domain}"


def read_message_id(text: str, key: bytes) -> MessageId | None:
    """What a Message-ID says, with or without its brackets; None when it is none of ours."""
    found = _FORM.fullmatch(text.strip())
    if not found or not hmac.compare_digest(_digest(f"{found[1]}.{found[2]}", key), found[3]):
        return None
    return MessageId(found[1].upper(), int(found[2]))


def _digest(name: str, key: bytes) -> str:
    return hmac.new(key, b"message-id\0" + name.encode(), hashlib.sha256).hexdigest()[:8]
