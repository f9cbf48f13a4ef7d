"""Reports, scores and signs of the demo records: every figure is counted again from the files, and every file that was written is read back."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import html5lib
import openpyxl
import pytest
import yaml
from docx import Document
from docx.oxml.ns import qn

from publisher.liaison.document import Cell, Chart, Evidence, Paragraph, Report, Section, Table, ranges
from publisher.liaison.figures import plan_report
from publisher.liaison.figures_matters import shared_issues
from publisher.liaison.months import Month
from publisher.liaison.procedures import is_open
from publisher.liaison.reading import load_register
from publisher.liaison.records import Place, Register
from publisher.liaison.scope import Scope
from publisher.liaison.score import ForbiddenRuleError, book_of, plan_score, score
from publisher.liaison.signs import find_signs
from publisher.liaison.workdays import WorkCalendar
from publisher.liaison.writers.choice import FORMATS, writer_of
from publisher.settings import LiaisonSettings
from tests.project import ROOT

AS_OF = date(2026, 11, 23)
OCTOBER = Month(2026, 10)


@pytest.fixture(scope="module")
def register() -> Register:
    register, problems = load_register(ROOT, processes=1)
    assert problems == []
    return register


def scope_of(register: Register, month: Month = OCTOBER, unit: str = "") -> Scope:
    return Scope(register, month, unit, LiaisonSettings(), AS_OF, WorkCalendar(register.holidays))


@pytest.fixture(scope="module")
def report(register: Register) -> Report:
    return plan_report(scope_of(register))


def table(report: Report, title: str) -> Table:
    return next(block for section in report.sections for block in section.blocks if isinstance(block, Table) and block.title == title)


def cells(report: Report) -> list[Cell]:
    found: list[Cell] = []
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                found += block.parts
            elif isinstance(block, Table):
                found += [cell for row in block.rows for cell in row]
    return found


# --- figures ---------------------------------------------------------------------------------------------------------


def october() -> list[dict[str, Any]]:
    """The files of October as any YAML reader reads them."""
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "content/liaison/months/2026-10").glob("*.yml"))]


def test_services_are_counted_as_the_files_say(report: Report) -> None:
    ways = [service["方式"] for file in october() for service in file.get("服务", ())]
    counted = {row[0].value: row[1].value for row in table(report, "按方式").rows}
    assert counted == {way: ways.count(way) for way in counted}
    assert sum(counted.values()) == len(ways) > 100
    assert sum(row[2].value for row in table(report, "按单位").rows) == len(ways)


def test_reports_are_counted_as_the_files_say(report: Report) -> None:
    found = [file["月报"] for file in october() if "月报" in file]
    trends = {row[0].value: row[1].value for row in table(report, "营收同比").rows}
    assert trends == {name: sum(one["营收同比"] == name for one in found) for name in trends}
    late = sum(one["报送日期"] > date(2026, 11, 4) for one in found)
    assert late == sum(row[4].value for row in table(report, "按单位").rows) == 1
    assert sum(row[5].value for row in table(report, "按单位").rows) == 66 - len(found) == 1


def test_issues_are_counted_as_the_files_say(report: Report) -> None:
    end, finals = date(2026, 10, 31), ("销号", "无法解决")
    rows = [one for path in sorted((ROOT / "content/liaison/issues").glob("*.yml")) for one in yaml.safe_load(path.read_text(encoding="utf-8"))["问题"]]
    known = [(one, [step for step in one["经过"] if step["日期"] <= end]) for one in rows]
    known = [(one, steps) for one, steps in known if steps]
    for kind, new, still, closed, late in ([cell.value for cell in row] for row in table(report, "按类型").rows):
        mine = [(one, steps) for one, steps in known if one["类型"] == kind]
        assert new == sum(steps[0]["日期"].month == 10 for _, steps in mine)
        assert still == sum(steps[-1]["状态"] not in finals for _, steps in mine)
        assert closed == sum(steps[-1]["状态"] == "销号" and steps[-1]["日期"].month == 10 for _, steps in mine)
        assert late == sum(steps[-1]["状态"] not in finals and one["办结时限"] < end for one, steps in mine)


def test_shared_issues_are_those_of_three_enterprises_in_ninety_days(register: Register) -> None:
    scope = scope_of(register)
    found = shared_issues(scope)
    assert found
    for kind, rows in found:
        assert len({one.enterprise for one in rows}) >= 3
        assert all(one.type is kind and (scope.end - one.steps[0].day).days < 90 for one in rows)
    strict = Scope(register, OCTOBER, "", LiaisonSettings(shared_enterprises=1000), AS_OF, WorkCalendar())
    assert shared_issues(strict) == []


def test_a_month_is_told_as_it_ended_whenever_it_is_told(register: Register) -> None:
    """What happened in November changes nothing in the issues of October."""
    then = Scope(register, OCTOBER, "", LiaisonSettings(), date(2026, 10, 31), WorkCalendar())
    for title in ("按类型", "按阶段", "按责任单位", "代办单现在的状态"):
        assert [[cell.value for cell in row] for row in table(plan_report(then), title).rows] == [
            [cell.value for cell in row] for row in table(plan_report(scope_of(register)), title).rows
        ]


def test_units_add_up_to_the_whole(register: Register, report: Report) -> None:
    units = [str(row[0].value) for row in table(report, "按单位").rows]
    assert len(units) == 12
    parts = [plan_report(scope_of(register, unit=unit)) for unit in units]
    for column in (1, 2, 3, 4):
        whole = sum(row[column].value for row in table(report, "按类型").rows)
        assert sum(row[column].value for part in parts for row in table(part, "按类型").rows) == whole


def test_a_brief_has_the_parts_that_are_decided_on(register: Register) -> None:
    brief = plan_report(scope_of(register), is_brief=True)
    assert [section.title for section in brief.sections] == ["概况", "超期", "共性问题", "全年指标（双过半）"]
    assert brief.title == "亲商助企简报：2026年10月"


def test_half_of_the_year_is_told(report: Report) -> None:
    halves = [row[-1].value for row in table(report, "进度").rows]
    assert {"过半", "未过半"} == set(halves)


def test_every_figure_has_its_records(report: Report) -> None:
    """A number that is not nothing and not a rule's own links to records; counts link to as many."""
    given = {"应有", "年度目标", "时间进度", "已用工作日", "时限", "企业", "议定事项"}
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                for row in block.rows:
                    for name, cell in zip(block.head, row, strict=True):
                        if not isinstance(cell.value, str) and cell.value and name not in given:
                            assert cell.group, (block.title, name, cell)
                        if name in ("次数", "服务次数", "家数", "件数", "新登记", "在办", "本月销号", "超期", "月报迟报") and cell.group:
                            assert len(report.groups[cell.group - 1]) == cell.value
    assert {cell.group for cell in cells(report)} - {0} == set(range(1, len(report.groups) + 1))


def test_every_record_stands_where_it_is_said_to(report: Report) -> None:
    texts: dict[str, list[str]] = {}
    for row in report.records:
        lines = texts.setdefault(row.place.path, (ROOT / row.place.path).read_text(encoding="utf-8").split("\n"))
        line = lines[row.place.line - 1]
        assert line.startswith("  - ") or row.kind == "月报", (row, line)
        assert row.kind != "服务" or f"日期: {row.day}" in line


@pytest.mark.parametrize(("numbers", "runs"), [((), []), ((1,), [(1, 1)]), ((1, 2, 3, 7, 9, 10), [(1, 3), (7, 7), (9, 10)])])
def test_runs_of_numbers(numbers: tuple[int, ...], runs: list[tuple[int, int]]) -> None:
    assert ranges(numbers) == runs


# --- files -----------------------------------------------------------------------------------------------------------

HOSTILE = '=HYPERLINK("http://evil.example","x")<script>alert(1)</script>|[a](b)`*#e1'


def hostile() -> Report:
    """A report whose every text is out to break a format."""
    place = Place(f"content/liaison/{HOSTILE}.yml", 3)
    parts = (Paragraph((Cell(HOSTILE), Cell(2, 1))), Table(HOSTILE, (HOSTILE, "数"), ((Cell(HOSTILE), Cell(Decimal("12.5"), 1, True)),)))
    chart = Chart(HOSTILE, (HOSTILE, "乙"), ((HOSTILE, (1.0, 2.0)),), "次")
    records = (Evidence("服务", "2026-10-09", HOSTILE, HOSTILE, HOSTILE, place), Evidence("服务", "2026-10-10", "甲", "乙", "丙", place))
    return Report(HOSTILE, HOSTILE, (HOSTILE,), (Section("概况", (*parts, chart)),), records, ((1, 2),))


def test_markdown_links_every_figure_to_file_and_line(report: Report) -> None:
    text = writer_of("md")(report).decode()
    anchors = set(re.findall(r'<a id="([er]\d+)"></a>', text))
    used = set(re.findall(r"\]\(#([er]\d+)\)", text))
    assert used <= anchors
    assert {f"r{number}" for number in range(1, len(report.records) + 1)} <= anchors
    places = re.findall(r"`(content/liaison/[^`:]+):(\d+)`", text)
    assert len(places) == len(report.records)
    assert all((ROOT / path).is_file() for path, _ in places)


def test_html_links_lead_somewhere_and_nothing_is_loaded(report: Report) -> None:
    data = writer_of("html")(report)
    page = html5lib.parse(data.decode(), namespaceHTMLElements=False)
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    targets = {element.get("href") for element in page.iter("a")}
    assert targets <= {f"#{name}" for name in ids}
    assert not list(page.iter("script"))
    assert not re.search(rb"https?://", data)
    assert len(list(page.iter("{http://www.w3.org/2000/svg}svg")) or list(page.iter("svg"))) == sum(
        isinstance(block, Chart) for section in report.sections for block in section.blocks
    )


def test_html_shows_hostile_text_as_text() -> None:
    text = writer_of("html")(hostile()).decode()
    assert "<script" not in text
    page = html5lib.parse(text, namespaceHTMLElements=False)
    assert HOSTILE in "".join(page.itertext())


def test_word_reads_back(report: Report) -> None:
    data = writer_of("docx")(report)
    document = Document(BytesIO(data))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings == [*(section.title for section in report.sections), "依据", "记录"]
    tables = [block for section in report.sections for block in section.blocks if isinstance(block, Table) and block.rows]
    assert len(document.tables) == len(tables)
    for drawn, planned in zip(document.tables, tables, strict=True):
        assert [_words(cell) for cell in drawn.rows[0].cells] == list(planned.head)
        assert [[_words(cell) for cell in row.cells] for row in drawn.rows[1:]] == [[cell.text for cell in row] for row in planned.rows]
    body = document.element.body
    marks = {one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))}
    links = {one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))}
    assert links <= marks
    assert {f"r{number}" for number in range(1, len(report.records) + 1)} <= marks


def _words(cell: Any) -> str:
    return "".join(one.text or "" for one in cell._tc.iter(qn("w:t")))


def test_word_charts_are_native_and_hold_the_numbers(report: Report) -> None:
    charts = [block for section in report.sections for block in section.blocks if isinstance(block, Chart)]
    with ZipFile(BytesIO(writer_of("docx")(report))) as package:
        assert package.testzip() is None
        for number, chart in enumerate(charts, 1):
            part = package.read(f"word/charts/chart{number}.xml").decode()
            values = [float(value) for value in re.findall(r"<c:v>([0-9.e+-]+)</c:v>", part.split("<c:val>", 1)[1].split("</c:val>")[0])]
            assert values == list(chart.series[0][1])
            sheet = openpyxl.load_workbook(BytesIO(package.read(f"word/embeddings/chart{number}.xlsx"))).active
            assert sheet is not None
            assert [cell.value for cell in sheet["A"][1:]] == list(chart.labels)
        types = package.read("[Content_Types].xml").decode()
        assert types.count("drawingml.chart+xml") == len(charts)
        assert package.read("word/document.xml").decode().count("<c:chart ") == len(charts)


def test_word_shows_hostile_text_as_text() -> None:
    document = Document(BytesIO(writer_of("docx")(hostile())))
    assert document.paragraphs[0].text == HOSTILE
    assert HOSTILE in _words(document.tables[0].rows[1].cells[0])


def test_excel_reads_back(report: Report) -> None:
    book = openpyxl.load_workbook(BytesIO(writer_of("xlsx")(report)))
    assert book.sheetnames == [*(section.title for section in report.sections), "依据"]
    basis = list(book["依据"].iter_rows(min_row=2, values_only=True))
    assert len(basis) == sum(map(len, report.groups))
    assert [row[1] for row in basis if row[0] == 2] == list(report.groups[1])
    sheet = book["服务"]
    rows = {row[0].value: row for row in reversed(list(sheet.iter_rows(min_row=1, max_row=30)))}
    for way, count, share in table(report, "按方式").rows:
        drawn = rows[way.value]
        assert drawn[1].value == count.value
        assert drawn[2].value == pytest.approx(float(share.value) / 100)
        assert drawn[2].number_format == "0.0%"
        if count.group:
            row = int(drawn[1].hyperlink.location.rpartition("!A")[2])
            assert basis[row - 2][0] == count.group
            assert row == 2 or basis[row - 3][0] == count.group - 1
    charts = sum(isinstance(block, Chart) for section in report.sections for block in section.blocks)
    assert sum(len(sheet._charts) for sheet in book) == charts


def test_excel_takes_no_text_for_a_formula() -> None:
    book = openpyxl.load_workbook(BytesIO(writer_of("xlsx")(hostile())))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value and str(cell.value).startswith("=HYPERLINK")]
    assert len(found) >= 4
    assert all(cell.data_type == "s" for cell in found)


@pytest.mark.parametrize("name", FORMATS)
def test_a_register_without_records_makes_a_report(name: str) -> None:
    assert writer_of(name)(plan_report(scope_of(Register())))


# --- scores and signs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("month", [Month(2026, 8), Month(2026, 9), OCTOBER])
def test_every_point_is_traceable_and_they_add_up(register: Register, month: Month) -> None:
    book = book_of(register.books, month)
    assert book is not None
    standings = score(scope_of(register, month), book)
    assert len(standings) == 66
    assert any(one.points for one in standings)
    for one in standings:
        assert one.total == book.total + sum(point.amount for point in one.points)
        for point in one.points:
            assert point.event.records, point
            assert point.rule in book.rules
            assert (point.amount >= 0) == point.rule.adds or point.amount == 0
        for rule in book.rules:
            used = sum(abs(point.amount) for point in one.points if point.rule is rule)
            assert rule.most is None or used <= rule.most


def test_points_follow_the_records(register: Register) -> None:
    book = book_of(register.books, OCTOBER)
    assert book is not None
    scope = scope_of(register)
    found = {one.officer: one for one in score(scope, book)}
    short = [row for row in scope.duties if row.missing]
    assert short
    for row in short:
        officer = register.officer_on(row.enterprise.id, scope.end)
        taken = [point for point in found[officer or ""].points if point.rule.name == "每月服务不少于两次"]
        assert [point.amount for point in taken] == [-2 * row.missing]


def test_a_running_month_takes_no_points_for_what_may_still_come(register: Register) -> None:
    book = book_of(register.books, Month(2026, 11))
    assert book is not None
    standings = score(scope_of(register, Month(2026, 11)), book)
    assert not [point for one in standings for point in one.points if point.rule.name == "每月服务不少于两次"]


def test_a_forbidden_rule_is_refused(register: Register) -> None:
    book = book_of(register.books, OCTOBER)
    assert book is not None
    bad = book._replace(rules=(book.rules[0]._replace(name="个体工商户年报率"),))
    with pytest.raises(ForbiddenRuleError, match="第三十二条"):
        score(scope_of(register), bad)


def test_signs_are_shown_for_a_person_and_cost_nothing(register: Register) -> None:
    scope, book = scope_of(register), book_of(register.books, OCTOBER)
    assert book is not None
    signs = find_signs(scope)
    assert {"内容雷同", "整月只有电话"} <= {sign.kind for sign in signs}
    others = [sign.kind for month in (Month(2026, 9), Month(2026, 11)) for sign in find_signs(scope_of(register, month))]
    assert {"同一天记两次", "多次转办", "没有进展"} <= set(others)
    assert all(sign.records for sign in signs)
    copied = {sign.officer for sign in signs if sign.kind == "内容雷同"}
    assert copied == {"gb-005", "gb-027", "gb-049"}
    assert not {point.event.words for one in score(scope, book) for point in one.points} & {sign.words for sign in signs if sign.kind == "内容雷同"}
    assert "请人看一看" in [section.title for section in plan_score(scope, book).sections]


def test_passing_on_is_counted_only_while_it_is_open(register: Register) -> None:
    scope = scope_of(register, Month(2026, 11))
    (sign,) = [sign for sign in find_signs(scope) if sign.kind == "多次转办"]
    assert is_open(sign.records[0], scope.end)  # type: ignore[arg-type]
