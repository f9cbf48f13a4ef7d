"""Messages as files ``.eml`` in a folder, to be looked at: each under its Message-ID, written whole and never over another."""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from email.parser import BytesHeaderParser
from pathlib import Path

from publisher.delivery.transport.protocol import Answer, Outcome, TransportError

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,150}")


class FolderTransport:
    """Sessions with one folder; it is made when it is not there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> FolderSession:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TransportError(f"建不了文件夹 {self.path}：{error.strerror}", f"cannot make the folder {self.path}: {error.strerror}") from error
        return FolderSession(self.path)


class FolderSession:
    """Writes files. The same message a second time is taken and leaves the first as it is."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, sender: str, recipient: str, data: bytes) -> Answer:
        data = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode() + data
        name = _name_of(data)
        draft = self._path / f".{secrets.token_hex(8)}.tmp"
        try:
            draft.write_bytes(data)
            for count in range(1, 1_000):
                target = self._path / (f"{name}.eml" if count == 1 else f"{name}-{count}.eml")
                try:
                    target.hardlink_to(draft)  # unlike a rename it never replaces
                except FileExistsError:
                    if target.read_bytes() == data:
                        return Answer(Outcome.ACCEPTED, 250, f"已经有了：{target.name}")
                    continue
                return Answer(Outcome.ACCEPTED, 250, target.name)
            return Answer(Outcome.TEMPORARY, 0, f"同名的太多：{name}")
        except OSError as error:
            return Answer(Outcome.TEMPORARY, 0, f"写不了：{error.strerror}")
        finally:
            with contextlib.suppress(OSError):
                draft.unlink()

    def close(self) -> None:
        """Nothing is held open."""


def _name_of(data: bytes) -> str:
    """The Message-ID where it makes a file name, else a digest of the message."""
    written = str(BytesHeaderParser().parsebytes(data[:65_536])["Message-ID"] or "").strip().strip("<>")
    return written if _PLAIN_NAME.fullmatch(written) else hashlib.sha256(data).hexdigest()[:32]
