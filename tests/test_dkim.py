"""Messages signed by DKIM: they verify as a receiver would, and no header that matters can be changed, taken away or added."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from pathlib import Path

import dkim
import pytest
from nacl.signing import SigningKey

from publisher.delivery.dkim import DkimSigner
from publisher.failure import PublisherError

MESSAGE = (
    b"From: =?utf-8?b?6KGX5Yy6?= <news@example.com>\r\nTo: reader@example.com\r\nSubject: =?utf-8?b?566A5oql?=\r\nDate: Mon, 23 Nov 2026 09:00:00 +0800\r\n"
    b"Message-ID: <2026-w47.1.0123abcd@example.com>\r\nList-Unsubscribe: <https://example.com/u/abc>,\r\n <mailto:u@example.com>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n5L2g5aW9\r\n"
)


@pytest.fixture(scope="module", params=["rsa", "ed25519"])
def keys(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """The private key in a file, and the record in the DNS."""
    file = tmp_path_factory.mktemp("dkim") / "key"
    if request.param == "ed25519":
        key = SigningKey.generate()
        file.write_bytes(base64.b64encode(bytes(key)) + b"\n")
        return file, b"v=DKIM1; k=ed25519; p=" + base64.b64encode(bytes(key.verify_key))
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    subprocess.run(["openssl", "genrsa", "-out", str(file), "2048"], check=True, capture_output=True)
    public = subprocess.run(["openssl", "rsa", "-in", str(file), "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
    return file, b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def verifies(message: bytes, record: bytes) -> bool:
    def dns(name: bytes | str, **_: object) -> bytes:
        assert name in (b"s2026._domainkey.example.com.", "s2026._domainkey.example.com.")
        return record

    return bool(dkim.verify(message, dnsfunc=dns))


def test_a_signed_message_verifies_and_covers_what_matters(keys: tuple[Path, bytes]) -> None:
    file, record = keys
    signed = DkimSigner.load("example.com", "s2026", file).sign(MESSAGE)
    assert signed.endswith(MESSAGE)
    assert verifies(signed, record)
    head = signed[: -len(MESSAGE)].replace(b"\r\n", b"").replace(b" ", b"")
    covered = re.search(rb";h=([a-z:-]+)", head, re.IGNORECASE)
    assert covered
    assert {b"from", b"subject", b"list-unsubscribe", b"list-unsubscribe-post"} <= set(covered[1].lower().split(b":"))
    for old, new in (
        (b"5L2g5aW9", b"5L2g5aW8"),
        (b"https://example.com/u/abc", b"https://example.com/u/abd"),
        (b"List-Unsubscribe=One-Click", b"x"),
        (b"To: reader@", b"To: other@"),
        (b"MIME-Version", b"From: evil@example.com\r\nMIME-Version"),
        (b"MIME-Version", b"List-Unsubscribe: <https://evil.example>\r\nMIME-Version"),
    ):
        assert not verifies(signed.replace(old, new), record), new
    assert verifies(signed.replace(b"MIME-Version", b"X-Seen: yes\r\nMIME-Version"), record)


@pytest.mark.parametrize("key", [b"", b"nonsense", b"AAAA", b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"])
def test_a_wrong_key_is_told_at_once(tmp_path: Path, key: bytes) -> None:
    (tmp_path / "key").write_bytes(key)
    with pytest.raises(PublisherError, match="DKIM"):
        DkimSigner.load("example.com", "s2026", tmp_path / "key")
    with pytest.raises(PublisherError, match="DKIM"):
        DkimSigner.load("example.com", "s2026", tmp_path / "nowhere")
