"""A mail as it came in, taken apart: its parts, their texts, its headers, its id. Anything may come, and nothing here fails.

Mail written in China often says nothing of its encoding, or something untrue; what it means is tried in turn.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import hashlib
import html
import re
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

#: No letter needs more; what is behind it is not looked at.
LARGEST = 1 << 20
_MOST_PARTS = 200
_TAGS = re.compile(r"<(style|script)\b.*?</\1>|<[^>]{0,2000}>", re.IGNORECASE | re.DOTALL)


def take_apart(data: bytes) -> tuple[Message, list[Message]] | None:
    """A mail with all its parts, itself the first; None for what is no mail at all."""
    try:
        message = email.message_from_bytes(data[:LARGEST], policy=email.policy.compat32)
        parts: list[Message] = []
        for part in message.walk():
            parts.append(part)
            if len(parts) >= _MOST_PARTS:
                break
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError, AssertionError):  # the parser's own ways to give up
        return None
    return message, parts


def text_of(part: Message) -> str:
    """A part's text, whatever it says of its own encoding; HTML without its tags."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    text = _decoded(payload, part.get_content_charset())
    return html.unescape(_TAGS.sub("\n", text)) if part.get_content_type() == "text/html" else text


def header_of(message: Message, name: str) -> str:
    """A header in one line; bytes that no header may hold are read like a text's."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    text = raw if raw.isascii() else _decoded(raw.encode("utf-8", "surrogateescape"), None)
    with contextlib.suppress(LookupError, ValueError, AttributeError, TypeError, MessageError):  # an unknown charset, broken base64
        text = str(make_header(decode_header(text)))
    return " ".join(text.split())


def id_of(message: Message, data: bytes) -> str:
    """What a mail is known by when it is read again: its Message-ID, else a digest of it."""
    written = header_of(message, "Message-ID")
    return written if 3 <= len(written) <= 200 else f"sha256:{hashlib.sha256(data[:LARGEST]).hexdigest()}"


def _decoded(data: bytes, charset: str | None) -> str:
    """Text in the charset it claims, else UTF-8, else GB18030, which Chinese servers write without saying so."""
    for name in (charset, "utf-8", "gb18030"):
        try:
            if name:
                return data.decode("gb18030" if name.lower() in {"gb2312", "gbk"} else name)
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")
