"""Editions: what is proposed when, nothing twice, nothing lost; and the message, judged by its raw bytes."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.cli import main
from publisher.clock import read_as_of
from publisher.content.model.vocabulary import Period
from publisher.digest.edition import interval_of, last_interval, plan_edition
from publisher.digest.plaintext import display_width, wrap
from publisher.engine.prepare import prepare
from tests.project import AS_OF, MKDOCS, Project
from tests.test_build import POLICY_TAIL

MONDAY = "2026-11-23 09:00"


def plan(project: Project, edition: str = "2026-W47", *, as_of: str = MONDAY, code: int = 0, extra: tuple[str, ...] = ()) -> str:
    assert main(["digest", "plan", edition, "--root", str(project.root), "--as-of", as_of, *extra]) == code
    path = project.root / f"content/editions/{edition}.yml"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def proposed(text: str) -> list[str]:
    return re.findall(r"^      - (\S+)$", text, re.MULTILINE)


def test_a_period_is_half_open(project: Project) -> None:
    project.news("before", 发布时间="2026-11-15 23:59").news("first", 发布时间="2026-11-16 00:00")
    project.news("last", 发布时间="2026-11-22 23:59").news("after", 发布时间="2026-11-23 00:00")
    assert proposed(plan(project)) == ["last", "first"]


def test_nothing_twice_and_nothing_lost_when_a_date_is_moved(project: Project) -> None:
    project.news("a", 发布时间="2026-11-18").news("b", 发布时间="2026-11-19")
    assert proposed(plan(project)) == ["b", "a"]
    # "a" is moved into the next week after it was sent; "late" is dated back into a week already sent.
    project.edit("content/news/a.md", "2026-11-18", "2026-11-25").news("late", 发布时间="2026-11-17").news("c", 发布时间="2026-11-26")
    assert proposed(plan(project, "2026-W48", as_of="2026-11-30 09:00")) == ["c", "late"]


def test_what_an_editor_drops_stays_dropped_and_what_is_deleted_comes_back(project: Project) -> None:
    project.news("a", 发布时间="2026-11-18").news("b", 发布时间="2026-11-19").news("keep", 发布时间="2026-11-20")
    plan(project)
    project.edit("content/editions/2026-W47.yml", "      - a\n", "").edit("content/editions/2026-W47.yml", "      - b\n", "")
    project.edit("content/editions/2026-W47.yml", "不收: []", "不收: [a]")
    assert proposed(plan(project, "2026-W48", as_of="2026-11-30 09:00")) == ["b"]


def test_an_empty_edition_says_so_and_makes_nothing(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.news("old", 发布时间="2026-01-01")
    assert plan(project) == ""
    assert "没有新内容" in capsys.readouterr().out
    assert main(["digest", "build", "2026-W47", "--root", str(project.root), "--as-of", MONDAY]) == 0
    assert "没有内容" in capsys.readouterr().out
    assert not project.out.exists()


def test_an_existing_edition_is_not_overwritten(project: Project) -> None:
    project.news("a", 发布时间="2026-11-18")
    plan(project)
    project.edit("content/editions/2026-W47.yml", "导语:", "导语: 编辑写的话")
    plan(project, code=1)
    assert "编辑写的话" in plan(project, extra=("--if-missing",))
    assert "编辑写的话" not in plan(project, extra=("--replace",))


def test_an_editor_may_reorder_and_write_an_introduction(project: Project) -> None:
    project.news("a", 发布时间="2026-11-18").news("b", 发布时间="2026-11-19")
    text = plan(project)
    project.write(
        "content/editions/2026-W47.yml",
        text.replace("导语:", "导语: 本周**两条**消息。").replace("- b\n", "- X\n").replace("- a\n", "- b\n").replace("- X\n", "- a\n"),
    )
    assert main(["digest", "build", "2026-W47", "--root", str(project.root), "--as-of", MONDAY]) == 0
    mail = project.read("editions/2026-W47/digest.html")
    assert "<strong>两条</strong>" in mail
    assert mail.index("消息a") < mail.index("消息b")
    assert "本周两条消息。" in project.read("editions/2026-W47/digest.txt")
    assert "消息a" in project.read("editions/2026-W47/index.html")
    assert "editions/2026-W47/" in project.read("editions/index.html")


def test_drafts_scheduled_and_internal_entries_are_not_proposed(project: Project) -> None:
    project.news("draft", 状态="草稿").news("secret", 可见范围="内部").news("future", 发布时间="2027-01-01").news("a")
    assert proposed(plan(project)) == ["a"]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-W47", "2026-11-16", "2026-11-23"),
        ("2026-W53", "2026-12-28", "2027-01-04"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-11-22", "2026-11-22", "2026-11-23"),
    ],
)
def test_names_of_periods(text: str, start: str, end: str) -> None:
    interval = interval_of(text)
    assert interval is not None
    assert (interval.id, interval.start, interval.end) == (text, read_as_of(start), read_as_of(end))


@pytest.mark.parametrize("text", ["2026-W54", "2026-13", "2026-02-30", "W47", "2026-w47", "../x"])
def test_what_is_no_period(text: str) -> None:
    assert interval_of(text) is None


def test_last_interval() -> None:
    as_of = read_as_of(MONDAY)
    assert [last_interval(period, as_of).id for period in (Period.WEEKLY, Period.MONTHLY, Period.DAILY)] == ["2026-W47", "2026-10", "2026-11-22"]


@pytest.fixture(scope="module")
def message(demo: Project) -> bytes:
    edition = next(path for path in demo.files() if path.endswith("/digest.eml"))
    return (demo.out / edition).read_bytes()


def test_the_message_is_what_rfc_5322_2045_and_8058_ask(message: bytes) -> None:
    head = message.split(b"\r\n\r\n", 1)[0]
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if not line.startswith(b"List-Unsubscribe:"))
    # Mail programs show no button when the address is folded into encoded words: look at the raw bytes.
    unfolded = re.sub(rb"\r\n[ \t]", b" ", head)
    assert re.search(rb"List-Unsubscribe: <https://[!-~]{1,77}>, <mailto:[!-~]+>", unfolded)
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    parsed = email.message_from_bytes(message, policy=email.policy.strict)
    assert [part.get_content_type() for part in parsed.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    for name in ("Date", "Message-ID", "From", "To", "Reply-To", "List-Id", "List-Archive", "Feedback-ID"):
        assert parsed[name], name
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert not any(part.defects for part in parsed.walk())
    html = parsed.get_body(("html",))
    text = parsed.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert len(html.get_content().encode()) < 90 * 1024
    assert max(display_width(line) for line in text.get_content().splitlines() if "http" not in line) <= 78


def test_both_parts_say_the_same(message: bytes) -> None:
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    html, text = parsed.get_body(("html",)), parsed.get_body(("plain",))
    assert html is not None
    assert text is not None
    flat = re.sub(r"\s", "", text.get_content())
    titles = re.findall(r'<a [^>]*href="https://example\.com/(?:news|policies|matchmaking|guides|events|enterprises)/[^"]+"[^>]*>([^<]+)<', html.get_content())
    assert len(titles) >= 5
    for title in titles:
        assert re.sub(r"\s", "", title).replace("&amp;", "&") in flat


def test_the_mail_loads_nothing_from_anywhere(message: bytes) -> None:
    html = email.message_from_bytes(message, policy=email.policy.default).get_body(("html",))
    assert html is not None
    content = html.get_content()
    assert not re.search(r"<(?:img|link|script|iframe)\b|url\(|@import", content)
    assert "退订" in content
    assert "您为什么收到这封邮件" in content


def test_spamassassin_finds_nothing_to_mind(message: bytes) -> None:
    if not shutil.which("spamassassin"):
        pytest.skip("spamassassin is not installed (Debian package spamassassin)")
    done = subprocess.run(["spamassassin", "-L", "-t"], input=message, capture_output=True, check=False, timeout=120)
    report = done.stdout.decode("utf-8", "replace")
    rows = re.findall(r"^\s*(-?\d+\.\d+) ([A-Z0-9_]+)", report, re.MULTILINE)
    assert rows, report[-2000:]
    # NO_RELAYS and NO_RECEIVED say that it has not travelled yet; nothing else may weigh 0.5 or more.
    assert [row for row in rows if float(row[0]) >= 0.5 and row[1] not in ("NO_RELAYS", "NO_RECEIVED")] == []


@given(st.text(alphabet=st.sampled_from("中文字，。（）abc 123—…https://example.com/x"), max_size=300))
def test_wrapping_loses_nothing_and_keeps_to_the_width(text: str) -> None:
    wrapped = wrap(text, "  ", 40)
    assert re.sub(r"\s", "", wrapped) == re.sub(r"\s", "", text)
    for line in wrapped.split("\n"):
        assert display_width(line) <= 44 or re.search(r"[!-~]{30}", line)


def test_wrapping_never_cuts_an_address() -> None:
    url = "https://example.com/" + "a" * 90
    assert url in wrap(f"详情请看{url}，谢谢", width=40).replace("\n", "\x00")


def test_the_demo_edition_is_committed_and_builds(demo: Project) -> None:
    assert "editions/2026-W47/index.html" in demo.files()
    assert AS_OF.startswith("2026-11-23")
    assert (Path(demo.root) / "content/editions/2026-W47.yml").exists()


def test_ends_are_told_thirty_seven_and_one_day_before_in_the_calendar_and_on_the_home_page(project: Project) -> None:
    """A policy's end, the end of its applications, and that of one thing it gives, in the digest of the day on which each mark falls."""
    ends = "申报时间: {止: 2027-03-31}\n申报材料: [表]\n可享事项:\n  - {事项: 半价, 给什么: 减半, 截止: 2027-06-30, 适用对象: {}}\n"
    text = f"---\n标题: 三个日子的政策\n摘要: 减半。\n发布时间: 2026-11-01 09:00\n{POLICY_TAIL.replace('2026-12-31', '2027-12-31')}{ends}---\n\n正文。\n"
    project.write("mkdocs.yml", MKDOCS + "extra:\n  publisher: {verification_due_days: 400, verification_overdue_days: 500, closing_days: {policy: 45}}\n")
    project.write("content/policies/p.md", text).build("2026-11-23")
    library, settings = (prepared := prepare(project.root, read_as_of("2026-11-23"))).library, prepared.settings
    for last in (date(2027, 3, 31), date(2027, 6, 30), date(2027, 12, 31)):
        told = []
        for left in range(60, -2, -1):  # days left on the morning on which the edition of the day before goes out
            interval = interval_of((last - timedelta(days=left + 1)).isoformat())
            assert interval
            sections = plan_edition(library, interval, settings).sections
            told += [left] if any(section.is_reminder and "p" in section.entries for section in sections) else []
        assert told == [43, 30, 7, 1], "43: the first edition after it counts as closing, 45 days before its end"
    calendar = project.read("calendar/policies.ics")
    for words in ("SUMMARY:申报截止：三个日子的政策", "SUMMARY:政策到期：三个日子的政策", "SUMMARY:截止：半价"):
        assert words in calendar
    assert calendar.count("BEGIN:VEVENT") == 3
    assert "即将截止" not in project.read("index.html")
    for day, is_told in (("2027-05-15", False), ("2027-05-17", True), ("2027-06-30", True), ("2027-07-01", False)):
        assert ('id="closing"' in project.build(day).read("index.html")) == is_told, day
