"""The pace that all workers share: never over a rate or a day's number, however many ask at once and in whatever order."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from publisher.delivery.database import Database
from publisher.delivery.pace import PROFILES, Limit, Pace, Profile, profile_for
from publisher.delivery.schema import pace
from publisher.failure import PublisherError
from tests.outbox import NOW, open_database

DAY = 86_400.0


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    yield database
    database.close()


def take(database: Database, pacing: Pace, domain: str, wanted: int, now: float) -> int:
    with database.begin() as connection:
        return pacing.take(connection, domain, wanted, now)


def hold(database: Database, pacing: Pace, domain: str, now: float) -> float:
    with database.begin() as connection:
        return pacing.hold(connection, domain, now)


def test_a_bucket_gives_its_burst_then_its_rate(database: Database) -> None:
    pacing = Pace(Profile("x", receivers={"qq": Limit(rate=2, burst=5)}))
    assert [take(database, pacing, "qq.com", 100, NOW + at) for at in (0, 0, 0.4, 0.5, 1.5, 100)] == [5, 0, 0, 1, 2, 5]
    assert take(database, pacing, "example.com", 100, NOW) == 100


def test_domains_of_one_receiver_share_a_bucket(database: Database) -> None:
    pacing = Pace(Profile("x", receivers={"qq": Limit(rate=1, burst=5)}))
    assert [take(database, pacing, domain, 3, NOW) for domain in ("qq.com", "foxmail.com", "vip.qq.com")] == [3, 2, 0]


def test_an_account_has_a_number_for_the_day(database: Database) -> None:
    pacing = Pace(Profile("x", Limit(per_day=10)))
    assert [take(database, pacing, domain, 6, NOW) for domain in ("a.example", "b.example", "a.example")] == [6, 4, 0]
    midnight = 15 * 3_600.0  # NOW is 09:00 in Asia/Shanghai
    assert take(database, pacing, "a.example", 6, NOW + midnight - 1) == 0
    assert take(database, pacing, "a.example", 6, NOW + midnight) == 6
    assert take(database, pacing, "a.example", 6, NOW) == 4, "a clock that is behind counts into the day that has begun"


def test_a_refused_wish_costs_nothing(database: Database) -> None:
    pacing = Pace(Profile("x", Limit(per_day=10), {"qq": Limit(rate=1, burst=2)}))
    assert [take(database, pacing, "qq.com", 5, NOW), take(database, pacing, "qq.com", 5, NOW)] == [2, 0]
    assert take(database, pacing, "example.com", 20, NOW) == 8


def test_a_domain_that_complains_rests_longer_each_time(database: Database) -> None:
    pacing, now, rests = Pace(PROFILES["plain"], spread=lambda: 0.5), NOW, []
    for _ in range(12):
        until = hold(database, pacing, "qq.com", now)
        assert hold(database, pacing, "foxmail.com", now + 1) == until, "complaints at once are one"
        assert take(database, pacing, "qq.com", 1, until - 0.1) == 0
        assert take(database, pacing, "qq.com", 1, until + 0.1) == 1
        assert take(database, pacing, "163.com", 1, now + 500) == 1
        rests.append(until - now)
        now = until + 1
    assert rests == [60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 3840.0, 7680.0, 14400.0, 14400.0, 14400.0, 14400.0]
    assert hold(database, pacing, "qq.com", now + 2 * 14_400) - now - 2 * 14_400 == 60.0, "what was long ago is forgotten"


def test_a_domain_without_a_limit_rests_too(database: Database) -> None:
    pacing = Pace(PROFILES["plain"])
    until = hold(database, pacing, "example.com", NOW)
    assert 45 <= until - NOW <= 75
    assert [take(database, pacing, "example.com", 3, at) for at in (NOW, until - 0.1, until)] == [0, 0, 3]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.floats(0.1, 20),
    st.integers(1, 20),
    st.integers(1, 100),
    st.lists(st.tuples(st.floats(-5, 30), st.integers(0, 30), st.sampled_from(["qq.com", "foxmail.com"])), max_size=30),
)
def test_never_over_whatever_is_asked_when(database: Database, rate: float, burst: int, per_day: int, asked: list[tuple[float, int, str]]) -> None:
    """Clocks may differ and go backwards: in no stretch of time that any clock has seen is the rate broken."""
    with database.begin() as connection:
        connection.execute(delete(pace))
    pacing = Pace(Profile("x", receivers={"qq": Limit(rate=rate, burst=burst, per_day=per_day)}))
    now, latest, given_out = NOW, 0.0, []
    for step, wanted, domain in asked:
        now += step
        latest = max(latest, now)
        granted = take(database, pacing, domain, wanted, now)
        assert 0 <= granted <= wanted
        given_out.append((latest, granted))
    assert sum(count for _, count in given_out) <= per_day
    for begin in range(len(given_out)):
        total = 0
        for at, count in given_out[begin:]:
            total += count
            assert total <= burst + rate * (at - given_out[begin][0]) + 1e-6


@pytest.mark.parametrize("profile", [Profile("rate", receivers={"qq": Limit(rate=3, burst=40)}), Profile("day", Limit(per_day=70))], ids=["rate", "day"])
def test_many_workers_at_once_never_go_over(database: Database, profile: Profile) -> None:
    """Eight threads with connections of their own, each asking over and over within ten seconds of a made-up clock."""
    counts = [0] * 8
    start = threading.Barrier(8)
    errors: list[Exception] = []

    def work(number: int) -> None:
        try:
            start.wait()
            for turn in range(20):
                counts[number] += take(database, Pace(profile), ("qq.com", "foxmail.com", "vip.qq.com")[turn % 3], 1 + (turn + number) % 4, NOW + turn / 2)
        except Exception as error:
            errors.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert not errors
    # Whoever has gone furthest has filled the bucket until then; all of it is asked for in the end.
    assert sum(counts) == 70 if profile.name == "day" else 40 <= sum(counts) <= 40 + 3 * 9.5


def test_profiles_are_known_by_host_or_name_and_may_be_changed() -> None:
    hosts = {
        "smtp.exmail.qq.com": "exmail",
        "SMTP.qq.com": "qq",
        "smtpdm.aliyun.com": "aliyun",
        "smtpdm-ap-southeast-1.aliyun.com": "aliyun",
        "mail.example.com": "plain",
    }
    assert {host: profile_for(host).name for host in hosts} == hosts
    assert profile_for("smtp.qq.com", "plain").name == "plain"
    changed = profile_for("", "exmail:per_day=1500,rate=2.5,connections=2")
    assert (changed.whole, changed.connections) == (Limit(2.5, 10, 1500), 2)


@pytest.mark.parametrize(
    "written", ["quick", "exmail:per_day", "exmail:per_day=x", "exmail:per_day=-1", "exmail:per_day=1.5", "exmail:colour=1", "exmail:rate=nan"]
)
def test_no_profile_is_said_in_words(written: str) -> None:
    with pytest.raises(PublisherError, match="profile"):
        profile_for("", written)
