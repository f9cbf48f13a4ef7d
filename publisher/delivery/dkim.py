"""A message in, the same message signed by DKIM out (RFC 6376; RFC 8463 for Ed25519), for a mail server that does not sign by itself.

A signature costs some milliseconds with RSA: where the server can sign, let it. The headers for unsubscribing are covered, as RFC 8058 section 4 asks.
"""

from __future__ import annotations

import binascii
from pathlib import Path

import dkim

from publisher.failure import PublisherError

#: What is signed when it is there. Those in `_ONCE` are signed once more than they stand, so that nobody can add another (RFC 6376 section 8.15).
_COVERED = (
    *(b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type", b"content-language"),
    *(b"list-id", b"list-unsubscribe", b"list-unsubscribe-post", b"list-archive", b"feedback-id", b"auto-submitted"),
)
_ONCE = (b"from", b"subject", b"date", b"list-unsubscribe", b"list-unsubscribe-post")


class DkimSigner:
    """Signs for one domain and selector, whose public key stands at ``SELECTOR._domainkey.DOMAIN``."""

    def __init__(self, domain: str, selector: str, key: bytes) -> None:
        """Take a private key: PEM for RSA, 32 bytes in base64 for Ed25519. Raises `PublisherError` when it is none."""
        self._domain, self._selector, self._key = domain.encode("idna"), selector.encode("ascii"), key.strip()
        self._algorithm = b"rsa-sha256" if b"BEGIN" in key else b"ed25519-sha256"
        self.sign(b"From: a@example.com\r\n\r\n")  # a wrong key is told now, not at the first reader

    @classmethod
    def load(cls, domain: str, selector: str, file: Path) -> DkimSigner:
        """The signer with the key in a file."""
        try:
            return cls(domain, selector, file.read_bytes())
        except OSError as error:
            raise PublisherError(f"读不了 DKIM 私钥 {file}：{error.strerror}", f"cannot read the DKIM key {file}: {error.strerror}") from error

    def sign(self, message: bytes) -> bytes:
        """The message with a signature before it."""
        present = {line.partition(b":")[0].strip().lower() for line in message.partition(b"\r\n\r\n")[0].split(b"\r\n") if line[:1].strip()}
        names = [name for name in _COVERED if name in present] + [name for name in _ONCE if name in present or name == b"from"]
        try:
            signature = dkim.sign(
                message,
                self._selector,
                self._domain,
                self._key,
                canonicalize=(b"relaxed", b"relaxed"),
                signature_algorithm=self._algorithm,
                include_headers=names,
            )
        except (dkim.DKIMException, binascii.Error, ValueError, TypeError, IndexError) as error:
            words = "要 PEM 格式的 RSA 私钥，或者 base64 的 Ed25519 私钥（32 字节）"
            raise PublisherError(f"DKIM 签不了：{words}", f"cannot sign by DKIM: {type(error).__name__}; wanted a PEM RSA key or 32 bytes in base64") from error
        return bytes(signature) + message
