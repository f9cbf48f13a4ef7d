"""A listing's life: its lister is asked once, by a link whose GET only asks; the answer changes the lines it must and no other byte."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.testclient import TestClient

from publisher.cli import listings
from publisher.cli.main import main
from publisher.cli.surroundings import tag_reader, taxonomy_of
from publisher.clock import read_as_of
from publisher.configuration import load_settings
from publisher.content.amend import AmendError, amend
from publisher.content.model.kinds import Listing
from publisher.delivery.database import Database
from publisher.delivery.schema import metadata, renewal
from publisher.delivery.token import Purpose, Signer
from publisher.delivery.transport import Answer, Outcome
from publisher.subscriptions.app import Desk, make_app
from publisher.subscriptions.pages import Pages
from tests.project import Project
from tests.readers import KEY, Post, make_project

LISTING = """\
# 街区的供需\r
标题: 求购蔬菜\r
摘要: 摘要\r
发布时间: 2026-10-01\r
类型: 需求\r
领域: 通信\r
有效期: "2026-12-05"   # 到这天\r
发布主体: qy\r
主体核验: 未核验\r
联系: {方式: 邮箱, 邮箱: boss@example.cn}\r
详情: |\r
  有效期：不是这一行\r
"""
SILENT = LISTING.replace("联系: {方式: 邮箱, 邮箱: boss@example.cn}\r\n", "").replace("求购蔬菜", "没有邮箱")
ENTERPRISE = "名称: 示例企业\n摘要: 摘要\n发布时间: 2026-09-01\n主体类型: 企业\n行业: [零售业]\n街路: 西一路\n公开电话: 029-87654321\n"
PATH = "content/matchmaking/gx-a.yml"


class Street:
    """A project with a listing that ends soon, a post that keeps its mails, and the service."""

    def __init__(self, project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        make_project(project).write(PATH, LISTING).write("content/matchmaking/gx-b.yml", SILENT).write("content/enterprises/qy.yml", ENTERPRISE)
        self.project, self.post, self._capsys = project, Post(), capsys
        monkeypatch.setattr(listings, "open_transport", lambda: self.post)
        monkeypatch.setattr(listings, "signer_of", lambda root: Signer(KEY))
        self.now = read_as_of("2026-11-24 09:00").timestamp()

    def run(self, *words: str, as_of: str = "2026-11-23 09:00") -> tuple[int, str]:
        code = main(["listings", *words, "--root", str(self.project.root), "--as-of", as_of])
        return code, self._capsys.readouterr().out

    def web(self) -> TestClient:
        found, _ = load_settings(self.project.root)
        assert found is not None
        database = Database.at(self.project.root)
        desk = Desk(
            database, found, Signer(KEY), Pages(found, taxonomy_of(self.project.root), []), tag_reader(taxonomy_of(self.project.root)), clock=lambda: self.now
        )
        return TestClient(make_app(desk, "https://street.example"), base_url="https://mail.street.example")

    def rows(self) -> list[object]:
        database = Database.at(self.project.root)
        with database.begin() as connection:
            rows = connection.execute(select(renewal)).all()
        database.close()
        return list(rows)

    def link(self, at: int = 0) -> str:
        mail = email.message_from_bytes(self.post.mails[at][2], policy=email.policy.default)
        found = re.search(r"https://[^/\s]+/\S*?(l/[\w-]{38})\s", mail.get_content())
        assert found, mail.get_content()
        return f"/{found[1]}"

    def file(self) -> str:
        return (self.project.root / PATH).read_bytes().decode()


@pytest.fixture
def street(project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Street:
    return Street(project, monkeypatch, capsys)


def test_a_lister_is_asked_twice_and_no_more(street: Street) -> None:
    code, _ = street.run("remind", as_of="2026-11-20 09:00")
    assert (code, street.post.mails) == (0, [])
    code, told = street.run("remind", "--dry-run")
    assert "b***@example.cn" in told
    assert street.post.mails == []
    code, told = street.run("remind")
    assert code == 0
    assert "要打电话：gx-b（没有邮箱），示例企业，029-87654321" in told
    assert "boss@" not in told
    street.run("remind")
    street.run("remind", as_of="2026-12-01")
    assert len(street.post.mails) == 1
    street.run("remind", as_of="2026-12-04")
    street.run("remind", as_of="2026-12-05 12:00")
    assert [recipient for _, recipient, _ in street.post.mails] == ["boss@example.cn"] * 2
    street.run("remind", as_of="2026-12-06")
    assert len(street.post.mails) == 2


def test_killed_while_sending_it_is_not_sent_again(street: Street) -> None:
    def die(_address: str) -> Answer:
        raise KeyboardInterrupt

    street.post.answer = die
    assert street.run("remind")[0] == 130
    street.post.answer = lambda _address: Answer(Outcome.ACCEPTED, 250)
    code, told = street.run("remind")
    assert (code, street.post.mails) == (0, [])
    assert "不知道寄出没有" in told


def test_what_was_refused_is_tried_again(street: Street) -> None:
    street.post.answer = lambda _address: Answer(Outcome.TEMPORARY, 451, "later")
    assert street.run("remind")[0] == 1
    street.post.answer = lambda _address: Answer(Outcome.ACCEPTED, 250)
    assert street.run("remind")[0] == 0
    assert len(street.post.mails) == 1


def test_opening_the_link_changes_nothing(street: Street) -> None:
    street.run("remind")
    web, link = street.web(), street.link()
    before = street.rows()
    for _ in range(2):
        page = web.get(link)
        assert page.status_code == 200
        assert "求购蔬菜" in page.text
    assert street.rows() == before
    assert web.post(link, data={"answer": "nonsense"}).status_code == 422
    assert street.rows() == before
    assert web.get(link[:-1] + ("A" if link[-1] != "A" else "B")).status_code == 404
    other = Signer(KEY).sign(Purpose.UNSUBSCRIBE, 1, 0)
    assert web.get(f"/l/{other}").status_code == 404
    street.now += 40 * 86_400
    assert web.get(link).status_code == 404


ANSWERED: dict[str, tuple[dict[str, str], Callable[[str], str]]] = {
    "still": (
        {"answer": "holds"},
        lambda text: text.replace('有效期: "2026-12-05"   #', '有效期: "2027-02-22"   #').replace(
            "   # 到这天\r\n", "   # 到这天\r\n更新时间: 2026-11-24 09:00\r\n"
        ),
    ),
    "reached": (
        {"answer": "reached", "partner": "  老王's: 店\n#"},
        lambda text: text.replace("   # 到这天\r\n", "   # 到这天\r\n成果: {对接对象: '老王''s: 店 #', 签约日期: 2026-11-24, 公开: 否}\r\n状态: 已达成\r\n"),
    ),
    "withdrawn": (
        {"answer": "withdrawn", "partner": "x"},
        lambda text: text.replace("   # 到这天\r\n", "   # 到这天\r\n撤回: {时间: 2026-11-24 09:00, 说明: 发布方要求撤下。}\r\n状态: 已撤回\r\n"),
    ),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_an_answer_changes_its_lines_and_no_other_byte(street: Street, name: str) -> None:
    data, expected = ANSWERED[name]
    street.run("remind")
    web = street.web()
    assert "记下了" in web.post(street.link(), data={"answer": "holds"} if name != "still" else {"answer": "withdrawn"}).text
    assert web.post(street.link(), data=data).status_code == 200  # the last answer counts
    street.run("apply", "--dry-run", as_of="2026-11-25 10:00")
    assert street.file() == LISTING
    assert street.run("apply", as_of="2026-11-25 10:00")[0] == 0
    assert street.file() == expected(LISTING)
    assert street.project.check("2026-11-25 10:00") == []
    assert "没有新的答复" in street.run("apply", as_of="2026-11-25 10:00")[1]
    assert "已经处理" in web.get(street.link()).text
    street.project.build("2026-11-25 10:00")
    assert "老王" not in street.project.read("matchmaking/gx-a/index.html")


def test_what_cannot_be_changed_by_the_line_is_left_to_a_person(street: Street) -> None:
    street.run("remind")
    street.web().post(street.link(), data={"answer": "reached"})
    street.project.edit(PATH, "主体核验: 未核验\n", "主体核验: 未核验\n成果:\n  公开: 否\n")
    before = street.file()
    code, told = street.run("apply")
    assert code == 1
    assert "不止一行" in told
    assert street.file() == before


def test_no_address_is_kept(street: Street) -> None:
    street.run("remind")
    database = Database.at(street.project.root)
    with database.begin() as connection:
        held = repr([connection.execute(select(table)).all() for table in metadata.sorted_tables])
    database.close()
    assert "求购蔬菜" in held
    assert "boss" not in held


@given(st.text(st.sampled_from("甲a: #'\"[{\r\n -"), max_size=30))
def test_amending_changes_one_line_or_nothing(noise: str) -> None:
    text = f"标题: x\n备注: {noise}\n有效期: 2026-12-05\n"
    try:
        changed = amend(text, Listing, {"expires": "2027-01-01"}, "expires")
    except AmendError:
        return
    before, after = text.splitlines(), changed.splitlines()
    assert len(before) == len(after)
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_english_keys_stay_english() -> None:
    text = "title: x\nexpires: 2026-12-05\nstate: open # now\n"
    changed = amend(text, Listing, {"state": "已达成", "outcome": "{公开: 否}"}, "expires")
    assert changed == "title: x\nexpires: 2026-12-05\noutcome: {公开: 否}\nstate: 已达成 # now\n"
