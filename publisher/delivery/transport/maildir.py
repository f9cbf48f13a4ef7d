"""Messages into a Maildir instead of out into the world: for trials, and for a mail program that fetches them from there."""

from __future__ import annotations

import mailbox
from pathlib import Path

from publisher.delivery.transport.protocol import Answer, Outcome, TransportError

_PARTS = frozenset({"tmp", "new", "cur"})


class MaildirTransport:
    """Sessions with one Maildir; it is made when it is not there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> MaildirSession:
        try:
            if self.path.exists() and not (self.path / "new").is_dir() and {part.name for part in self.path.iterdir()} - _PARTS:
                raise TransportError(f"{self.path} 不是 Maildir，里面有别的东西", f"{self.path} is no Maildir, and not empty", is_permanent=True)
            for part in _PARTS:  # not left to `mailbox`, which stumbles when two begin at once
                (self.path / part).mkdir(parents=True, exist_ok=True)
            return MaildirSession(mailbox.Maildir(self.path, create=False))
        except OSError as error:
            raise TransportError(f"打不开 Maildir {self.path}：{error.strerror}", f"cannot open the Maildir {self.path}: {error.strerror}") from error


class MaildirSession:
    """Writes each message whole into ``tmp`` and renames it into ``new``: a reader never sees half of one."""

    def __init__(self, box: mailbox.Maildir) -> None:
        self._box = box

    def send(self, sender: str, recipient: str, data: bytes) -> Answer:
        envelope = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode()
        try:
            key = self._box.add(envelope + data)
        except OSError as error:
            return Answer(Outcome.TEMPORARY, 0, f"写不了：{error.strerror}")
        return Answer(Outcome.ACCEPTED, 250, key)

    def close(self) -> None:
        self._box.close()
