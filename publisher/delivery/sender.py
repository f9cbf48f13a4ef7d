"""Drain an outbox: claim, send over several connections, mark; whatever happens in between, no reader is forgotten and hardly one written to twice.

Each connection is a thread with one message in its hands. It takes the next only when the fate of the last is durable in the database,
so that a `kill -9` leaves at most one message for each connection of which nobody knows. One thread writes: the answers of all connections
that came meanwhile go into one transaction, together with the next claims.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from publisher.delivery import outbox
from publisher.delivery.connections import Connections, Result
from publisher.delivery.database import Database, DatabaseError
from publisher.delivery.fate import SOON, fate_of
from publisher.delivery.outbox import Claim, Mark
from publisher.delivery.roster import BEAT, SILENCE, Roster
from publisher.delivery.transport import Answer, Outcome, Transport, TransportError
from publisher.failure import PublisherError

#: Messages claimed ahead for each connection.
_AHEAD = 8
#: Seconds without any connection, or without the database, after which a worker gives up; everything stays as it is for the next.
PATIENCE = 600.0
#: Answers about us, one after the other, after which a worker stops: going on would only harm our name.
_REBUKES = 20
#: Seconds that the connections are waited for at the end.
_FAREWELL = 60.0
#: Seconds to wait for domains that take no more for now; then it is for the next run.
_REST = 60.0


class Skipped(PublisherError):  # noqa: N818  # it is no fault
    """Raised by ``compose`` when a message is not to be sent after all."""


class Pace(Protocol):
    """How fast each receiving domain may be written to."""

    def take(self, connection: Connection, domain: str, wanted: int, now: float) -> int:
        """How many of ``wanted`` messages may go to a domain now; they count as sent."""

    def hold(self, connection: Connection, domain: str, now: float) -> object:
        """The domain has asked for a pause."""


class Plan(NamedTuple):
    """What is to be sent and how: ``compose`` makes a claim's message, ``rate`` is messages a second, ``only`` one reader.

    ``give_up_at`` is when the edition is too old to be tried again; ``rejected`` is told of readers whose address does not exist.
    ``lingers`` is how long to wait for messages that are due later, in seconds.
    """

    edition_id: str
    sender: str
    compose: Callable[[Claim], bytes]
    give_up_at: float
    rejected: Callable[[Connection, Claim, Answer, float], None] = lambda _connection, _claim, _answer, _now: None
    connections: int = 4
    rate: float | None = None
    limit: int | None = None
    only: int | None = None
    lingers: float = 0.0
    per_connection: int = 500


class Summary(NamedTuple):
    """What a worker did: messages by the state they went to; whether it was stopped before the end; how many still wait, until when."""

    states: Counter[str]
    is_stopped: bool
    waiting: int
    next_due: float | None


class Sender:
    """One worker: a process's share of draining one edition."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        plan: Plan,
        roster: Roster,
        *,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
        rest: Callable[[float], object] | None = None,
    ) -> None:
        """``rest`` waits for some seconds, or less when it is told to stop; a test with a clock of its own need not wait."""
        self._database, self._plan, self._roster = database, plan, roster
        self._pace, self._clock = pace, clock
        self._connections = Connections(transport, plan.sender, plan.compose, size=plan.connections, per_connection=plan.per_connection)
        self._stock: deque[Claim] = deque()
        self._handed = 0
        self._is_stopping = False
        self._rest = rest or self._doze
        self._states: Counter[str] = Counter()
        self._beat_at = self._held_until = self._dry_until = 0.0
        self._next_due: float | None = None
        self._rests_since: float | None = None
        self._is_last_look = False
        self._fatal: Exception | None = None
        self._graves: tuple[Path, ...] = ()
        self._rebukes = 0
        self._no_session_since: float | None = None
        self._closed: dict[str, float] = {}
        self._tokens, self._filled_at = 0.0, time.monotonic()
        self._name = ""

    def stop(self) -> None:
        """End in good order: what is in hand is finished, what is claimed is put back.

        A signal's handler may call it, whatever it interrupts: it takes no lock, as an event's would be.
        """
        self._is_stopping = True

    def run(self, progress: Callable[[Counter[str]], None] = lambda _states: None) -> Summary:
        """Send until nothing is due; raises `PublisherError` when the server or the database cannot be reached for `PATIENCE` seconds."""
        presence = self._roster.enter()
        self._name = presence.name
        try:
            with self._database.begin() as connection:
                outbox.register(connection, self._name, self._roster.host, os.getpid(), self._clock())
            self._connections.start()
            while self._turn():
                progress(self._states)
            is_stopped = self._is_stopping
        finally:
            try:
                self._finish()
            finally:
                presence.leave()
        with self._database.begin() as connection:
            found = outbox.progress(connection, self._plan.edition_id, self._clock())
        return Summary(self._states, is_stopped, found.still_open, found.next_due)

    def _turn(self) -> bool:
        """Write down what came back, claim what is next, hand it out; False when there is nothing more to do."""
        results = self._connections.collect()
        if results or self._wants_more() or self._clock() - self._beat_at > BEAT:
            claimed = self._write(results)
            self._stock.extend(claimed)
            if not (claimed or self._stock or self._connections.in_hand) and not self._waits():
                return False
        if self._is_stopping:
            return False
        self._hand_out()
        return True

    def _wants_more(self) -> bool:
        now = self._clock()
        if self._is_stopping or now < self._held_until or (self._connections.in_hand and now < self._dry_until):
            return False
        return len(self._stock) < self._plan.connections * _AHEAD // 2 and self._room() > 0

    def _room(self) -> int:
        """How many more may be claimed."""
        room = self._plan.connections * _AHEAD
        return room if self._plan.limit is None else min(room, self._plan.limit - self._handed - len(self._stock))

    def _write(self, results: Sequence[Result]) -> list[Claim]:
        """One transaction: the fates of messages, and the next claims; afterwards the connections go on.

        A database that is away is waited for: the answers are kept, and no connection goes on before its own is durable.
        """
        now = self._clock()
        marks = [self._fate(result, now) for result in results]
        wanted = self._room() if self._wants_more() else 0
        since = time.monotonic()
        while True:
            try:
                claimed = self._store(results, marks, wanted, now)
                break
            except DatabaseError:
                if time.monotonic() - since > PATIENCE:
                    self._connections.settle(results)
                    raise
                time.sleep(0.5)
        for path in self._graves:
            path.unlink(missing_ok=True)
        for result, mark in zip(results, marks, strict=True):
            if result.answer is not None or mark.state == "skipped":
                self._states["retried" if mark.state == "pending" else mark.state] += 1
        self._connections.settle(results)
        if self._fatal is not None:
            raise self._fatal
        return claimed

    def _store(self, results: Sequence[Result], marks: Sequence[Mark], wanted: int, now: float) -> list[Claim]:
        with self._database.begin() as connection:
            outbox.mark(connection, marks, self._name)
            for result in results:
                if result.answer is not None:
                    self._heed(connection, result.claim, result.answer, now)
            self._show_life(connection, now)
            if not wanted:
                return []
            claimed = self._claim(connection, wanted, now)
            if claimed:
                self._is_last_look = False
            else:
                self._next_due = outbox.next_due(connection, self._plan.edition_id, only=self._plan.only)
                self._dry_until = now + 0.25
            return claimed

    def _fate(self, result: Result, now: float) -> Mark:
        claim, answer = result.claim, result.answer
        if isinstance(result.error, Skipped):
            return Mark(claim.id, "skipped", 0, result.error.en, None, now)
        if answer is None:
            self._note_failure(result.error, now)
            return Mark(claim.id, "pending", 0, "no connection", now + SOON, None)
        self._no_session_since = None
        self._rebukes = self._rebukes + 1 if answer.is_about_us and answer.outcome is Outcome.PERMANENT else 0
        if self._rebukes >= _REBUKES:
            words = f"连续 {_REBUKES} 封被拒绝，原因在我们这一方（策略或内容），已经停下；对方说：{answer.words}"
            self._fatal = PublisherError(words, f"{_REBUKES} messages in a row were refused for what we are or say; stopped: {answer.words}")
        return fate_of(claim, answer, now, self._plan.give_up_at)

    def _heed(self, connection: Connection, claim: Claim, answer: Answer, now: float) -> None:
        """What an answer means beyond its message: a domain that wants a pause, an address that is no more."""
        if answer.is_about_us and self._pace:
            self._pace.hold(connection, claim.domain, now)
        if answer.outcome is Outcome.PERMANENT and not answer.is_about_us:
            self._plan.rejected(connection, claim, answer, now)

    def _note_failure(self, error: Exception | None, now: float) -> None:
        """Rest a little when no connection can be had; give up when it stays so, or when trying again cannot help.

        The error is raised when the answers that came with it are durable.
        """
        self._no_session_since = now if self._no_session_since is None else self._no_session_since
        self._held_until = now + min(SOON, 1.0 + now - self._no_session_since)
        is_passing = isinstance(error, TransportError) and not error.is_permanent
        if not is_passing or now - self._no_session_since > PATIENCE:
            self._fatal = error

    def _claim(self, connection: Connection, wanted: int, now: float) -> list[Claim]:
        self._closed = {domain: until for domain, until in self._closed.items() if until > now}
        found = outbox.candidates(connection, self._plan.edition_id, now, wanted, closed=self._closed, only=self._plan.only)
        if self._pace:
            found = self._allowed(connection, found, now)
        outbox.claim(connection, found, self._name)
        return found

    def _allowed(self, connection: Connection, found: Sequence[Claim], now: float) -> list[Claim]:
        """Those of some candidates that may go to their domains now; a domain that takes no more is left in peace for a second."""
        assert self._pace is not None
        left = {domain: self._pace.take(connection, domain, count, now) for domain, count in sorted(Counter(one.domain for one in found).items())}
        allowed = []
        for one in found:
            if left[one.domain] > 0:
                left[one.domain] -= 1
                allowed.append(one)
            else:
                self._closed[one.domain] = now + 1.0
        return allowed

    def _show_life(self, connection: Connection, now: float) -> None:
        """Say that we are there, and free what the dead have held."""
        if now - self._beat_at > BEAT:
            outbox.beat(connection, self._name, now)
            self._beat_at = now
            dead = self._roster.dead()
            outbox.bury(connection, dead, now - SILENCE)
            self._graves = tuple(dead.values())

    def _waits(self) -> bool:
        """Nothing can be claimed now: look once more for what the dead have left, wait for what is due soon, or give False."""
        if self._is_stopping or self._room() <= 0:
            return False
        if not self._is_last_look:
            self._is_last_look, self._beat_at = True, 0.0
            return True
        now = self._clock()
        paused = [until for until in (self._held_until, *self._closed.values()) if until > now]
        if paused:
            self._rests_since = now if self._rests_since is None else self._rests_since
            soonest = min(paused)
            is_soon = self._held_until > now or now - self._rests_since <= max(self._plan.lingers, _REST)
        else:
            self._rests_since = None
            soonest = self._next_due if self._next_due is not None else now + 1e9
            is_soon = soonest - now <= self._plan.lingers
        if is_soon:
            self._rest(min(1.0, max(0.05, soonest - now)))
        return is_soon

    def _doze(self, seconds: float) -> None:
        """Wait, with an eye open for being stopped."""
        end = time.monotonic() + seconds
        while not self._is_stopping and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))

    def _hand_out(self) -> None:
        """Give claims to the connections, no faster than the rate."""
        while self._stock and self._connections.in_hand < self._plan.connections * 2 and self._may_go():
            self._connections.hand(self._stock.popleft())
            self._handed += 1

    def _may_go(self) -> bool:
        if self._plan.rate is None:
            return True
        now = time.monotonic()
        self._tokens = min(max(1.0, self._plan.rate), self._tokens + (now - self._filled_at) * self._plan.rate)
        self._filled_at = now
        if self._tokens < 1:
            if not self._connections.in_hand:
                self._rest(min(1.0, (1 - self._tokens) / self._plan.rate))
            return False
        self._tokens -= 1
        return True

    def _finish(self) -> None:
        """Let the connections end, write down what they still bring, put back the rest."""
        self._is_stopping = True
        self._connections.end()
        end = time.monotonic() + _FAREWELL
        while self._connections.is_alive and time.monotonic() < end:
            results = self._connections.collect()
            try:
                if results:
                    self._write(results)
            except Exception as error:  # the first error is the one to tell
                self._fatal = self._fatal or error
                self._connections.settle(results)
        with contextlib.suppress(DatabaseError), self._database.begin() as connection:
            outbox.retire(connection, self._name)
