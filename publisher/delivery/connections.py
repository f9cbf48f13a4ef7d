"""Several connections to a mail server, each a thread that holds one message at a time and takes the next when the fate of the last is durable."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from publisher.delivery.outbox import Claim
from publisher.delivery.transport import Answer, Session, Transport

#: Seconds after which an idle connection is closed: a server would close it while nobody looks.
_IDLE = 20.0


class Result(NamedTuple):
    """What came of one claim: an answer, or the error that kept it from being sent. The connection waits for ``is_durable``."""

    claim: Claim
    answer: Answer | None
    error: Exception | None
    is_durable: threading.Event


class Connections:
    """Threads that send; whoever owns them hands out claims and collects results."""

    def __init__(self, transport: Transport, sender: str, compose: Callable[[Claim], bytes], *, size: int, per_connection: int) -> None:
        self._transport, self._sender, self._compose, self._per_connection = transport, sender, compose, per_connection
        self._work: queue.SimpleQueue[Claim | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._send_all, daemon=True, name=f"connection {number}") for number in range(size)]
        self.in_hand = 0

    def start(self) -> None:
        """Begin; a session is opened when there is something to send."""
        for thread in self._threads:
            thread.start()

    def hand(self, claim: Claim) -> None:
        """Give out a claim, to whichever connection is free first."""
        self._work.put(claim)
        self.in_hand += 1

    def collect(self) -> list[Result]:
        """The results that have come, after a moment's waiting if there is none."""
        found: list[Result] = []
        with contextlib.suppress(queue.Empty):
            found.append(self._results.get(timeout=0.02 if self.in_hand else 0.0001))
            while True:
                found.append(self._results.get_nowait())
        return found

    def settle(self, results: Sequence[Result]) -> None:
        """Say that results are durable: their connections go on."""
        for result in results:
            result.is_durable.set()
        self.in_hand -= len(results)

    def end(self) -> None:
        """Let each connection end after the message in its hands; what was given out and not begun is taken back."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._work.get_nowait()
                self.in_hand -= 1
        for _ in self._threads:
            self._work.put(None)

    @property
    def is_alive(self) -> bool:
        """Whether any connection is still at work."""
        return any(thread.is_alive() for thread in self._threads if thread.ident)

    def _send_all(self) -> None:
        session: Session | None = None
        count = 0
        while True:
            try:
                claim = self._work.get(timeout=_IDLE)
            except queue.Empty:
                _close(session)
                session = None
                continue
            if claim is None:
                break
            answer: Answer | None = None
            error: Exception | None = None
            try:
                if session is None:
                    session, count = self._transport.open(), 0
                answer = session.send(self._sender, claim.address, self._compose(claim))
                count += 1
            except Exception as raised:  # whoever collects decides what an error means
                error = raised
            if answer is None or answer.is_closed or count >= self._per_connection:
                _close(session)
                session = None
            result = Result(claim, answer, error, threading.Event())
            self._results.put(result)
            result.is_durable.wait()
        _close(session)


def _close(session: Session | None) -> None:
    if session is not None:
        session.close()
