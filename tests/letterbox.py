"""A real SMTP server (aiosmtpd) that keeps what it takes and answers as a test tells it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

#: What ``data`` may say in place of an answer: the connection is cut before the message is kept, or after it; the answer takes its time.
CUT, CUT_LATE, STALL = "cut", "cut late", "stall"


class Letterbox:
    """What arrived: raw messages by recipient, in order. ``rcpt`` and ``data`` may answer otherwise than OK."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, bytes]] = []
        self.rcpt: Callable[[str], str | None] = lambda _address: None
        self.data: Callable[[str], str | None] = lambda _address: None
        self.port = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def counts(self) -> Counter[str]:
        """How many messages each recipient has."""
        with self._lock:
            return Counter(address for address, _ in self.letters)

    def of(self, address: str) -> list[bytes]:
        with self._lock:
            return [data for recipient, data in self.letters if recipient == address]

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any) -> str:
        if answer := self.rcpt(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        answer = self.data(envelope.rcpt_tos[0])
        if answer == STALL:
            await asyncio.sleep(0.5)
        elif answer and answer != CUT_LATE:
            return _cut(server) if answer == CUT else answer
        content = envelope.original_content
        assert content is not None
        with self._lock:
            self.letters.extend((address, content) for address in envelope.rcpt_tos)
        return _cut(server) if answer == CUT_LATE else "250 OK"


def _cut(server: SMTP) -> str:
    transport: Any = server.transport
    transport.abort()
    return "421 gone"


@contextmanager
def letterbox() -> Iterator[Letterbox]:
    """A server for as long as the block lasts, on a free port."""
    box = Letterbox()
    with socket.socket() as free:  # the controller tries the port it was given, so it cannot be given none
        free.bind(("127.0.0.1", 0))
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port, enable_SMTPUTF8=True, data_size_limit=0)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
