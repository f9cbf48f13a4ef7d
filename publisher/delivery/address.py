"""A written mail address in, its one normal form out; and the forms in which it may be shown or kept.

The domain is brought to its ASCII form (IDNA) and lower case; the local part stays as written, but for letters of full width, since only its own server may
say that two spellings are one (RFC 5321 section 2.4). A local part beyond ASCII needs a server that offers SMTPUTF8 (RFC 6531).
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from email_validator import EmailNotValidError, validate_email


class AddressError(ValueError):
    """What was written is no mail address; the message says why, in English."""


def normalise(written: str) -> str:
    """The address as it is kept. No server is asked. Raises `AddressError`."""
    text = unicodedata.normalize("NFKC", written).strip().strip("<>").strip()
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=True, strict=True, test_environment=True)
    except EmailNotValidError as error:
        raise AddressError(str(error)) from error
    return f"{found.local_part}@{found.ascii_domain.lower()}"


def domain_of(address: str) -> str:
    """The receiving domain of a normal address."""
    return address.rpartition("@")[2]


def needs_smtputf8(address: str) -> bool:
    """Whether only a server with SMTPUTF8 can take it."""
    return not address.isascii()


def masked(address: str) -> str:
    """What logs and screens may show: ``z***@example.com``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def address_digest(address: str, key: bytes) -> str:
    """What is kept of an address that must not be written to again: 32 hexadecimal digits nobody can turn back without the key."""
    # Receivers hardly ever tell capitals apart in the local part; for a promise not to write, the wider reading is the safe one.
    return hmac.new(key, b"suppression\0" + address.lower().encode(), hashlib.sha256).hexdigest()[:32]
