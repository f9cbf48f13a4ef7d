"""The subscription service: GET changes nothing, POST acts, nobody can probe, nobody can flood; whatever is sent, the answer is a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.testclient import TestClient

from publisher.cli.surroundings import tag_reader, taxonomy_of
from publisher.configuration import load_settings
from publisher.delivery.choice import Choice
from publisher.delivery.database import Database
from publisher.delivery.letters import Courier
from publisher.delivery.preferences import Preferences
from publisher.delivery.schema import request as request_table
from publisher.delivery.schema import subscriber
from publisher.delivery.subscribers import Origin, adopt, find
from publisher.delivery.token import Purpose, Signer
from publisher.subscriptions.app import Desk, make_app
from publisher.subscriptions.limits import BURST, MAX_BODY, QUICKEST, client_of, network_of, stamp_form
from publisher.subscriptions.pages import Pages
from tests.outbox import NOW, open_database
from tests.project import Project
from tests.readers import KEY, POLICIES, Post, acts_of, everything, link_in, make_project, state_of

ADDRESS = "zhang@qq.com"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Office:
    """The service over a database, with a clock that can be set and a post that keeps the mails."""

    def __init__(self, project: Project, url: str, **values: Any) -> None:
        make_project(project)
        found, _ = load_settings(project.root)
        assert found is not None
        taxonomy = taxonomy_of(project.root)
        self.now, self.post, self.signer = NOW, Post(), Signer(KEY)
        self.database: Database = open_database(url)
        self.desk = Desk(self.database, found, self.signer, Pages(found, taxonomy, ["52", "62"]), tag_reader(taxonomy), clock=lambda: self.now, **values)
        self.courier = Courier(self.database, self.post, found, self.signer)
        self.web = TestClient(
            make_app(self.desk, "https://street.example"), base_url="https://mail.street.example", follow_redirects=False, client=("127.0.0.1", 1)
        )

    def send(self, address: str = ADDRESS, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        """Fill in the form as a person does."""
        stamp = stamp_form(KEY, self.now - QUICKEST - 1)
        return self.web.post("/subscribe", data={"address": address, "stamp": stamp, "homepage": "", "frequency": "weekly"} | fields, headers=headers)

    def deliver(self) -> list[bytes]:
        """The mails that go out now."""
        before = len(self.post.mails)
        self.courier.take_requests(self.now)
        self.courier.post(self.now)
        return [data for _, _, data in self.post.mails[before:]]

    def add(self, address: str = ADDRESS) -> int:
        with self.database.begin() as connection:
            adopt(connection, address, POLICIES, Origin("import", "x"), key=KEY, now=NOW)
            row = find(connection, address)
        assert row is not None
        return int(row.id)

    def link(self, purpose: Purpose, number: int, **values: Any) -> str:
        return f"/{purpose.name[0].lower()}/{self.signer.sign(purpose, number, 0, **values)}"


@pytest.fixture
def office(project: Project, database_url: str) -> Iterator[Office]:
    office = Office(project, database_url)
    yield office
    office.database.close()


@pytest.fixture
def small(project: Project, tmp_path: Path) -> Iterator[Office]:
    """On SQLite alone, where the database does not matter."""
    office = Office(project, f"sqlite:///{tmp_path / 'a.sqlite'}", trusted=[ip_network("127.0.0.1")])
    yield office
    office.database.close()


def test_a_whole_life_over_the_web(office: Office) -> None:
    page = office.web.get("/subscribe?kind=policy&tag=tax&tag=没有&industry=62&district=610102&kind=nonsense")
    assert page.status_code == 200
    for box in ("policy", "税收", "62", "610102"):
        assert f'value="{box}" checked' in page.text, box
    assert office.send(kind=["policy"], tag=["税收"], weekday="3").status_code == 200
    [mail] = office.deliver()
    link = f"/c/{link_in(mail)}"
    assert state_of(office.database, ADDRESS) == "asked"
    assert "z***@qq.com" in (shown := office.web.get(link).text)
    assert "每周三" in shown
    done = office.web.post(link)
    assert done.status_code == 200
    assert state_of(office.database, ADDRESS) == "active"
    found = re.search(r'href="\.\.(/p/[\w-]+)"', done.text)
    assert found
    assert 'value="税收" checked' in office.web.get(found[1]).text
    changed = office.web.post(found[1], data={"act": "save", "frequency": "monthly", "everything": "1", "kind": "policy"})
    assert "已经保存" in changed.text
    with office.database.begin() as connection:
        row = connection.execute(select(subscriber)).one()
    assert (row.frequency, row.preferences) == ("monthly", "{}")
    data = office.web.post(found[1], data={"act": "export"})
    assert json.loads(data.text)["订阅"]["邮箱"] == ADDRESS
    assert "attachment" in data.headers["content-disposition"]
    leave = office.link(Purpose.UNSUBSCRIBE, row.id)
    assert "已经退订" in office.web.post(leave, data=ONE_CLICK).text
    assert state_of(office.database, ADDRESS) == "withdrawn"
    assert "现在没有订阅" in office.web.get(found[1]).text
    assert office.web.post(link).status_code == 404, "the old confirmation brings nobody back"
    assert "已经删除" in office.web.post(found[1], data={"act": "forget"}).text
    assert state_of(office.database, ADDRESS) is None
    assert office.web.post(leave, data=ONE_CLICK).status_code == 200, "whoever is gone is told the same"
    assert office.web.get(found[1]).status_code == 404


def test_one_click_as_mail_providers_send_it(office: Office) -> None:
    """RFC 8058 section 3.1: multipart or urlencoded, no cookie, no redirect, 200."""
    for number, body in enumerate(({"data": ONE_CLICK}, {"files": {"List-Unsubscribe": (None, "One-Click")}})):
        address = f"r{number}@qq.com"
        answer = office.web.post(office.link(Purpose.UNSUBSCRIBE, office.add(address)), **body)
        assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
        assert state_of(office.database, address) == "withdrawn"
    assert acts_of(office.database)[-1] == ("withdrawn", "form", "退订")


def test_what_only_looks_changes_nothing(office: Office) -> None:
    """Link scanners open every address in a mail, and some post to it without a field."""
    number = office.add()
    office.send("new@qq.com")
    [mail] = office.deliver()
    paths = ["/", "/subscribe?kind=news", "/health", "/metrics", f"/c/{link_in(mail)}", *(office.link(p, number) for p in Purpose)]
    before = everything(office.database)
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
            answer = office.web.request(method, path)
            assert answer.status_code in (200, 404, 405), (method, path)
            assert "location" not in answer.headers
    assert "退订</button>" in office.web.post(office.link(Purpose.UNSUBSCRIBE, number)).text
    assert office.web.post(office.link(Purpose.PREFERENCES, number), data={"frequency": "none"}).status_code == 400
    assert everything(office.database) == before


def test_nobody_can_be_probed(office: Office) -> None:
    """The same bytes, and the same work, whatever is known of an address."""
    office.add("active@qq.com")
    gone = office.add("gone@qq.com")
    office.web.post(office.link(Purpose.UNSUBSCRIBE, gone), data=ONE_CLICK)
    office.send("asked@qq.com")
    office.deliver()
    answers = {address: office.send(f"{address}@qq.com") for address in ("active", "gone", "asked", "unknown", "trapped")}
    answers["trapped"] = office.send("t@qq.com", homepage="https://spam.example/")
    assert len({(a.status_code, a.content, tuple(sorted(a.headers.items()))) for a in answers.values()}) == 1
    with office.database.begin() as connection:
        waiting = connection.execute(select(request_table.c.address)).scalars().all()
    assert sorted(waiting) == sorted(f"{name}@qq.com" for name in ("active", "gone", "asked", "unknown", "trapped"))


def test_a_form_of_the_site_is_shown_once_more_with_all_there_is(small: Office) -> None:
    page = small.web.post("/subscribe", data={"address": ADDRESS, "kind": "news"})
    assert page.status_code == 200
    assert f'value="{ADDRESS}"' in page.text
    assert 'value="news" checked' in page.text
    assert small.deliver() == []
    stamp = re.search(r'name="stamp" value="([^"]+)"', page.text)
    assert stamp
    fields = {"address": ADDRESS, "stamp": stamp[1], "frequency": "daily"}
    assert "提交得太快" in small.web.post("/subscribe", data=fields).text
    assert small.deliver() == []
    small.now += QUICKEST
    small.web.post("/subscribe", data=fields)
    assert len(small.deliver()) == 1
    small.now += 86_401
    assert "再按“订阅”" in small.web.post("/subscribe", data=fields).text, "a stamp does not last for ever"


def test_faults_are_told_beside_their_fields(small: Office) -> None:
    page = small.send("zhang＠", tag=["<b>没有</b>"], weekday="9")
    assert page.status_code == 422
    assert "<b>没有" not in page.text
    for part in ('aria-describedby="fault-address"', 'id="fault-address"', 'aria-invalid="true"', 'role="alert" tabindex="-1" autofocus', 'href="#tag"'):
        assert part in page.text, part
    assert small.deliver() == []
    number = small.add()
    assert small.web.post(small.link(Purpose.PREFERENCES, number), data={"act": "save", "kind": "没有"}).status_code == 422


def test_a_network_has_an_allowance(small: Office) -> None:
    def send(address: str) -> int:
        return int(small.send(f"r{small.now}@qq.com", headers={"x-forwarded-for": address}).status_code)

    assert [send(f"192.0.2.{number}") for number in range(int(BURST) + 2)] == [200] * int(BURST) + [429] * 2
    assert send("198.51.100.1") == 200
    small.now += 60
    assert [send("192.0.2.1"), send("192.0.2.1")] == [200, 429]
    assert "192.0.2" not in everything(small.database).replace("192.0.2.0/24", "")


def test_whom_a_request_comes_from() -> None:
    proxies = [ip_network("127.0.0.1"), ip_network("10.0.0.0/8")]
    assert client_of("192.0.2.1", "203.0.113.9", []) == "192.0.2.1", "nobody is believed unless told so"
    assert client_of("192.0.2.1", "203.0.113.9", proxies) == "192.0.2.1"
    assert client_of("127.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.3", proxies) == "203.0.113.9", "what a client wrote itself is passed over"
    assert client_of("127.0.0.1", "nonsense", proxies) == "127.0.0.1"
    assert client_of(None, "", proxies) == ""
    assert network_of("203.0.113.9") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert network_of("::ffff:203.0.113.9") == "203.0.113.0/24"
    assert network_of("") == ""


def test_too_much_is_not_read(small: Office) -> None:
    assert small.web.post("/subscribe", content=b"a" * (MAX_BODY + 1)).status_code == 413
    parts = (b"a" * 1024 for _ in range(MAX_BODY // 1024 + 1))
    assert small.web.post("/subscribe", content=parts).status_code == 413, "also without a length"
    assert small.web.post("/subscribe", data={f"f{number}": "" for number in range(401)}).status_code == 400


def test_every_answer_is_guarded(small: Office) -> None:
    number = small.add()
    answers = [small.web.get(path) for path in ("/", "/nothing", "/health", small.link(Purpose.UNSUBSCRIBE, number))]
    answers += [small.web.post("/subscribe", content=b"a" * (MAX_BODY + 1)), small.web.post("/", data={})]
    for answer in answers:
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
        assert "set-cookie" not in answer.headers
        assert "<script" not in answer.text
        assert " style=" not in answer.text


def test_a_link_is_good_for_one_thing_and_a_time(office: Office) -> None:
    number = office.add()
    for purpose in Purpose:
        for letter in "cpu":
            path = f"/{letter}/{office.signer.sign(purpose, number, 0)}"
            assert (office.web.get(path).status_code == 200) == (purpose.name[0].lower() == letter), path
    assert office.web.post(office.link(Purpose.CONFIRM, number, expires_at=NOW)).status_code == 404
    for letter in "cp":
        purpose = Purpose.CONFIRM if letter == "c" else Purpose.PREFERENCES
        assert office.web.post(f"/{letter}/{office.signer.sign(purpose, number, 1)}", data={"act": "save"}).status_code == 404
    assert office.web.post(f"/u/{Signer(b'other').sign(Purpose.UNSUBSCRIBE, number, 0)}", data=ONE_CLICK).status_code == 404
    assert state_of(office.database, ADDRESS) == "active"


def test_the_database_goes_away(small: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from publisher.problems import PublisherError

    def fail() -> Any:
        raise PublisherError("没有数据库", "no database")

    monkeypatch.setattr(small.database, "begin", fail)
    assert small.web.get("/health").status_code == 503
    page = small.send()
    assert page.status_code == 503
    assert "什么也没有改动" in page.text


def test_metrics_are_what_prometheus_reads(small: Office) -> None:
    small.add()
    small.send("b@qq.com")
    text = small.web.get("/metrics").text
    assert 'publisher_subscribers{state="active"} 1' in text
    assert 'publisher_waiting{queue="request"} 1' in text
    assert 'publisher_requests_total{route="subscribe",status="200"} 1' in text
    assert all(re.fullmatch(r'# TYPE \w+ (gauge|counter)|\w+\{\w+="[\w-]+"(,\w+="\w+")?\} \d+', line) for line in text.splitlines())
    assert "@" not in text


_WORD = st.text(max_size=60)
_FIELD = st.sampled_from(
    ["address", "stamp", "homepage", "kind", "tag", "industry", "district", "frequency", "weekday", "everything", "act", "List-Unsubscribe"]
)
_VALUE = st.one_of(
    _WORD, st.sampled_from([ADDRESS, "news", "税收", "62", "610102", "weekly", "3", "save", "export", "One-Click", "\x00", "\ud7ff", "x" * 5000])
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_sent_the_answer_is_a_page(small: Office, data: st.DataObject) -> None:
    number = small.add()
    links = [small.link(purpose, number) for purpose in Purpose]
    path = data.draw(st.sampled_from(["/", "/subscribe", "/health", "/metrics", *links]) | _WORD.map(lambda word: f"/u/{quote(word)}"))
    fields = data.draw(st.lists(st.tuples(_FIELD | _WORD, _VALUE), max_size=8))
    form: dict[str, Any] = {}
    for name, value in fields:
        form.setdefault(name, []).append(value)
    send = data.draw(st.sampled_from(["form", "multipart", "raw", "query"]))
    if send == "form":
        answer = small.web.post(path, data=form)
    elif send == "multipart":
        answer = small.web.post(path, files=[(name or "x", (None, value)) for name, value in fields])
    elif send == "raw":
        types = ["application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=a", "application/json", ""]
        answer = small.web.post(path, content=data.draw(st.binary(max_size=200)), headers={"content-type": data.draw(st.sampled_from(types))})
    else:
        answer = small.web.get(path, params=form)
    assert answer.status_code in (200, 400, 404, 405, 422, 429), answer.text
    assert "Traceback" not in answer.text
    with small.database.begin() as connection:
        states = connection.execute(select(subscriber.c.state)).scalars().all()
    assert set(states) <= {"active", "withdrawn"}


def test_a_choice_survives_the_form(small: Office) -> None:
    choice = Choice(Preferences(frozenset({"news"}), frozenset({"招聘"}), frozenset({"F", "62"}), frozenset({"610104"})), "daily", 6)
    page = small.desk.pages.preferences(choice, masked="z***@qq.com")
    boxes = re.findall(r'name="(\w+)" value="([^"]+)" checked', page)
    sent = {name: [value for key, value in boxes if key == name] for name in {key for key, _ in boxes}} | {"weekday": ["6"], "act": ["save"]}
    number = small.add()
    assert small.web.post(small.link(Purpose.PREFERENCES, number), data=sent).status_code == 200
    with small.database.begin() as connection:
        row = connection.execute(select(subscriber)).one()
    assert row.preferences == choice.preferences.to_json()
    assert (row.frequency, row.weekday) == ("daily", 6)


def test_an_enterprise_that_was_named_stays_chosen(small: Office) -> None:
    """Its page leads to the form with its id; the page of preferences offers it again, and forgets it when it is left out."""
    assert 'name="enterprise" value="qy-a" checked' in " ".join(small.web.get("/subscribe?enterprise=qy-a").text.split())
    small.send(enterprise="qy-a")
    [mail] = small.deliver()
    done = small.web.post(f"/c/{link_in(mail)}")
    assert "qy-a" in done.text
    found = re.search(r'href="\.\.(/p/[\w-]+)"', done.text)
    assert found
    assert 'value="qy-a" checked' in " ".join(small.web.get(found[1]).text.split())
    small.web.post(found[1], data={"act": "save", "frequency": "weekly", "enterprise": "qy-a", "kind": "policy"})
    assert 'value="qy-a" checked' in " ".join(small.web.get(found[1]).text.split())
    small.web.post(found[1], data={"act": "save", "frequency": "weekly", "kind": "policy"})
    assert "qy-a" not in small.web.get(found[1]).text
