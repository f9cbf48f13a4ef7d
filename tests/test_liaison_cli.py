"""``publisher liaison`` as it is called: what it writes and where, what it refuses, and that nothing of the records is in a site or its mail."""

from __future__ import annotations

import email
import email.policy
import os
import re
import shutil
from datetime import date
from pathlib import Path
from unittest.mock import patch

import icalendar
import pytest
import yaml

from bench.liaison_records import credit_code
from bench.liaison_records import demo as demo_records
from publisher.cli.main import main
from publisher.content import codes
from publisher.liaison import kept
from publisher.liaison.checks import check_liaison
from publisher.liaison.kept import Folder, Kept
from publisher.liaison.months import Month
from publisher.liaison.reading import load_register
from publisher.problems import CODES
from publisher.settings import LiaisonSettings
from tests.liaison_tree import spoiled
from tests.project import AS_OF, ROOT, Project
from tests.test_privacy import decoded

RECORDS = ROOT / "content" / "liaison"


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A project that holds the sound little set of records."""
    project = Project(tmp_path / "project")
    for name, text in spoiled().items():
        project.write(name, text)
    return project.root


def run(root: Path, *words: str, as_of: str = AS_OF) -> int:
    return main(["liaison", *words, "--root", str(root), "--as-of", as_of])


# --- the demo records ------------------------------------------------------------------------------------------------


def test_the_demo_records_are_what_their_maker_makes() -> None:
    made = dict(demo_records().files())
    found = {path.relative_to(RECORDS).as_posix(): path.read_text(encoding="utf-8") for path in RECORDS.rglob("*.yml")}
    assert sorted(found) == sorted(made)
    assert found == made


def test_the_demo_records_have_the_faults_that_one_would_expect_and_no_error() -> None:
    problems = check_liaison(ROOT, LiaisonSettings(pairs=66), date(2026, 11, 23))
    assert [problem for problem in problems if problem.is_error] == []
    codes_found = {problem.code for problem in problems}
    warnings = {code for code, row in CODES.items() if code.startswith("liaison-") and row.severity.value == "warning"}
    left_out = {"liaison-service-short", "liaison-other-officer", "liaison-in-future", "liaison-progress-falls", "liaison-issue-idle", "liaison-no-holidays"}
    assert codes_found == warnings - left_out
    assert len(problems) < 60


def test_the_demo_has_sixty_six_of_each_and_nobody_real() -> None:
    register, _ = load_register(ROOT, processes=1)
    assert len(register.enterprises) == len(register.officers) == 66
    assert len({one.name for one in register.enterprises}) == 66
    assert all(one.name.startswith("示例") for one in register.enterprises)
    assert all((one.email or "").endswith("@example.com") for one in register.officers)
    for path in RECORDS.rglob("*.yml"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)
        assert "姓名" not in text
        for code in re.findall(r"统一社会信用代码: (\w+)", text):
            assert codes.check_credit_code(code) == codes.CreditCodeCheck(is_valid=True)
            assert code[2:8] == "990000"


def test_made_credit_codes_are_valid() -> None:
    assert all(codes.check_credit_code(credit_code(number)) == codes.CreditCodeCheck(is_valid=True) for number in range(1, 60))


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_is_silent_about_sound_records(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(records, "check") == 0
    assert capsys.readouterr().out.strip() == "没有发现问题"
    assert main(["check", "--root", str(records), "--as-of", AS_OF]) == 0


def test_both_checks_tell_the_same_problem_with_its_place(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = records / "content/liaison/issues/qy-001.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("状态: 办理中", "状态: 销号"), encoding="utf-8")
    assert run(records, "check") == 1
    told = capsys.readouterr().out
    assert told.startswith("content/liaison/issues/qy-001.yml:11:30: 错误 [liaison-closed-unconfirmed] wt-1 没有“企业确认”就销号了。")
    assert "改法：先请企业确认" in told
    assert main(["check", "--root", str(records), "--as-of", AS_OF]) == 1
    assert told.split("\n\n")[0] in capsys.readouterr().out
    assert run(records, "check", "--lang", "en", "--format", "github") == 1
    assert "is closed without the enterprise's confirmation." in capsys.readouterr().out


def test_a_build_does_not_open_the_records(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is in them, the site is built, and is the same."""
    project = Project(records)
    project.news("a").build()
    before = project.files()
    (records / "content/liaison/issues/qy-001.yml").write_text("问题：坏了\n", encoding="utf-8")
    os.mkfifo(records / "content/liaison/officers/pipe.yml")  # opening it would wait for ever
    assert project.build(clean=True).files() == before
    assert not (records / "var/liaison").exists()


# --- report ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["html", "docx", "xlsx", "md"])
def test_a_report_is_written_for_its_owner_alone(records: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run(records, "report", "--month", "2026-10", "--format", name) == 0
    path = records / f"var/liaison/月报-2026-10.{name}"
    assert capsys.readouterr().out.strip() == str(path)
    assert path.stat().st_size > 500
    assert path.stat().st_mode & 0o077 == 0


def test_the_month_before_is_reported_unless_told_otherwise(records: Path) -> None:
    assert run(records, "report", "--format", "md", "--brief", as_of="2026-11-05") == 0
    assert "亲商助企简报：2026年10月" in (records / "var/liaison/简报-2026-10.md").read_text(encoding="utf-8")


def test_a_report_of_one_unit(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(records, "report", "--month", "2026-10", "--unit", "示例街道办事处", "--format", "md", "--out", "-") == 0
    assert "示例街道办事处，截至2026年10月31日" in capsys.readouterr().out
    assert run(records, "report", "--month", "2026-10", "--unit", "没有的单位") == 2
    assert "有：示例街道办事处" in capsys.readouterr().err


PUBLIC = ["site/x.html", "site/a/../x.html", "var/preview/x.html", "content/news/x.html", "templates/x.html", "link/x.html", "www/x.html"]


@pytest.mark.parametrize("place", PUBLIC)
def test_no_report_is_written_where_a_site_is(records: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    project = Project(records)
    project.news("a").build().build(out=records / "www")
    (records / "link").symlink_to(records / "site")
    for words in (["report", "--month", "2026-10"], ["score", "--month", "2026-10"], ["remind", "--format", "ics"], ["remind", "--format", "mail"]):
        assert run(records, *words, "--out", str(records / place)) == 2
        assert "内部材料" in capsys.readouterr().err
    assert not (records / place).exists()


def test_no_report_is_written_through_a_link_in_the_usual_place(records: Path) -> None:
    (records / "site").mkdir()
    (records / "var").mkdir()
    (records / "var/liaison").symlink_to(records / "site")
    for words in (["report", "--month", "2026-10"], ["score", "--month", "2026-10"], ["remind", "--format", "ics"], ["remind", "--format", "mail"]):
        assert run(records, *words) == 2
    assert not any((records / "site").iterdir())


def test_records_with_errors_are_not_summed_up(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = records / "content/liaison/months/2026-10/qy-001.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("方式: 走访", "方式: 走方"), encoding="utf-8")
    for action in ("report", "score"):
        assert run(records, action, "--month", "2026-10") == 1
        assert "[unknown-value]" in capsys.readouterr().out
    assert [path for path in (records / "var/liaison").glob("*") if path.name != "kept"] == []  # what was read may be kept; there is no report


def test_a_month_to_come_and_a_month_that_is_none(records: Path) -> None:
    assert run(records, "report", "--month", "2026-12") == 2
    assert run(records, "report", "--month", "2026-13") == 2


def test_a_limit_beyond_the_known_holidays_is_told_in_the_report(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(records, "report", "--month", "2026-12", "--format", "md", "--out", "-", as_of="2027-01-20") == 0
    assert "没有2027年的放假安排，工作日只按周一到周五算。" in capsys.readouterr().out
    (records / "content/liaison/holidays").mkdir()
    (records / "content/liaison/holidays/2027.yml").write_text("来源: 国务院办公厅通知\n放假: [2027-01-01]\n", encoding="utf-8")
    assert run(records, "report", "--month", "2026-12", "--format", "md", "--out", "-", as_of="2027-01-20") == 0
    assert "放假安排" not in capsys.readouterr().out


# --- score -----------------------------------------------------------------------------------------------------------


def test_a_score_names_rule_and_record(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = records / "content/liaison/months/2026-10/qy-001.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  - 日期: 2026-10-21")] + text[text.index("月报:") :], encoding="utf-8")
    assert run(records, "score", "--month", "2026-10", "--format", "md", "--out", "-") == 0
    told = capsys.readouterr().out
    assert "| gb-001 | 示例街道办事处 | 98 | [1](#e1) |" in told
    assert "| gb-001 | 每月服务不少于两次 | 示例规则第三条 | [-2](#e1) | qy-001 应有 2 次，实有 1 次 | content/liaison/rules/2026.yml:4 |" in told
    assert "`content/liaison/months/2026-10/qy-001.yml:2`" in told


def test_a_score_without_rules_or_with_a_forbidden_one_is_refused(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = records / "content/liaison/rules/2026.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("每月服务不少于两次", "个体工商户增长率"), encoding="utf-8")
    assert run(records, "score", "--month", "2026-10") == 1
    assert "[liaison-forbidden-indicator]" in capsys.readouterr().out
    path.unlink()
    assert run(records, "score", "--month", "2026-10") == 2
    assert [path for path in (records / "var/liaison").glob("*") if path.name != "kept"] == []  # what was read may be kept; there is no report


# --- remind ----------------------------------------------------------------------------------------------------------


def test_reminders_tell_who_and_what(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(records, "remind", as_of="2026-11-27") == 0
    lines = capsys.readouterr().out.split("\n")
    assert lines[0] == "2026-11-27 的提醒，共 4 条"
    said = "\n".join(lines[3:])
    assert "代办：示例茶庄的经营范围变更（db-1），已用9个工作日，时限10个，还有3天（2026-11-30）" in said
    assert "服务次数：示例茶庄（qy-001）本月应有2次服务，现有0次，还差2次，还有3天（2026-11-30）" in said
    assert "问题：示例茶庄的问题 wt-1（门前围挡影响客流），责任单位示例城管部门，还有3天（2026-11-30）  content/liaison/issues/qy-001.yml:2" in said
    assert "承诺：示例茶庄：书面告知拆除时间（wt-1），还有3天（2026-11-30）" in said


def test_services_are_called_for_from_the_twentieth(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(records, "remind", as_of="2026-11-19")
    assert "服务次数" not in capsys.readouterr().out
    run(records, "remind", as_of="2026-11-20")
    assert "服务次数" in capsys.readouterr().out


def test_a_report_is_called_for_before_its_day_and_after(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = records / "content/liaison/months/2026-10/qy-001.yml"
    path.write_text(path.read_text(encoding="utf-8").split("月报:")[0], encoding="utf-8")
    for day, words in (("2026-11-02", "还有2天（2026-11-04）"), ("2026-11-04", "今天到期"), ("2026-11-10", "已超期6天（2026-11-04）")):
        run(records, "remind", as_of=day)
        assert f"月报：示例茶庄（qy-001）2026年10月的月报没有报，{words}" in capsys.readouterr().out


def test_reminders_as_mail_go_to_work_addresses_once(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert run(records, "remind", "--format", "mail") == 0
    assert "1 封邮件在" in capsys.readouterr().out
    (path,) = (records / "var/liaison/mail").glob("*.eml")
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert message["To"] == "gb-001@example.com"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message
    assert "服务次数" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_reminders_are_sent_by_the_way_out_that_is_set(
    records: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PUBLISHER_SMTP_URL", raising=False)
    assert run(records, "remind", "--format", "mail", "--send") == 2
    monkeypatch.setenv("PUBLISHER_SMTP_URL", f"maildir:{tmp_path / 'box'}")
    assert run(records, "remind", "--format", "mail", "--send") == 0
    assert len(list((tmp_path / "box" / "new").iterdir())) == 1
    assert "1 封邮件已发出；0 人没有工作邮箱" in capsys.readouterr().out


def test_reminders_as_a_calendar(records: Path) -> None:
    assert run(records, "remind", "--format", "ics") == 0
    data = (records / "var/liaison/提醒-2026-11-23.ics").read_bytes()
    events = list(icalendar.Calendar.from_ical(data).walk("VEVENT"))
    assert {str(event["UID"]).split("@")[0] for event in events} >= {"liaison-services-qy-001-2026-11"}
    assert all(isinstance(event.decoded("DTSTART"), date) and "URL" not in event for event in events)
    assert max(len(line) for line in data.split(b"\r\n")) <= 75


# --- kept readings ---------------------------------------------------------------------------------------------------


def test_a_kept_folder_is_read_again_when_a_file_changes(tmp_path: Path) -> None:
    folder = tmp_path / "content/liaison/months/2026-10"
    folder.mkdir(parents=True)
    for number in range(300):
        (folder / f"qy-{number}.yml").write_text("月报: {}\n")
        os.utime(folder / f"qy-{number}.yml", (1_700_000_000, 1_700_000_000))
    assert Folder.at(tmp_path, "content/liaison/months/2026-10").is_large
    with patch.object(kept, "_TICK", 10**18):  # a file has changed this moment
        assert _kept(tmp_path) is None
        assert not (tmp_path / "var").exists()
    _wait_for_tick(folder)
    assert _kept(tmp_path) is None
    assert _kept(tmp_path) == b"what was read"
    (path,) = (tmp_path / "var/liaison/kept").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"D")
    assert _kept(tmp_path) is None
    (folder / "qy-7.yml").write_text("月报: {a: b}\n")
    assert _kept(tmp_path) is None


def _kept(root: Path) -> bytes | None:
    """What is kept of the folder as it is; then it is kept."""
    place = Kept(root, "months/2026-10", Folder.at(root, "content/liaison/months/2026-10").sign())
    found = place.find()
    place.put(b"what was read")
    return found


def test_nothing_is_kept_where_a_site_is(records: Path) -> None:
    (records / "site").mkdir(exist_ok=True)
    (records / "var/liaison").mkdir(parents=True)
    (records / "var/liaison/kept").symlink_to(records / "site")
    with patch.object(kept, "_TICK", 0):
        assert run(records, "check") == 0
    assert not any((records / "site").iterdir())


def _wait_for_tick(folder: Path) -> None:
    """Until no file's change is so recent that another might have the same time."""
    import time

    newest = max(path.stat().st_ctime_ns for path in folder.iterdir())
    while time.time_ns() - newest < 60_000_000:
        time.sleep(0.01)


def test_readings_in_several_processes_are_the_same(tmp_path: Path) -> None:
    shutil.copytree(RECORDS, tmp_path / "content/liaison")
    one, _ = load_register(tmp_path, processes=1)
    for month in (3, 4, 5, 6, 7):  # enough folders for a second process
        shutil.copytree(RECORDS / "months/2026-08", tmp_path / f"content/liaison/months/2026-{month:02d}")
    two, problems = load_register(tmp_path, lambda month: month > Month(2026, 2), processes=2)
    assert problems == []
    assert two.issues == sorted(one.issues, key=lambda issue: issue.place)
    assert [service for service in two.services if service.month >= Month(2026, 8)] == one.services


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2027, 5, 20)])
def test_checks_in_two_processes_are_the_same(day: date) -> None:
    """A day of which no holidays are known is told, whichever process has guessed it."""
    with patch.object(Kept, "find", return_value=None):
        one, two = (check_liaison(ROOT, LiaisonSettings(pairs=66), day, processes=count) for count in (1, 2))
    assert one == two
    assert {"liaison-no-holidays", "liaison-few-services"} & {problem.code for problem in one}
    assert ("liaison-no-holidays" in {problem.code for problem in one}) == (day.year == 2027)


# --- nothing of it is public -----------------------------------------------------------------------------------------


def canaries() -> set[str]:
    """What only the records say: names, codes, notes, addresses."""
    found: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            for key, part in value.items():
                if isinstance(part, str) and key in ("名称", "工作邮箱", "内容", "描述", "统一社会信用代码", "凭据", "签收", "授权委托书", "纪要"):
                    found.add(part)
                walk(part)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    for path in RECORDS.rglob("*.yml"):
        walk(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
    return found | {"gb-001", "gb-066", "ld-01", "wt-0002-1", "db-0001-1", "每月服务不少于两次"}


def test_nothing_of_the_records_is_in_any_output_of_the_demo(demo: Project) -> None:
    """Every file of the site, its mail and the preview's ledger; one pattern of all canaries over every byte."""
    words = sorted(canaries(), key=len, reverse=True)
    assert len(words) > 500
    pattern = re.compile("|".join(re.escape(word) for word in words))
    assert (demo.root / "content/liaison/officers/all.yml").is_file()
    for name, data in demo.files().items():
        assert not (found := pattern.search(decoded(name, data))), (name, found)
        assert "liaison" not in name or name.startswith("tags/enterprise-liaison"), name
    raw = re.compile("|".join(re.escape(word) for word in words).encode())
    for file in (path for path in (demo.root / "var").rglob("*") if path.is_file()):
        assert not raw.search(file.read_bytes()), file
