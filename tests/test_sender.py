"""Draining an outbox: everyone once, whatever the receiver, the network and the database do on the way."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from publisher.delivery import outbox, sender
from publisher.delivery.database import Database
from publisher.delivery.outbox import Claim
from publisher.delivery.roster import Roster
from publisher.delivery.schema import message, subscriber, worker
from publisher.delivery.sender import Plan, Sender, Summary
from publisher.delivery.transport import Answer, Outcome, TransportError
from publisher.failure import PublisherError
from tests.outbox import NOW, add_reader, add_readers, issue, open_database, states

OK = Answer(Outcome.ACCEPTED, 250, "ok")
LATER = Answer(Outcome.TEMPORARY, 451, "later")
NEVER = Answer(Outcome.PERMANENT, 550, "no such user")
POLICY = Answer(Outcome.PERMANENT, 554, "DT:SPM", is_about_us=True)
LOST = Answer(Outcome.UNKNOWN, 0, "connection lost", is_closed=True)


class Post:
    """A transport that keeps what it was given and answers as it is told."""

    def __init__(self, answers: Callable[[str, int], Answer] = lambda _address, _time: OK) -> None:
        self.answers, self.got, self.opened, self.closed = answers, Counter[str](), 0, 0
        self.open_error: Exception | None = None
        self._lock = threading.Lock()

    def open(self) -> Post:
        if self.open_error is not None:
            raise self.open_error
        with self._lock:
            self.opened += 1
        return self

    def send(self, sender: str, recipient: str, data: bytes) -> Answer:
        assert sender == "digest@example.com"
        assert data == recipient.encode()
        with self._lock:
            answer = self.answers(recipient, self.got[recipient])
            self.got[recipient] += 1
        return answer

    def close(self) -> None:
        with self._lock:
            self.closed += 1


class Clock:
    """A clock that can be set."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> float:
        return self.time

    def rest(self, seconds: float) -> None:
        self.time += seconds


def _compose(claim: Claim) -> bytes:
    return claim.address.encode()


def _plan(**values: Any) -> Plan:
    return Plan(**{"edition_id": "2026-W47", "sender": "digest@example.com", "compose": _compose, "give_up_at": NOW + 5 * 86_400} | values)


def _queue(database: Database) -> None:
    with database.begin() as connection:
        outbox.enqueue(connection, issue(), NOW, NOW)


def _send(database: Database, post: Post, folder: Path, clock: Clock | None = None, **values: Any) -> Summary:
    return Sender(database, post, _plan(**values), Roster(folder), clock=clock or Clock()).run()


def test_everyone_gets_it_once(database_url: str, tmp_path: Path) -> None:
    database, post = open_database(database_url), Post()
    add_readers(database, 500)
    _queue(database)
    done = _send(database, post, tmp_path / "w")
    assert (done.states, done.is_stopped, done.waiting) == ({"sent": 500}, False, 0)
    assert len(post.got) == 500
    assert max(post.got.values()) == 1
    assert post.opened == post.closed <= 4
    with database.begin() as connection:
        assert connection.execute(select(worker)).all() == []
    assert list((tmp_path / "w").iterdir()) == []
    assert _send(database, post, tmp_path / "w").states == {}, "a second run has nothing to do"
    database.close()


def test_several_workers_share_one_outbox(database_url: str, tmp_path: Path) -> None:
    database, post = open_database(database_url), Post()
    add_readers(database, 600)
    _queue(database)
    done: list[Summary] = []
    crowd = [threading.Thread(target=lambda: done.append(_send(database, post, tmp_path / "w", connections=2))) for _ in range(3)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert sum((one.states for one in done), Counter()) == {"sent": 600}
    assert max(post.got.values()) == 1
    database.close()


def test_what_is_refused_for_now_is_tried_again_later_and_not_at_once(database_url: str, tmp_path: Path) -> None:
    database, clock = open_database(database_url), Clock()
    add_readers(database, 30)
    _queue(database)
    post = Post(lambda address, time: LATER if time == 0 and int(address[6:].partition("@")[0]) % 3 == 0 else OK)
    first = _send(database, post, tmp_path / "w", clock)
    assert first.states == {"sent": 20, "retried": 10}
    assert first.waiting == 10
    assert first.next_due is not None
    assert NOW + 60 <= first.next_due <= NOW + 120
    clock.time += 121
    assert _send(database, post, tmp_path / "w", clock).states == {"sent": 10}
    assert Counter(states(database).values()) == {"sent": 30}
    database.close()


def test_what_is_refused_again_and_again_is_given_up(database_url: str, tmp_path: Path) -> None:
    database, clock, post = open_database(database_url), Clock(), Post(lambda *_: LATER)
    add_reader(database, "a@example.com")
    _queue(database)
    tries = 0
    while "failed" not in states(database).values():
        _send(database, post, tmp_path / "w", clock)
        clock.time += 6 * 3_600
        tries += 1
        assert tries < 30
    assert post.got["a@example.com"] == 12
    database.close()


def test_an_edition_too_old_is_not_tried_again(database_url: str, tmp_path: Path) -> None:
    database, post = open_database(database_url), Post(lambda *_: LATER)
    add_reader(database, "a@example.com")
    _queue(database)
    assert _send(database, post, tmp_path / "w", give_up_at=NOW + 1).states == {"failed": 1}
    database.close()


def test_an_address_that_is_no_more_is_told_of_in_the_same_transaction(database_url: str, tmp_path: Path) -> None:
    database = open_database(database_url)
    reader = add_reader(database, "gone@example.com")
    add_reader(database, "here@example.com")
    _queue(database)
    post = Post(lambda address, _: NEVER if address.startswith("gone") else OK)

    def rejected(connection: Any, claim: Claim, answer: Answer, _now: float) -> None:
        assert answer.code == 550
        connection.execute(update(subscriber).where(subscriber.c.id == claim.subscriber_id).values(state="suppressed"))

    assert _send(database, post, tmp_path / "w", rejected=rejected).states == {"sent": 1, "failed": 1}
    with database.begin() as connection:
        assert connection.execute(select(subscriber.c.state).where(subscriber.c.id == reader)).scalar_one() == "suppressed"
    database.close()


def test_when_we_are_unwelcome_it_stops(database_url: str, tmp_path: Path) -> None:
    database, post = open_database(database_url), Post(lambda *_: POLICY)
    add_readers(database, 200)
    _queue(database)
    with pytest.raises(PublisherError, match="DT:SPM"):
        _send(database, post, tmp_path / "w")
    found = Counter(states(database).values())
    assert found["failed"] < 60
    assert found["pending"] == 200 - found["failed"]
    database.close()


def test_what_is_in_doubt_is_sent_again_once_and_no_more(database_url: str, tmp_path: Path) -> None:
    database, clock, post = open_database(database_url), Clock(), Post(lambda *_: LOST)
    add_reader(database, "a@example.com")
    _queue(database)
    for _ in range(4):
        _send(database, post, tmp_path / "w", clock)
        clock.time += 3_600
    assert post.got["a@example.com"] == 2
    assert list(states(database).values()) == ["unknown"]
    assert post.opened == 2, "a connection that was lost is not used again"
    database.close()


def test_a_server_that_is_away_for_a_while_is_waited_for(database_url: str, tmp_path: Path) -> None:
    database, clock, post = open_database(database_url), Clock(), Post()
    add_readers(database, 5)
    _queue(database)
    post.open_error = TransportError("连不上", "cannot connect")

    def ahead(_states: Counter[str]) -> None:
        clock.rest(0.01)
        if clock.time > NOW + 40:
            post.open_error = None

    done = Sender(database, post, _plan(lingers=60), Roster(tmp_path / "w"), clock=clock, rest=clock.rest).run(ahead)
    assert done.states == {"sent": 5}
    assert max(post.got.values()) == 1
    database.close()


@pytest.mark.parametrize("error", [TransportError("密码不对", "wrong password", is_permanent=True), ZeroDivisionError("a fault of our own")])
def test_what_cannot_get_better_ends_at_once_and_loses_nothing(database_url: str, tmp_path: Path, error: Exception) -> None:
    database, post = open_database(database_url), Post()
    add_readers(database, 50)
    _queue(database)
    post.open_error = error
    with pytest.raises(type(error)):
        _send(database, post, tmp_path / "w")
    assert Counter(states(database).values()) == {"pending": 50}
    database.close()


def test_a_limit_a_single_reader_and_a_rate_are_kept(database_url: str, tmp_path: Path) -> None:
    database, post = open_database(database_url), Post()
    add_readers(database, 60)
    one = add_reader(database, "me@example.com")
    _queue(database)
    assert _send(database, post, tmp_path / "w", only=one).states == {"sent": 1}
    assert post.got == {"me@example.com": 1}
    assert _send(database, post, tmp_path / "w", limit=7).states == {"sent": 7}
    started = time.monotonic()
    assert _send(database, post, tmp_path / "w", limit=20, rate=40.0).states == {"sent": 20}
    assert time.monotonic() - started > 0.4, "20 messages at 40 a second"
    database.close()


def test_stopping_finishes_what_is_in_hand_and_puts_back_the_rest(database_url: str, tmp_path: Path) -> None:
    database = open_database(database_url)
    add_readers(database, 300)
    _queue(database)
    post = Post()
    one = Sender(database, post, _plan(), Roster(tmp_path / "w"), clock=Clock())

    def answers(_address: str, _time: int) -> Answer:
        if sum(post.got.values()) >= 30:
            one.stop()
        return OK

    post.answers = answers
    done = one.run()
    found = Counter(states(database).values())
    assert done.is_stopped
    assert found["sent"] == len(post.got) == sum(post.got.values())
    assert found["sent"] + found["pending"] == 300
    assert 30 <= found["sent"] < 60
    assert _send(database, Post(), tmp_path / "w").states == {"sent": 300 - found["sent"]}
    database.close()


def test_a_domain_that_takes_no_more_does_not_hold_up_the_others(database_url: str, tmp_path: Path) -> None:
    database, post, clock = open_database(database_url), Post(), Clock()
    add_readers(database, 50, "qq.com")
    add_readers(database, 50, "example.com")
    _queue(database)

    class Pace:
        left = 10

        def take(self, _connection: Any, domain: str, wanted: int, _now: float) -> int:
            if domain != "qq.com":
                return wanted
            granted = min(self.left, wanted)
            self.left -= granted
            return granted

        def hold(self, _connection: Any, _domain: str, _now: float) -> None:
            raise AssertionError

    done = Sender(database, post, _plan(), Roster(tmp_path / "w"), pace=Pace(), clock=clock, rest=clock.rest)
    moved = done.run(lambda _states: clock.rest(0.01))
    assert moved.states == {"sent": 60}
    assert moved.waiting == 40
    database.close()


def test_what_a_killed_worker_held_is_sent_by_the_next(database_url: str, tmp_path: Path) -> None:
    database, post = open_database(database_url), Post()
    add_readers(database, 40)
    _queue(database)
    roster = Roster(tmp_path / "w")
    place = roster.enter()
    with database.begin() as connection:
        outbox.register(connection, place.name, "host", 1, NOW)
        outbox.claim(connection, outbox.candidates(connection, "2026-W47", NOW, 10), place.name)
    assert _send(database, post, tmp_path / "w").states == {"sent": 30}, "a living worker keeps what it has"
    place._file.close()  # as when the process dies: the lock is gone, the file stays
    assert _send(database, post, tmp_path / "w").states == {"sent": 10}
    assert list((tmp_path / "w").iterdir()) == []
    database.close()


def test_the_database_may_go_away_and_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database, post = open_database(f"sqlite:///{tmp_path / 'd.sqlite'}"), Post()
    add_readers(database, 100)
    _queue(database)
    broken = iter([False] * 5 + [True] * 3 + [False] * 10_000)
    real = outbox.mark

    def mark(connection: Any, marks: Any, worker_id: str) -> None:
        real(connection, marks, worker_id)
        if next(broken):
            connection.execute(text("SELECT * FROM a_table_that_is_gone"))

    monkeypatch.setattr(outbox, "mark", mark)
    monkeypatch.setattr(sender.time, "sleep", lambda _seconds: None)
    assert _send(database, post, tmp_path / "w").states == {"sent": 100}
    assert max(post.got.values()) == 1
    with database.begin() as connection:
        assert set(connection.execute(select(message.c.state)).scalars()) == {"sent"}
    database.close()
