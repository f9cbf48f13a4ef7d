"""The sums that go public: what may be told of a month, the proposal an editor commits, and its pages."""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING

import pytest

from publisher.checks.tallies import SMALLEST_CELL
from publisher.cli import main
from publisher.content.model.kinds import Tally
from publisher.content.model.vocabulary import Way
from publisher.liaison.sums import tell_ways
from tests.liaison_tree import TREE
from tests.project import AS_OF, ROOT, Project

if TYPE_CHECKING:
    from playwright.sync_api import Browser

AFTER_OCTOBER = "2026-11-05 09:00"


@pytest.fixture
def street(project: Project) -> Project:
    """The demo's records, and what they name."""
    for folder in ("liaison", "policies", "guides"):
        shutil.copytree(ROOT / "content" / folder, project.root / "content" / folder)
    return project


def publish(project: Project, *words: str, as_of: str = AFTER_OCTOBER) -> int:
    return main(["liaison", "publish", "--root", str(project.root), "--as-of", as_of, *words])


def told(project: Project, month: str = "2026-10") -> str:
    return (project.root / f"content/services/{month}.yml").read_text(encoding="utf-8")


# --- what may be told ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ways", "most"), [(2, 14), (3, 13), (4, 12)])
def test_who_knows_the_rule_and_every_number_told_cannot_work_out_a_small_one(ways: int, most: int) -> None:
    """All counts there can be, sorted by what is told of them: a 1 or 2 is never the only possibility."""
    names = list(Way)[:ways]
    possible: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(most), repeat=ways):
        shown, rest = tell_ways(dict(zip(names, counts, strict=True)))
        assert all(count >= SMALLEST_CELL for count in (*shown.values(), *([rest] if rest is not None else [])))
        if sum(counts) >= SMALLEST_CELL:
            possible[frozenset(shown.items()), rest, sum(counts)].append(counts)
    for group in possible.values():
        for at in range(ways):
            values = {counts[at] for counts in group}
            assert not (len(values) == 1 and 0 < min(values) < SMALLEST_CELL), group


def test_one_or_two_enterprises_that_were_not_served_are_not_told_by_the_difference(street: Project) -> None:
    assert publish(street) == 0
    assert "服务企业: 66\n" in told(street)
    files = sorted((street.root / "content/liaison/months/2026-10").glob("*.yml"))
    files[0].write_text("服务: []\n", encoding="utf-8")
    assert publish(street, "--replace") == 0
    assert "服务企业不少于: 64\n" in told(street)
    assert "服务企业: " not in told(street)
    for file in files[1:3]:
        file.write_text("服务: []\n", encoding="utf-8")
    assert publish(street, "--replace") == 0
    assert "服务企业: 63\n" in told(street)


def test_a_way_that_was_rare_is_told_with_others(street: Project) -> None:
    assert publish(street) == 0
    assert "座谈, 次数: 9}" in told(street)
    files = sorted((street.root / "content/liaison/months/2026-10").glob("*.yml"))
    forums = [file for file in files if "方式: 座谈" in file.read_text(encoding="utf-8")]
    left = 9
    for file in forums:
        text = file.read_text(encoding="utf-8")
        while "方式: 座谈" in text and left > 1:
            text, left = text.replace("方式: 座谈", "方式: 走访", 1), left - 1
        file.write_text(text, encoding="utf-8")
    assert publish(street, "--replace") == 0
    assert "座谈" not in told(street)
    assert "陪办, 次数" not in told(street), "8 times: not frequent enough beside a way that is hidden"
    assert "其他方式次数: 9\n" in told(street)
    assert not [row for row in street.check(AFTER_OCTOBER) if row.startswith("content/services/")]


def test_a_month_with_hardly_a_service_is_not_told(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in TREE.items():
        project.write(f"content/liaison/{name}", text)
    project.write("mkdocs.yml", (project.root / "mkdocs.yml").read_text(encoding="utf-8") + "extra:\n  publisher:\n    liaison: {pairs: 1}\n")
    assert publish(project) == 0
    assert "太少" in capsys.readouterr().out
    assert not (project.root / "content/services").exists()


def test_a_tally_has_no_room_for_anything_else() -> None:
    """A figure that is not on the list would be an unknown key; a name of anybody has no field."""
    own = Tally.model_fields.keys() - Tally.__mro__[1].model_fields.keys()
    sums = {"services", "by_way", "other_ways", "enterprises", "enterprises_least", "closed_percent", "cases", "delivered", "accompanied", "mean_days"}
    assert own == {"month", "shared"} | sums


# --- the proposal ----------------------------------------------------------------------------------------------------


def test_a_proposal_is_the_editors_from_then_on(street: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(street, "--month", "2026-10") == 0
    assert "已拟好" in capsys.readouterr().out
    street.edit("content/services/2026-10.yml", "2026年10月助企服务", "十月，我们为企业做了什么")
    assert publish(street, "--month", "2026-10") == 1
    assert "十月，我们" in told(street)
    assert publish(street, "--month", "2026-10", "--replace") == 0
    assert "十月，我们" not in told(street)


def test_a_month_that_is_not_over_is_not_told(street: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(street, "--month", "2026-11", as_of=AS_OF) == 2
    assert "没有过完" in capsys.readouterr().err
    assert publish(street, "--month", "2026-10", as_of="2026-10-31 23:00") == 2
    assert publish(street, "--month", "2026-10", as_of="2026-11-01 00:00") == 0


def test_the_committed_files_are_what_the_records_say() -> None:
    """Of the demo: nobody has typed a number."""
    root = ROOT / "content/services"
    assert sorted(path.name for path in root.iterdir()) == ["2026-09.yml", "2026-10.yml"]


def test_the_demo_files_follow_from_the_demo_records(street: Project) -> None:
    for month, moment in (("2026-09", "2026-10-12 09:00"), ("2026-10", AFTER_OCTOBER)):
        assert publish(street, "--month", month, as_of=moment) == 0
        committed = (ROOT / f"content/services/{month}.yml").read_text(encoding="utf-8")
        assert told(street, month) == committed.replace("助企服务（示例）", "助企服务")


# --- its pages -------------------------------------------------------------------------------------------------------


def test_the_newest_month_stands_first_whatever_was_published_last(project: Project) -> None:
    for month, published in (("2026-09", "2026-11-10"), ("2026-10", "2026-11-05")):
        text = f"标题: {month}的合计\n摘要: 合计。\n发布时间: {published}\n月份: {month}\n服务次数: {month[-2:]}1\n"
        project.write(f"content/services/{month}.yml", text)
    project.build()
    page = project.read("services/index.html")
    assert page.index("2026年10月") < page.index("2026年9月")
    assert "101次" in project.read("index.html")
    assert "091次" not in project.read("index.html")
    project.write("content/services/2026-10.yml", text.replace("服务次数: 101", "服务次数: 107")).build()
    assert "services/2026-10/index.html" in project.report.written
    assert "index.html" in project.report.written
    assert "services/2026-09/index.html" not in project.report.written


def test_what_a_month_leaves_out_is_said_to_be_left_out(project: Project) -> None:
    project.write("content/services/2026-10.yml", "标题: 合计\n摘要: 合计。\n发布时间: 2026-11-05\n月份: 2026-10\n服务次数: 138\n").build()
    page = project.read("services/index.html")
    assert page.count("<td>—</td>") == 4
    assert "少于3的数不公布" in page
    assert "办结率</li>" not in page


def test_machines_are_told_the_sums_as_a_data_set(demo: Project) -> None:
    page = demo.read("services/2026-10/index.html")
    graph = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])["@graph"]
    node = next(node for node in graph if node["@type"] == "Dataset")
    assert node["temporalCoverage"] == "2026-10"
    measured = {row["name"]: row["value"] for row in node["variableMeasured"]}
    assert measured["服务次数"] == 138
    assert measured["走访"] == 45
    assert "服务次数：138" in demo.read("services/rss.xml")


def test_each_of_the_three_questions_is_answered_in_two_clicks_from_home(demo_url: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    for clicks, answer in (
        ([".asks a:has-text('餐饮小店今年能用哪些政策')"], "[data-finder-list] .card"),
        ([".door a:has-text('政策自查')"], "main form select"),
        ([".board__column li a"], ".counterparts__reason"),
        ([".home-tally .block-head a"], ".sums strong"),
        ([".asks a:has-text('干部为企业做了什么')", ".newest h2 a"], ".bars td"),
    ):
        assert len(clicks) <= 2
        page.goto(demo_url)
        for link in clicks:
            page.locator(link).first.click()
            page.wait_for_load_state("networkidle")
        assert page.url != demo_url
        assert page.locator(answer).first.is_visible(), clicks
    page.close()
