"""The links in mails: who, for what, until when, signed. A token is 38 letters, so that a List-Unsubscribe URI stays within 77 (RFC 8058).

It names one purpose and holds for no other; it carries no address. A reader's generation is signed in, so that raising it makes every older link void.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from publisher.failure import PublisherError

_LAYOUT = struct.Struct(">BHQI")
_MAC_BYTES = 13
#: Letters of a token.
TOKEN_LENGTH = 38
_FOREVER = 0


class Purpose(Enum):
    """What a link may do; the value is signed."""

    CONFIRM = 1
    UNSUBSCRIBE = 2
    PREFERENCES = 3
    LISTING = 4  # the number is that of a renewal, not of a reader


class Token(NamedTuple):
    """What a link says."""

    purpose: Purpose
    subscriber_id: int
    generation: int


class TokenError(ValueError):
    """The link is forged, void or of another purpose (``is_expired`` False), or too old."""

    def __init__(self, words: str, *, is_expired: bool = False) -> None:
        super().__init__(words)
        self.is_expired = is_expired


class Signer:
    """Makes and reads tokens with one key."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    def sign(self, purpose: Purpose, subscriber_id: int, generation: int, expires_at: float | None = None) -> str:
        """A token of `TOKEN_LENGTH` letters, safe in a URL; without ``expires_at`` it holds as long as the reader's generation."""
        packed = _LAYOUT.pack(purpose.value, generation % 65_536, subscriber_id, int(expires_at) if expires_at else _FOREVER)
        return _letters(packed + self._mac(packed))

    def read(self, token: str, purpose: Purpose, now: float) -> Token:
        """What a token says; raises `TokenError`. That the generation is still the reader's own is for the caller to see."""
        try:
            data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) if token.isascii() and len(token) == TOKEN_LENGTH else b""
        except ValueError:
            data = b""
        packed, mac = data[: _LAYOUT.size], data[_LAYOUT.size :]
        # The last letter has bits to spare: only the one way of writing them counts.
        if len(packed) != _LAYOUT.size or not hmac.compare_digest(mac, self._mac(packed)) or _letters(data) != token:
            raise TokenError("the signature does not hold")
        number, generation, subscriber_id, expires_at = _LAYOUT.unpack(packed)
        if number != purpose.value:
            raise TokenError("the link is for something else")
        if expires_at != _FOREVER and expires_at <= now:
            raise TokenError("the link has expired", is_expired=True)
        return Token(purpose, subscriber_id, generation)

    def _mac(self, packed: bytes) -> bytes:
        return hmac.new(self.key, b"token\0" + packed, hashlib.sha256).digest()[:_MAC_BYTES]


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def load_key(root: Path, given: str | None) -> bytes:
    """The secret that links are signed with: ``PUBLISHER_SECRET``, else one made at random and kept in ``var/``, readable by its owner alone.

    Several machines need the same secret. Raises `PublisherError` when a given one is too short, or none can be kept.
    """
    if given:
        if len(given) < 32:
            raise PublisherError("PUBLISHER_SECRET 至少要 32 个字符", "PUBLISHER_SECRET needs at least 32 characters")
        return hashlib.sha256(given.encode()).digest()
    file = root / "var" / "secret"
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            draft = file.with_name(f".secret.{secrets.token_hex(4)}.tmp")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_hex(32), encoding="ascii")
            try:
                file.hardlink_to(draft)  # whoever is first wins, and all use the same
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return hashlib.sha256(file.read_text(encoding="ascii").strip().encode()).digest()
    except OSError as error:
        raise PublisherError(f"存不了签名密钥 {file}：{error.strerror}", f"cannot keep the secret {file}: {error.strerror}") from error
