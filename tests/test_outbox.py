"""The outbox: who gets what of an edition, once; and what happens to messages in the hands of workers that live or die."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from sqlalchemy import select, update

from publisher.delivery import outbox
from publisher.delivery.outbox import Mark
from publisher.delivery.preferences import Preferences
from publisher.delivery.schema import edition, message, segment, subscriber
from tests.outbox import NOW, add_reader, add_readers, gets, issue, news, open_database, policy, states

DUE = NOW
SECTIONS = (
    ("即将截止", True, (policy("zc-old"),)),
    ("政策解读", False, (policy("zc-1", tags=frozenset({"税收"})),)),
    ("商业资讯", False, (news("zx-1"), news("zx-2"))),
)


def _enqueue(database, what, canonical=None):  # type: ignore[no-untyped-def]
    with database.begin() as connection:
        return outbox.enqueue(connection, what, NOW, DUE, canonical=canonical)


def test_everybody_gets_what_they_chose_and_nobody_an_empty_edition(database_url: str) -> None:
    database = open_database(database_url)
    add_reader(database, "all@example.com")
    add_reader(database, "policy@example.com", Preferences(kinds=frozenset({"policy"})))
    add_reader(database, "tax@example.com", Preferences(tags=frozenset({"税收"})))
    add_reader(database, "events@example.com", Preferences(kinds=frozenset({"event"})))
    add_reader(database, "monthly@example.com", frequency="monthly")
    add_reader(database, "asked@example.com", state="asked")
    add_reader(database, "left@example.com", state="withdrawn")
    done = _enqueue(database, issue(*SECTIONS))
    assert done == (True, 3, 3, 1)
    assert gets(database, "2026-W47") == {
        "all@example.com": ["zc-old", "zc-1", "zx-1", "zx-2"],
        "policy@example.com": ["zc-old", "zc-1"],
        "tax@example.com": ["zc-1"],
    }
    database.close()


def test_an_edition_is_queued_once(database_url: str) -> None:
    database = open_database(database_url)
    add_reader(database, "a@example.com")
    _enqueue(database, issue())
    add_reader(database, "late@example.com")
    assert _enqueue(database, issue()) == (False, 1, 0, 0)
    assert list(gets(database, "2026-W47")) == ["a@example.com"]
    database.close()


def test_many_who_queue_one_edition_at_once_queue_it_once(database_url: str) -> None:
    database = open_database(database_url)
    add_readers(database, 20)
    done = []
    crowd = [threading.Thread(target=lambda: done.append(_enqueue(database, issue()))) for _ in range(4)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert sorted((one.is_new, one.messages) for one in done) == [(False, 20)] * 3 + [(True, 20)]
    database.close()


def test_nothing_is_queued_when_it_fails_on_the_way(database_url: str) -> None:
    database = open_database(database_url)
    add_reader(database, "a@example.com")

    def fails(_tag: str) -> str:
        raise LookupError

    add_reader(database, "b@example.com", Preferences(tags=frozenset({"税收"})))
    with pytest.raises(LookupError):
        _enqueue(database, issue(*SECTIONS), fails)
    with database.begin() as connection:
        assert connection.execute(select(edition)).all() == connection.execute(select(message)).all() == []
    database.close()


def test_nobody_gets_the_same_news_twice_when_the_rhythm_changes(database_url: str) -> None:
    database = open_database(database_url)
    mover = add_reader(database, "mover@example.com")
    nothing_left = add_reader(database, "empty@example.com", Preferences(kinds=frozenset({"policy"})))
    add_reader(database, "monthly@example.com", frequency="monthly")
    _enqueue(database, issue(*SECTIONS))
    with database.begin() as connection:
        connection.execute(update(subscriber).where(subscriber.c.id.in_([mover, nothing_left])).values(frequency="monthly"))
    month = issue(
        ("政策解读", False, (policy("zc-1", tags=frozenset({"税收"})),)), ("商业资讯", False, (news("zx-1"), news("zx-3"))), name="2026-11", period="monthly"
    )
    done = _enqueue(database, month)
    assert gets(database, "2026-11") == {"mover@example.com": ["zx-3"], "monthly@example.com": ["zc-1", "zx-1", "zx-3"]}
    assert (done.messages, done.segments, done.passed_over) == (2, 2, 1)
    database.close()


def test_a_reminder_may_come_again(database_url: str) -> None:
    database = open_database(database_url)
    reader = add_reader(database, "a@example.com")
    _enqueue(database, issue(*SECTIONS))
    with database.begin() as connection:
        connection.execute(update(subscriber).where(subscriber.c.id == reader).values(frequency="daily"))
    _enqueue(database, issue(("即将截止", True, (policy("zc-1"),)), name="2026-11-24", period="daily"))
    assert gets(database, "2026-11-24") == {"a@example.com": ["zc-1"]}
    database.close()


def test_a_renamed_tag_is_still_what_its_readers_chose(database_url: str) -> None:
    database = open_database(database_url)
    add_reader(database, "a@example.com", Preferences(tags=frozenset({"税务"})))
    _enqueue(database, issue(*SECTIONS), lambda tag: {"税务": "税收"}.get(tag, tag))
    assert gets(database, "2026-W47") == {"a@example.com": ["zc-1"]}
    database.close()


def test_a_weekly_edition_is_due_on_the_day_the_reader_chose(database_url: str) -> None:
    database = open_database(database_url)
    add_reader(database, "monday@example.com")
    add_reader(database, "friday@example.com", weekday=5)
    _enqueue(database, issue())
    with database.begin() as connection:
        dues = list(connection.execute(select(message.c.due_at).order_by(message.c.id)).scalars())
    assert dues == [DUE, DUE + 4 * 86_400]
    database.close()


def _claim(database, worker: str, now: float = NOW, limit: int = 100, **options):  # type: ignore[no-untyped-def]
    with database.begin() as connection:
        found = outbox.candidates(connection, "2026-W47", now, limit, **options)
        outbox.claim(connection, found, worker)
    return found


def test_a_message_is_in_one_hand_at_a_time(database_url: str) -> None:
    database = open_database(database_url)
    add_readers(database, 200)
    _enqueue(database, issue())
    hands: list[int] = []

    def work(name: str) -> None:
        while found := _claim(database, name, limit=7):
            hands.extend(one.id for one in found)

    crowd = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert len(hands) == 200
    assert max(Counter(hands).values()) == 1
    database.close()


def test_who_leaves_before_the_claim_gets_nothing(database_url: str) -> None:
    database = open_database(database_url)
    gone = add_reader(database, "gone@example.com")
    add_reader(database, "here@example.com")
    _enqueue(database, issue())
    with database.begin() as connection:
        connection.execute(update(subscriber).where(subscriber.c.id == gone).values(state="withdrawn"))
    assert [one.address for one in _claim(database, "w")] == ["here@example.com"]
    assert sorted(states(database).values()) == ["claimed", "skipped"]
    assert _claim(database, "w") == []
    database.close()


def test_closed_domains_and_later_days_wait(database_url: str) -> None:
    database = open_database(database_url)
    add_reader(database, "a@qq.com")
    add_reader(database, "b@example.com")
    add_reader(database, "c@example.com", weekday=3)
    _enqueue(database, issue())
    assert [one.address for one in _claim(database, "w", closed={"qq.com"})] == ["b@example.com"]
    assert [one.address for one in _claim(database, "w")] == ["a@qq.com"]
    assert [one.address for one in _claim(database, "w", now=NOW + 2 * 86_400)] == ["c@example.com"]
    database.close()


def test_only_one_reader_when_so_asked(database_url: str) -> None:
    database = open_database(database_url)
    add_reader(database, "a@example.com")
    second = add_reader(database, "b@example.com")
    _enqueue(database, issue())
    assert [one.address for one in _claim(database, "w", only=second)] == ["b@example.com"]
    database.close()


def test_the_fate_of_a_message_is_written_once_and_by_its_holder(database_url: str) -> None:
    database = open_database(database_url)
    add_readers(database, 3)
    _enqueue(database, issue())
    first, second, third = _claim(database, "w")
    with database.begin() as connection:
        outbox.mark(connection, [Mark(first.id, "sent", 250, "ok", None, NOW), Mark(second.id, "pending", 450, "later", NOW + 60, None)], "w")
        outbox.mark(connection, [Mark(third.id, "sent", 250, "ok", None, NOW)], "another")
    assert list(states(database).values()) == ["sent", "pending", "claimed"]
    assert _claim(database, "w", now=NOW + 59) == []
    again = _claim(database, "w", now=NOW + 60)
    assert [(one.id, one.attempts) for one in again] == [(second.id, 1)]
    database.close()


def test_what_is_in_doubt_is_sent_again_once(database_url: str) -> None:
    database = open_database(database_url)
    add_reader(database, "a@example.com")
    _enqueue(database, issue())
    (one,) = _claim(database, "w")
    with database.begin() as connection:
        outbox.mark(connection, [Mark(one.id, "unknown", 0, "lost", NOW + 60, None, 1)], "w")
    (two,) = _claim(database, "w", now=NOW + 60)
    with database.begin() as connection:
        assert connection.execute(select(message.c.doubts)).scalar_one() == 1
        outbox.mark(connection, [Mark(two.id, "unknown", 0, "lost", None, NOW + 60, 1)], "w")
    assert _claim(database, "w", now=NOW + 9e6) == []
    assert list(states(database).values()) == ["unknown"]
    database.close()


def test_what_a_dead_worker_held_is_free_again(database_url: str) -> None:
    database = open_database(database_url)
    add_readers(database, 6)
    _enqueue(database, issue())
    with database.begin() as connection:
        for name, when in (("dead", NOW), ("silent", NOW - 500), ("alive", NOW)):
            outbox.register(connection, name, "host", 1, when)
    for name in ("dead", "silent", "alive"):
        _claim(database, name, limit=2)
    with database.begin() as connection:
        assert outbox.bury(connection, {"dead"}, NOW - 100) == 4
    assert Counter(states(database).values()) == {"pending": 4, "claimed": 2}
    with database.begin() as connection:
        outbox.retire(connection, "alive")
        outbox.register(connection, "dead", "host", 1, NOW)
    assert Counter(states(database).values()) == {"pending": 6}
    database.close()


def test_how_far_an_edition_is(database_url: str) -> None:
    database = open_database(database_url)
    add_readers(database, 4)
    _enqueue(database, issue())
    first, second, third, _ = _claim(database, "w")
    marks = [Mark(first.id, "sent", 250, "", None, NOW), Mark(second.id, "sent", 250, "", None, NOW - 90), Mark(third.id, "pending", 450, "", NOW + 60, None)]
    with database.begin() as connection:
        outbox.mark(connection, marks, "w")
        found = outbox.progress(connection, "2026-W47", NOW)
    assert (dict(found.states), found.still_open, found.next_due, found.last_minute) == ({"sent": 2, "pending": 1, "claimed": 1}, 1, NOW + 60, 1)
    database.close()


def test_segments_that_nobody_gets_are_not_kept(database_url: str) -> None:
    database = open_database(database_url)
    reader = add_reader(database, "a@example.com")
    _enqueue(database, issue())
    with database.begin() as connection:
        connection.execute(update(subscriber).where(subscriber.c.id == reader).values(frequency="monthly"))
    _enqueue(database, issue(name="2026-11", period="monthly"))
    with database.begin() as connection:
        assert list(connection.execute(select(segment.c.edition_id)).scalars()) == ["2026-W47"]
    database.close()
