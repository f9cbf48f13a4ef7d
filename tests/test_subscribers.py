"""A reader's life: asks, confirms, changes, leaves, is forgotten; whatever order it comes in, nobody is written to without consent."""

from __future__ import annotations

import email
import email.policy
import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from publisher.configuration import load_settings
from publisher.delivery import retention
from publisher.delivery.choice import Choice, ChoiceError, choice_of, read_choice
from publisher.delivery.database import Database
from publisher.delivery.letters import Courier, Posted
from publisher.delivery.preferences import Preferences
from publisher.delivery.schema import letter, subscriber, suppression
from publisher.delivery.subscribers import CONFIRM_WITHIN, HOUR, UNANSWERED, Origin, adopt, ask, change, confirm, find, forget, withdraw
from publisher.delivery.suppression import is_suppressed, suppress
from publisher.delivery.token import Purpose, Signer
from publisher.delivery.transport import Answer, Outcome
from tests.outbox import open_database
from tests.project import Project
from tests.readers import KEY, NOW, POLICIES, Post, acts_of, everything, link_in, make_project, state_of

ADDRESS = "zhang@qq.com"
FORM, MAIL, LIST = Origin("form", "我同意", "192.0.2.0/24"), Origin("mail", "订阅"), Origin("import", "签到表")


def _ask(database: Database, origin: Origin = FORM, choice: Choice = POLICIES, now: float = NOW) -> str:
    with database.begin() as connection:
        return ask(connection, ADDRESS, choice, origin, key=KEY, now=now)


def _id(database: Database) -> int:
    with database.begin() as connection:
        row = find(connection, ADDRESS)
        assert row is not None
        return int(row.id)


def _confirm(database: Database, now: float = NOW + 60) -> Choice | None:
    number = _id(database)
    with database.begin() as connection:
        return confirm(connection, number, FORM, key=KEY, now=now)


def _withdraw(database: Database, now: float = NOW + 90) -> bool:
    number = _id(database)
    with database.begin() as connection:
        return withdraw(connection, number, FORM, key=KEY, now=now)


def _choice(database: Database) -> Choice:
    with database.begin() as connection:
        row = find(connection, ADDRESS)
    return choice_of(row)


def test_a_whole_life(database_url: str) -> None:
    database = open_database(database_url)
    assert _ask(database) == "asked"
    assert state_of(database, ADDRESS) == "asked"
    assert _confirm(database) == POLICIES
    assert state_of(database, ADDRESS) == "active"
    monthly = Choice(frequency="monthly")
    with database.begin() as connection:
        assert change(connection, 1, monthly, FORM, now=NOW + 70)
        assert change(connection, 1, monthly, FORM, now=NOW + 71), "the same again changes nothing"
    assert _choice(database) == monthly
    assert _withdraw(database)
    assert _withdraw(database)
    assert state_of(database, ADDRESS) == "withdrawn"
    with database.begin() as connection:
        assert not change(connection, 1, POLICIES, FORM, now=NOW + 95)
    assert [act for act, _, _ in acts_of(database)] == ["asked", "confirmed", "changed", "withdrawn"]
    with database.begin() as connection:
        assert forget(connection, ADDRESS, key=KEY, now=NOW + 100)
        assert not forget(connection, ADDRESS, key=KEY, now=NOW + 100)
        assert is_suppressed(connection, ADDRESS, KEY)
    assert ADDRESS not in everything(database)
    database.close()


def test_one_letter_an_hour_whoever_asks(database_url: str) -> None:
    database = open_database(database_url)
    told = [_ask(database, origin, now=NOW + at) for at, origin in ((0, FORM), (1, MAIL), (HOUR - 1, FORM), (HOUR, MAIL))]
    assert told == ["asked", "waiting", "waiting", "asked"]
    _confirm(database, NOW + HOUR + 1)
    assert _ask(database, now=NOW + HOUR + 2) == "waiting", "also for one who is active"
    with database.begin() as connection:
        forget(connection, ADDRESS, key=KEY, now=NOW)
    assert _ask(database, now=NOW + HOUR + 3) == "waiting", "also for one who was deleted"
    database.close()


def test_letters_end_when_nobody_answers(database_url: str) -> None:
    database = open_database(database_url)
    told = [_ask(database, now=NOW + at * HOUR) for at in range(UNANSWERED + 2)]
    assert told == ["asked"] * UNANSWERED + ["waiting"] * 2
    database.close()


def test_a_stranger_changes_nothing_before_the_owner_confirms(database_url: str) -> None:
    database = open_database(database_url)
    _ask(database)
    _confirm(database)
    later = NOW + 2 * HOUR
    assert _ask(database, choice=Choice(frequency="daily"), now=later) == "asked"
    assert _choice(database) == POLICIES
    assert _ask(database, choice=Choice(frequency="none"), now=later + 1) == "waiting"
    assert _confirm(database, later + 2) == Choice(frequency="daily"), "the owner gets what the mail said"
    assert _confirm(database, later + 3) == Choice(frequency="daily"), "twice does no harm"
    database.close()


def test_an_old_confirmation_puts_nothing_into_force(database_url: str) -> None:
    database = open_database(database_url)
    _ask(database)
    assert _confirm(database, NOW + CONFIRM_WITHIN + 1) is None
    assert state_of(database, ADDRESS) == "asked"
    _withdraw(database)
    assert _confirm(database, NOW + 91) is None, "who has withdrawn must ask again"
    database.close()


def test_only_the_owner_comes_back_after_leaving(database_url: str) -> None:
    database = open_database(database_url)
    _ask(database)
    _confirm(database)
    _withdraw(database)
    later = NOW + 2 * HOUR
    assert _ask(database, LIST, now=later) == "suppressed"
    assert _ask(database, Origin("command", "电话"), now=later) == "suppressed"
    with database.begin() as connection:
        assert adopt(connection, ADDRESS, POLICIES, LIST, key=KEY, now=later) == "suppressed"
    assert _ask(database, MAIL, now=later) == "asked"
    assert state_of(database, ADDRESS) == "withdrawn"
    _confirm(database, later + 1)
    assert state_of(database, ADDRESS) == "active"
    with database.begin() as connection:
        assert not is_suppressed(connection, ADDRESS, KEY)
        suppress(connection, ADDRESS, KEY, reason="ordered", now=later)
    assert _ask(database, now=later + 2 * HOUR) == "suppressed", "never is never"
    database.close()


def test_the_number_of_one_who_was_deleted_is_not_given_again(database_url: str) -> None:
    database = open_database(database_url)
    _ask(database)
    first = _id(database)
    with database.begin() as connection:
        forget(connection, ADDRESS, key=KEY, now=NOW)
        ask(connection, "li@qq.com", POLICIES, FORM, key=KEY, now=NOW)
        row = find(connection, "li@qq.com")
    assert row is not None
    assert row.id > first
    database.close()


_STEPS = st.lists(st.sampled_from(["ask", "list", "adopt", "confirm", "change", "withdraw", "forget", "bounce", "purge", "hour", "week"]), max_size=14)


@pytest.mark.parametrize("origin", [FORM, MAIL])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_whatever_happens_nobody_is_active_without_consent(tmp_path_factory: pytest.TempPathFactory, origin: Origin, steps: list[str]) -> None:
    """A model of three lines beside the database: consented, left, and what the last of them says."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('life') / 'a.sqlite'}")
    now, may_be_active, has_left = NOW, False, False
    for step in steps:
        now += {"hour": HOUR, "week": CONFIRM_WITHIN + 1}.get(step, 1)
        with database.begin() as connection:
            row = find(connection, ADDRESS)
            if step in ("ask", "list"):
                ask(connection, ADDRESS, POLICIES, origin if step == "ask" else LIST, key=KEY, now=now)
            elif step == "adopt":
                outcome = adopt(connection, ADDRESS, POLICIES, LIST, key=KEY, now=now)
                assert not (has_left and outcome == "confirmed")
                may_be_active |= outcome == "confirmed"
            elif step == "purge":
                retention.purge(connection, unconfirmed_days=7, withdrawn_days=30, now=now)
            elif step == "forget":
                has_left |= forget(connection, ADDRESS, key=KEY, now=now)
                may_be_active = False
            elif row is not None:
                if step == "confirm" and confirm(connection, row.id, origin, key=KEY, now=now):
                    may_be_active, has_left = True, False
                elif step == "change":
                    change(connection, row.id, Choice(), origin, now=now)
                elif step == "withdraw":
                    withdraw(connection, row.id, origin, key=KEY, now=now)
                    may_be_active, has_left = False, True
                elif step == "bounce":
                    suppress(connection, ADDRESS, KEY, reason="bounced", now=now)
                    may_be_active, has_left = False, True
        assert (state_of(database, ADDRESS) == "active") == may_be_active, steps
    database.close()


def test_two_who_ask_at_once_are_one(database_url: str) -> None:
    import threading

    database = open_database(database_url)
    told: list[str] = []
    threads = [threading.Thread(target=lambda: told.append(_ask(database))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["asked", *["waiting"] * 5]
    database.close()


# --- the letter -----------------------------------------------------------------------------------------------------------------


def _courier(project: Project, database: Database, post: Post, extra: str | None = None) -> Courier:
    make_project(project) if extra is None else make_project(project, extra)
    found, problems = load_settings(project.root)
    assert found is not None, problems
    return Courier(database, post, found, Signer(KEY))


def test_the_letter_says_what_was_chosen_and_leads_to_the_owner(project: Project, database_url: str) -> None:
    database, post = open_database(database_url), Post()
    courier = _courier(project, database, post)
    _ask(database)
    assert courier.post(NOW) == Posted(1)
    assert courier.post(NOW) == Posted(0)
    [(sender, recipient, data)] = post.mails
    assert (sender, recipient) == ("digest@street.example", ADDRESS)
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert message["Subject"] == "【西一路】请确认：订阅测试街区的简报"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    token = Signer(KEY).read(link_in(data), Purpose.CONFIRM, NOW + CONFIRM_WITHIN - 1)
    assert token.subscriber_id == _id(database)
    for part in message.iter_parts():
        words = part.get_content()
        for needed in ("每周三", "政策解读", "税收", "7天", "不是您", f"https://mail.street.example/c/{link_in(data)}"):
            assert needed in words, (part.get_content_type(), needed)
    database.close()


def test_without_the_service_the_answer_is_a_mail(project: Project, database_url: str) -> None:
    database, post = open_database(database_url), Post()
    _ask(database)
    _courier(project, database, post, "extra: {publisher: {mail: {unsubscribe_mailto: leave@street.example}}}\n").post(NOW)
    message = email.message_from_bytes(post.mails[0][2], policy=email.policy.default)
    assert message["Reply-To"] == "leave@street.example"
    mark = str(message["Subject"]).rpartition("(confirm ")[2].rstrip(")")
    assert Signer(KEY).read(mark, Purpose.CONFIRM, NOW).subscriber_id == _id(database)
    database.close()


def test_what_the_receiver_puts_off_comes_again_and_what_it_refuses_does_not(project: Project, database_url: str) -> None:
    database = open_database(database_url)
    answers = itertools.chain([Outcome.TEMPORARY, Outcome.TEMPORARY, Outcome.ACCEPTED])
    post = Post(lambda _address: Answer(next(answers), 451))
    courier = _courier(project, database, post)
    _ask(database)
    assert courier.post(NOW) == Posted(0, 1, 0)
    assert courier.post(NOW + 599) == Posted()
    assert courier.post(NOW + 600) == Posted(0, 1, 0)
    assert courier.post(NOW + 600 + 1_200) == Posted(1)
    courier = _courier(project, database, Post(lambda _address: Answer(Outcome.PERMANENT, 550)))
    with database.begin() as connection:
        ask(connection, "li@qq.com", POLICIES, FORM, key=KEY, now=NOW)
    assert courier.post(NOW) == Posted(0, 0, 1)
    with database.begin() as connection:
        assert connection.execute(select(letter)).all() == []
    database.close()


def test_no_log_holds_an_address(project: Project, database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    database = open_database(database_url)
    caplog.set_level("DEBUG", "publisher")
    courier = _courier(project, database, Post())
    _ask(database)
    courier.post(NOW)
    assert "z***@qq.com" in caplog.text
    assert ADDRESS not in caplog.text
    database.close()


# --- what is held, and for how long ---------------------------------------------------------------------------------------------


def test_what_has_been_kept_long_enough_is_deleted(database_url: str) -> None:
    database = open_database(database_url)
    day = 86_400.0
    for at, address in ((0, "asked@qq.com"), (6 * day, "late@qq.com")):
        with database.begin() as connection:
            ask(connection, address, POLICIES, FORM, key=KEY, now=NOW + at)
    _ask(database)
    _confirm(database)
    _withdraw(database)
    with database.begin() as connection:
        gone = retention.purge(connection, unconfirmed_days=7, withdrawn_days=30, now=NOW + 7 * day)
    assert (gone["asked"], gone["withdrawn"]) == (1, 0)
    with database.begin() as connection:
        gone = retention.purge(connection, unconfirmed_days=7, withdrawn_days=30, now=NOW + 31 * day)
        assert is_suppressed(connection, ADDRESS, KEY), "the promise outlives the reader"
    assert (gone["asked"], gone["withdrawn"]) == (1, 1)
    assert "@" not in everything(database)
    database.close()


def test_all_that_is_held_of_one_person(database_url: str) -> None:
    database = open_database(database_url)
    with database.begin() as connection:
        assert retention.held(connection, ADDRESS, KEY) == {}
    _ask(database)
    _confirm(database)
    with database.begin() as connection:
        ask(connection, "li@qq.com", POLICIES, Origin("form", "别人的"), key=KEY, now=NOW)
        suppress(connection, ADDRESS, KEY, reason="bounced", now=NOW, detail="550")
        found = retention.held(connection, ADDRESS, KEY)
    assert found["订阅"]["邮箱"] == ADDRESS
    assert found["订阅"]["主题"] == "税收"
    assert [(one["动作"], one["网络"]) for one in found["同意记录"]] == [("asked", "192.0.2.0/24"), ("confirmed", "192.0.2.0/24")]
    assert found["停止寄信"][0]["reason"] == "bounced"
    assert "别人的" not in repr(found)
    database.close()


def test_a_renamed_tag_takes_its_readers_along(database_url: str) -> None:
    database = open_database(database_url)
    for number, tags in enumerate(({"税务"}, {"税务", "招聘"}, {"招聘"})):
        with database.begin() as connection:
            adopt(connection, f"r{number}@qq.com", Choice(Preferences(tags=frozenset(tags))), LIST, key=KEY, now=NOW)
    with database.begin() as connection:
        assert retention.tidy(connection, lambda tag: {"税务": "税收"}.get(tag, tag)) == 2
        assert retention.tidy(connection, lambda tag: {"税务": "税收"}.get(tag, tag)) == 0
        assert retention.chosen_tags(connection) == {"税收": 2, "招聘": 2}
    database.close()


def test_the_database_holds_no_address_of_the_suppressed(database_url: str) -> None:
    database = open_database(database_url)
    with database.begin() as connection:
        suppress(connection, ADDRESS, KEY, reason="ordered", now=NOW)
        assert ADDRESS not in repr(connection.execute(select(suppression)).all())
        assert connection.execute(text("SELECT count(*) FROM subscriber")).scalar() == 0
        assert connection.execute(select(subscriber)).all() == []
    database.close()


# --- choices --------------------------------------------------------------------------------------------------------------------


def test_a_choice_may_be_written_in_codes_or_names() -> None:
    written = {
        "kinds": ["政策解读", "news"],
        "tags": ["税务"],
        "industries": ["零售业", "H"],
        "districts": ["新城区"],
        "frequency": ["每周"],
        "weekday": ["周五"],
    }
    choice = read_choice(written, {"税务": "税收"}.get)
    chosen = Preferences(frozenset({"policy", "news"}), frozenset({"税收"}), frozenset({"52", "H"}), frozenset({"610102"}))
    assert choice == Choice(chosen, "weekly", 5)
    assert Choice.from_json(choice.to_json()) == choice
    assert read_choice({}, {}.get) == Choice()
    assert ("内容", "不按偏好，全部都要") in Choice().described()


@pytest.mark.parametrize("name", ["kinds", "tags", "industries", "districts", "frequency", "weekday"])
@given(value=st.text(max_size=20).map("〒".__add__))
def test_what_cannot_be_chosen_is_named(name: str, value: str) -> None:
    with pytest.raises(ChoiceError) as told:
        read_choice({name: [value]}, {}.get)
    assert told.value.field == name


def test_a_project_needs_room_for_the_links(project: Project) -> None:
    for url, is_good in (("https://m.example.com/", True), ("http://m.example.com/", False), ("https://m.example.com", False), (f"https://{'m' * 30}/", False)):
        make_project(project, f"extra: {{publisher: {{service_url: '{url}'}}}}\n")
        found, problems = load_settings(project.root)
        assert bool(found) == is_good, url
        assert [problem.code for problem in problems] == ([] if is_good else ["bad-setting"])
    assert Path(project.root).exists()
