"""Every problem code has a case: a bad snippet, and every problem of its tree with its exact place.

``tests/problems/<code>.case`` holds several files, each after a line ``=== path``, and last ``=== expect DAY`` with the exact
lines ``path:line:column [code]``. A path with ``(a picture)`` behind it is made here. What text cannot hold is tested below.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from publisher import linkcheck, markup
from publisher.cli import main
from publisher.clock import read_as_of
from publisher.content.source import MAX_BYTES
from publisher.engine.prepare import Prepared, prepare
from publisher.liaison.checks import check_liaison
from publisher.linkcheck import ask_all, check_links
from publisher.problems import CODES, Problem, Severity, Span
from publisher.problems.order import sort_problems
from publisher.problems.output import format_github, format_text, to_json

FOLDER = Path(__file__).parent / "problems"
CASES = sorted(FOLDER.glob("*.case"))
MKDOCS = "site_name: 西一路智慧街区\nsite_url: https://example.com/\n"
AS_OF = read_as_of("2026-11-23")
NEWS = "---\n标题: 西一便利店开业（示例）\n摘要: 主营日用百货和热饮。\n发布时间: 2026-11-20 09:30\n类型: 开业\n---\n\n每天7点开门。\n"

#: Codes that no text can provoke, and the tests that do.
IN_PYTHON = {
    "not-utf8": "test_bytes_that_are_not_utf8_are_reported_where_they_stand",
    "file-too-large": "test_a_file_over_the_limit_is_not_read",
    "unreadable-file": "test_a_link_that_leads_nowhere_is_unreadable",
    "dead-link": "test_links_are_reported_where_they_stand",
    "unreached-link": "test_links_are_reported_where_they_stand",
    "moved-link": "test_links_are_reported_where_they_stand",
    "tag-with-subscribers": "test_a_tag_that_subscribers_chose_is_missed",
}


def _image(kind: str, exif: dict[int, dict[int, object]]) -> bytes:
    out, data = BytesIO(), Image.Exif()
    for ifd, rows in exif.items():
        data.get_ifd(ifd).update(rows)
    Image.new("RGB", (8, 6), "red").save(out, kind, exif=data)
    return out.getvalue()


PICTURES = {
    "a picture": _image("PNG", {}),
    "a photograph": _image("JPEG", {0x8769: {0x9003: "2026:11:20 09:30:00"}}),
    "a photograph with GPS": _image("JPEG", {0x8825: {1: "N", 2: (34.0, 16.0, 0.0), 3: "E", 4: (108.0, 57.0, 0.0)}}),
}


def write_case(case: Path, root: Path) -> tuple[str, list[str]]:
    """Write the files of a case; give its day and the problems it expects."""
    text = case.read_bytes().decode()
    parts = re.split(r"^=== (.+)\n", text, flags=re.MULTILINE)
    assert parts[0] == "", f"{case.name} begins with a line ==="
    files = dict(zip(parts[1::2], parts[2::2], strict=True))
    *_, last = files
    expected = files.pop(last).splitlines()
    for name, content in ({"mkdocs.yml": MKDOCS} | files).items():
        path, _, picture = name.partition(" (")
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(PICTURES[picture.rstrip(")")] if picture else content.encode())
    assert last.startswith("expect ")
    return last.removeprefix("expect "), expected


def run(case: str, root: Path) -> Prepared:
    day, _ = write_case(FOLDER / f"{case}.case", root)
    return prepare(root, read_as_of(day))


def shown(problems: list[Problem]) -> list[str]:
    return [f"{problem.span} [{problem.code}]" for problem in problems]


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in ({"mkdocs.yml": MKDOCS, "content/pages/.keep": ""} | files).items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def check(root: Path, files: dict[str, str | bytes]) -> list[Problem]:
    return prepare(write(root, files), AS_OF).problems


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_case_has_exactly_its_problems(case: Path, tmp_path: Path) -> None:
    day, expected = write_case(case, tmp_path)
    prepared = prepare(tmp_path, read_as_of(day))
    problems = sort_problems([*prepared.problems, *check_liaison(tmp_path, prepared.settings.liaison, prepared.as_of.date())])
    assert shown(problems) == expected
    for problem in problems:
        for lang in ("zh", "en"):
            words = [problem.message(lang), problem.mend(lang)]
            assert all(words), problem.code
            assert not re.search(r"\{\w*\}|None", " ".join(words)), words
        json.dumps(to_json([problem]))
    assert bool(prepared.artifacts) != any(problem.is_error for problem in prepared.problems)


def test_every_code_has_a_case() -> None:
    cases = {case.stem for case in CASES}
    assert cases - {"no-problem"} == set(CODES) - set(IN_PYTHON)
    assert all(callable(globals().get(test)) for test in IN_PYTHON.values())


@pytest.mark.parametrize("case", [case for case in CASES if case.stem != "no-problem"], ids=lambda case: case.stem)
def test_a_case_shows_the_code_it_is_named_after(case: Path) -> None:
    assert f"[{case.stem}]" in case.read_text(encoding="utf-8")


# --- what text cannot hold ---------------------------------------------------------------------------------------------------


def test_bytes_that_are_not_utf8_are_reported_where_they_stand(tmp_path: Path) -> None:
    problems = check(tmp_path, {"content/news/a.md": NEWS.encode()[:10] + b"\xff", "content/news/b.md": NEWS.encode("gb18030")})
    assert shown(problems) == ["content/news/a.md:2:3 [not-utf8]", "content/news/b.md:2:1 [not-utf8]"]
    assert problems[0].message() == "文件不是 UTF-8 编码，第 10 个字节起读不出来。"


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    fill = NEWS + "字" * ((MAX_BYTES - len(NEWS.encode())) // 3)
    fill += "." * (MAX_BYTES - len(fill.encode()))
    problems = check(tmp_path, {"content/news/a.md": fill + ".", "content/news/b.md": fill, "content/news/big.png": b"\0" * (2 * MAX_BYTES + 1)})
    assert shown(problems) == ["content/news/a.md:1:1 [file-too-large]", "content/news/big.png:1:1 [file-too-large]"]
    assert problems[0].message("en") == "The file is 4.0 MB, over the limit of 4 MB, and was not read."


def test_a_link_that_leads_nowhere_is_unreadable(tmp_path: Path) -> None:
    write(tmp_path, {"content/news/b.md": NEWS})
    (tmp_path / "content/news/a.md").symlink_to("b2.md")
    (tmp_path / "content/news/c.png").symlink_to("c2.png")
    assert shown(prepare(tmp_path, AS_OF).problems) == ["content/news/a.md:1:1 [unreadable-file]", "content/news/c.png:1:1 [unreadable-file]"]


def test_a_link_out_of_the_content_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"content/news/b.md": NEWS, "secret.md": NEWS, "secret.png": PICTURES["a picture"], "secrets/c.md": NEWS})
    (tmp_path / "content/news/a.md").symlink_to(tmp_path / "secret.md")
    (tmp_path / "content/news/c.png").symlink_to("../../secret.png")
    (tmp_path / "content/pages/within.md").symlink_to("../news/b.md")
    prepared = prepare(tmp_path, AS_OF)
    assert shown(prepared.problems)[:2] == ["content/news/a.md:1:1 [link-leaves-content]", "content/news/c.png:1:1 [link-leaves-content]"]
    assert "c.png" not in "".join(prepared.library.images)


def test_a_link_to_a_folder_outside_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"secrets/c.md": NEWS})
    (tmp_path / "content/news").mkdir()
    (tmp_path / "content/news/more").symlink_to(tmp_path / "secrets")
    prepared = prepare(tmp_path, AS_OF)
    assert shown(prepared.problems) == ["content/news/more:1:1 [link-leaves-content]"]
    assert prepared.library.entries == ()


# --- what a problem says -----------------------------------------------------------------------------------------------------


def test_text_output_has_place_line_caret_and_mend(tmp_path: Path) -> None:
    problems = run("phone-number", tmp_path).problems
    assert format_text(problems, "zh") == (
        "content/news/kaiye.md:3:9: 错误 [phone-number] 公开的文字里有手机号“138****0000”。\n"
        "  3 | 摘要: 咨询请打*** **** ****，随时恭候。\n"
        "    |               ^^^^^^^^^^^^^\n"
        "  改法：删掉；联系方式写在“联系”里，由平台转达。\n"
        "\n"
        "content/news/kaiye.md:8:4: 错误 [phone-number] 公开的文字里有手机号“138****0001”。\n"
        "  8 | 订货打***********，座机029-00000000不算，`***********`写成代码也一样，13800000.002不算。\n"
        "    |       ^^^^^^^^^^^\n"
        "  改法：删掉；联系方式写在“联系”里，由平台转达。\n"
        "\n"
        "content/news/kaiye.md:8:34: 错误 [phone-number] 公开的文字里有手机号“138****0002”。\n"
        "  8 | 订货打***********，座机029-00000000不算，`***********`写成代码也一样，13800000.002不算。\n"
        "    |                                           ^^^^^^^^^^^\n"
        "  改法：删掉；联系方式写在“联系”里，由平台转达。\n"
        "\n"
        "共 3 处错误，0 处提醒"
    )


@pytest.mark.parametrize(
    ("case", "secrets"), [("phone-number", ["138 0000 0000", "13800000001"]), ("identity-number", ["11010519491231002"]), ("card-number", ["622202000000000"])]
)
def test_no_output_repeats_a_personal_number(tmp_path: Path, case: str, secrets: list[str]) -> None:
    problems = [problem for problem in run(case, tmp_path).problems if problem.code == case]
    outputs = [write_out(problems) for write_out in (lambda p: format_text(p, "zh"), lambda p: format_text(p, "en"), lambda p: format_github(p, "zh"))]
    written = "\n".join([*outputs, json.dumps(to_json(problems))])
    assert problems
    assert not [secret for secret in secrets if secret in written]


def test_text_output_in_english(tmp_path: Path) -> None:
    assert format_text(run("full-width-indent", tmp_path).problems, "en") == (
        "content/guides/bs-sheli.md:11:1: error [full-width-indent] Line 11 is indented with full-width spaces.\n"
        "  11 | 　　- 有经营场所\n"
        "     | ^^\n"
        "  mend: Use ordinary spaces, two a level.\n"
        "\n"
        "1 error(s), 0 warning(s)"
    )


def test_text_output_without_problems() -> None:
    assert (format_text([], "zh"), format_text([], "en")) == ("没有发现问题", "0 error(s), 0 warning(s)")


def test_text_output_shows_a_window_of_a_long_line() -> None:
    line = "甲" * 200 + "错" + "乙" * 200
    shown_line, caret = format_text([Problem("raw-html", Span("a.md", 7, 201), {"value": "错"}, line)], "zh").split("\n")[1:3]
    assert shown_line == "  7 | …" + "甲" * 59 + "错" + "乙" * 60 + "…"
    assert caret == "    | " + " " * (1 + 2 * 59) + "^^"


def test_json_output(tmp_path: Path) -> None:
    assert to_json(run("fee-unexplained", tmp_path).problems) == [
        {
            "path": "content/guides/bs-sheli.md",
            "line": 17,
            "column": 7,
            "length": 1,
            "code": "fee-unexplained",
            "severity": "error",
            "message": {"zh": "收费的事项要写“收费标准”。", "en": "A matter with a fee states the fee."},
            "mend": {"zh": "写明标准和依据。", "en": "State it with its basis."},
            "source": "是否收费: 是",
        }
    ]


def test_github_output(tmp_path: Path) -> None:
    assert format_github(run("unknown-tag", tmp_path).problems, "zh") == (
        "::warning file=content/news/kaiye.md,line=5,col=10,title=unknown-tag::"
        "标签表里没有“个体工商”。 是不是“个体工商户”？用已有的标签，或先加到 content/taxonomy/tags.yml。"
    )
    awkward = Problem("bad-url", Span("content/a,b:c%.md", 3, 4), {"field": "网站", "value": "100%\r\n::error::"}, "")
    assert format_github([awkward], "en") == (
        "::error file=content/a%2Cb%3Ac%25.md,line=3,col=4,title=bad-url::"
        "“100%25%0D%0A::error::” in “网站” is not a full web address. Begin with https:// and write it in full."
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "guess"),
    [
        ("类型: 开业", "类形: 开业", "unknown-key", "类型"),
        ("类型: 开业", "tipe: 开业", "unknown-key", "type"),
        ("类型: 开业", "发布日期: 2026-11-20", "unknown-key", "发布时间"),
        ("类型: 开业", "类型: 开张", "unknown-value", "开业"),
        ("类型: 开业", "类型: 促销", "unknown-value", "促销活动"),
        ("类型: 开业", "类型: 开业\n来源: {类型: 转栽, 名称: 日报}", "unknown-value", "转载"),
        ("类型: 开业", "类型: 开业\n区划: 新成区", "bad-district", "新城区"),
        ("类型: 开业", "类型: 开业\n行业: [零受业]", "bad-industry", "零售业"),
    ],
)
def test_a_near_miss_is_guessed(tmp_path: Path, old: str, new: str, code: str, guess: str) -> None:
    problem = next(problem for problem in check(tmp_path, {"content/news/a.md": NEWS.replace(old, new)}) if problem.code == code)
    assert problem.mend().startswith(f"是不是“{guess}”？")
    assert problem.mend("en").startswith(f"Did you mean “{guess}”? ")


def test_what_resembles_nothing_is_not_guessed(tmp_path: Path) -> None:
    problems = check(tmp_path, {"content/news/a.md": NEWS.replace("类型: 开业", "天气: 晴\n类型: 拾金不昧")})
    assert [problem.code for problem in problems] == ["unknown-key", "unknown-value"]
    assert not any(problem.context.get("guess") for problem in problems)


def test_a_denial_is_not_guessed_to_be_a_yes(tmp_path: Path) -> None:
    (problem,) = check(tmp_path, {"content/news/a.md": NEWS.replace("类型: 开业", "类型: 开业\n广告: 不是")})
    assert problem.code == "unknown-value"
    assert problem.context.get("guess") != "是"


@pytest.mark.parametrize(
    ("mkdocs", "place"),
    [
        ("site_url: https://example.com/\n", "mkdocs.yml:1:1"),
        ("site_name: 街区\n", "mkdocs.yml:1:1"),
        ("site_name: 街区\nsite_url: example.com\n", "mkdocs.yml:2:11"),
        (MKDOCS + "extra:\n  publisher:\n    founded: 去年\n", "mkdocs.yml:5:14"),
        (MKDOCS + "extra:\n  publisher:\n    icp_number: 陕ICP备1号\n", "mkdocs.yml:5:17"),
        (MKDOCS + "extra:\n  publisher: {mail: {list_id: 列表}}\n", "mkdocs.yml:4:31"),
    ],
)
def test_a_bad_setting_is_reported_at_its_place(tmp_path: Path, mkdocs: str, place: str) -> None:
    problems = check(tmp_path, {"mkdocs.yml": mkdocs})
    assert shown(problems) == [f"{place} [bad-setting]"]


def test_settings_that_are_not_yaml(tmp_path: Path) -> None:
    assert shown(check(tmp_path, {"mkdocs.yml": MKDOCS + "theme: a: b\n"})) == ["mkdocs.yml:3:9 [yaml-syntax]"]


# --- places that are easy to get wrong ---------------------------------------------------------------------------------------


def places_of(root: Path, text: str, code: str, name: str = "content/news/a.md", more: dict[str, str | bytes] | None = None) -> list[str]:
    """Where a code is reported for one file, as line:column."""
    problems = check(root, {name: text} | (more or {}))
    return [f"{problem.span.line}:{problem.span.column}" for problem in problems if problem.code == code]


def test_columns_count_characters(tmp_path: Path) -> None:
    text = NEWS.replace("标题: 西一便利店", "标题: 🏮𠮷野家西一 最佳")
    assert places_of(tmp_path, text, "advertising-superlative") == ["2:12"]


def test_a_sign_in_a_field_is_found_where_the_rule_met_it(tmp_path: Path) -> None:
    text = NEWS.replace("主营日用百货和热饮。", "月售1,000件,多为热饮。")
    assert places_of(tmp_path, text, "half-width-punctuation") == ["3:13"]


def test_every_occurrence_in_a_field_is_reported(tmp_path: Path) -> None:
    text = NEWS.replace("主营日用百货和热饮。", "最佳选址，最佳服务。")
    assert places_of(tmp_path, text, "advertising-superlative") == ["3:5", "3:10"]


def test_words_in_a_folded_field_are_found_in_their_line(tmp_path: Path) -> None:
    text = NEWS.replace("摘要: 主营日用百货和热饮。", "摘要: >-\n  主营日用百货\n  和最佳热饮。")
    assert places_of(tmp_path, text, "advertising-superlative") == ["5:4"]


def test_a_heading_is_found_though_another_contains_its_words(tmp_path: Path) -> None:
    assert places_of(tmp_path, NEWS + "\n## 简介\n\n# 简介\n", "heading-one") == ["12:1"]


@pytest.mark.parametrize("heading", ["# **营业**时间", "#   营业时间", "营业时间\n===", "# [营业时间](a.md)"])
def test_a_heading_is_found_however_it_is_written(tmp_path: Path, heading: str) -> None:
    assert places_of(tmp_path, f"{NEWS}\n{heading}\n", "heading-one") == ["10:1"]


LISTING = (
    "标题: 求购无线网络（示例）\n摘要: 含安装。\n发布时间: 2026-11-19 10:00\n类型: 需求\n领域: 通信\n详情: |\n  {}\n"
    "有效期: 2027-02-28\n发布主体: qy-a\n主体核验: 未核验\n"
)
SHOP = '名称: 如意食集（示例）\n摘要: 小馆。\n发布时间: 2026-08-01\n主体类型: 企业\n行业: ["62"]\n街路: 西一路\n'


@pytest.mark.parametrize(
    ("words", "code", "column"),
    [
        ("见[附件](fujian.md)。", "broken-link", 4),
        ("见[附件](javascript:x)。", "unsafe-link", 4),
        ("图![街景](jie.png)。", "missing-image", 4),
        ("图![街景](https://example.com/jie.png)。", "remote-image", 4),
        ("换行<br>。", "raw-html", 5),
        ("# 要求", "heading-one", 3),
        ("见https://example.com/a看看。", "bare-url", 4),
    ],
)
def test_markdown_in_a_field_is_held_to_the_rules_of_bodies(tmp_path: Path, words: str, code: str, column: int) -> None:
    more: dict[str, str | bytes] = {"content/enterprises/qy-a.yml": SHOP}
    assert places_of(tmp_path, LISTING.format(words), code, "content/matchmaking/gx.yml", more) == [f"7:{column}"]


def test_the_caret_of_a_link_stands_under_the_link(tmp_path: Path) -> None:
    """The marked characters are the target or the whole link, not as many characters of the words before it."""
    (problem,) = check(tmp_path, {"content/news/a.md": NEWS.replace("每天7点开门。", "详见[开业的全部通知](kaiye.md)。")})
    start = problem.span.column - 1
    assert problem.source_line[start : start + problem.span.length] in ("kaiye.md", "[开业的全部通知](kaiye.md)")


def test_an_unclosed_quote_is_reported_where_it_opens(tmp_path: Path) -> None:
    text = NEWS.replace("摘要: 主", '摘要: "主')
    assert places_of(tmp_path, text, "yaml-syntax") == ["3:5"]


def test_an_innocent_colon_is_not_blamed_for_another_mistake(tmp_path: Path) -> None:
    text = NEWS.replace("类型: 开业", "优惠说明: |\n  服务：打印\n  时间:9点\n类型: @开业")
    assert shown(check(tmp_path, {"content/news/a.md": text})) == ["content/news/a.md:8:5 [yaml-syntax]"]


@pytest.mark.parametrize("indent", ["　　", "　"])
def test_keys_indented_with_full_width_spaces_are_reported(tmp_path: Path, indent: str) -> None:
    text = NEWS.replace("类型: 开业", f"来源:\n{indent}名称: 西安日报\n{indent}链接: https://example.com/")
    codes = [problem.code for problem in check(tmp_path, {"content/news/a.md": text})]
    assert "full-width-indent" in codes


@pytest.mark.parametrize(("start", "end", "is_reversed"), [("2026-11-25", "2026-11-24", True), ("2026-11-25", "2026-11-25", False)])
def test_a_period_that_ends_the_day_before_it_begins_is_reversed(tmp_path: Path, start: str, end: str, is_reversed: bool) -> None:
    text = NEWS.replace("类型: 开业", f"类型: 开业\n起止时间: {{起: {start}, 止: {end}}}")
    assert places_of(tmp_path, text, "reversed-times") == (["6:26"] if is_reversed else [])


def test_reversed_times_are_shown_as_written(tmp_path: Path) -> None:
    text = NEWS.replace("类型: 开业", "类型: 开业\n有效期至: 2026-11-18")
    (problem,) = check(tmp_path, {"content/news/a.md": text})
    assert problem.message() == "“有效期至”（2026-11-18）早于“发布时间”（2026-11-20 09:30）。"


@pytest.mark.parametrize("published", ["2026-11-01", "2026-11-01 10:00", "2026-11-01 23:59"])
@pytest.mark.parametrize(("end", "is_too_long"), [("2027-04-30", False), ("2027-05-01", True)])
def test_a_listing_may_last_as_long_as_the_mend_says(tmp_path: Path, published: str, end: str, is_too_long: bool) -> None:
    text = LISTING.format("三层楼。").replace("2026-11-19 10:00", published).replace("2027-02-28", end)
    problems = check(tmp_path, {"content/matchmaking/gx.yml": text, "content/enterprises/qy-a.yml": SHOP})
    assert [problem.code for problem in problems] == (["listing-too-long"] if is_too_long else [])
    assert all(problem.context["fixed"] == "2027-04-30" and problem.context["days"] == 181 for problem in problems)


def test_a_tag_is_named_as_written_and_reported_once(tmp_path: Path) -> None:
    tags = [problem for problem in run("yaml-tag", tmp_path).problems if problem.code == "yaml-tag"]
    assert [problem.context["value"] for problem in tags] == ["!!int", "!!str", "!street", "!!python/object/apply:os.system"]


def test_a_closing_tag_alone_is_reported(tmp_path: Path) -> None:
    assert places_of(tmp_path, NEWS.replace("开门。", "开门。</font>"), "raw-html") == ["8:8"]


def test_one_wrong_document_number_is_one_problem(tmp_path: Path) -> None:
    problems = run("document-number", tmp_path).problems
    assert sum(problem.span.path.startswith("content/policies/") and problem.span.line == 6 for problem in problems) == 1


def test_warnings_do_not_stop_a_build_and_errors_do(tmp_path: Path) -> None:
    for name, code in CODES.items():
        if (FOLDER / f"{name}.case").exists():
            prepared = run(name, tmp_path / name)
            if {problem.code for problem in prepared.problems} == {name}:
                assert bool(prepared.artifacts) == (code.severity is Severity.WARNING), name


EDITION = "标题: 西一路一周\n起: 2026-11-16\n止: 2026-11-23\n导语: |\n  {}\n"


@pytest.mark.parametrize(
    ("words", "code", "column"),
    [
        ("订货打13800000000。", "phone-number", 6),
        ("见[附件](fujian.md)。", "broken-link", 4),
        ("图![街景](jie.png)。", "missing-image", 4),
        ("换行<br>。", "raw-html", 5),
        ("见[坏的](javascript:x)。", "unsafe-link", 4),
    ],
)
def test_the_words_of_an_edition_are_held_to_the_rules_of_entries(tmp_path: Path, words: str, code: str, column: int) -> None:
    """They go out by mail, where nothing can be taken back."""
    assert places_of(tmp_path, EDITION.format(words), code, "content/editions/2026-w47.yml") == [f"5:{column}"]


@pytest.mark.parametrize("name", ["周报", "2026 w47"])
def test_the_name_of_an_edition_must_do_for_an_address(tmp_path: Path, name: str) -> None:
    path = f"content/editions/{name}.yml"
    assert shown(check(tmp_path, {path: EDITION.format("导语")})) == [f"{path}:1:1 [bad-id]"]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("每天7点", "打+8613800000000，每天7点", "8:5"),
        ("每天7点", "打[这里](tel:13800000000)，每天7点", "8:11"),
        ("类型: 开业", '类型: 开业\n标签: [开业, "13800000000"]', "6:11"),
        ("类型: 开业", "类型: 开业\n作者: 张先生13800000000", "6:8"),
    ],
)
def test_a_mobile_number_is_found_wherever_readers_see_it(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert places_of(tmp_path, NEWS.replace(old, new), "phone-number") == [place]


@pytest.mark.parametrize("key", ["公开电话", "成立日期", "电话13800000000"])
def test_no_message_repeats_a_mobile_number_in_the_wrong_place(tmp_path: Path, key: str) -> None:
    problems = check(tmp_path, {"content/enterprises/qy-a.yml": f"{SHOP}{key}: 13800000000\n"})
    assert len(problems) == 1
    assert "13800000000" not in format_text(problems, "zh") + format_github(problems, "en") + json.dumps(to_json(problems))


@pytest.mark.parametrize(
    "written", ["91990000ma0da0011b", "91990000-MA0DA0011B", "91990000 MA0DA0011B", "９1990000MA0DA0011B", "91990000MA0DA0011", "91990000MA0DA0011BB"]
)
def test_a_credit_code_in_another_form_is_called_by_its_name(tmp_path: Path, written: str) -> None:
    problems = check(tmp_path, {"content/enterprises/qy-a.yml": f'{SHOP}统一社会信用代码: "{written}"\n'})
    assert shown(problems) == ["content/enterprises/qy-a.yml:7:11 [bad-credit-code]"]


EVENT = (
    "---\n标题: 政策宣讲（示例）\n摘要: 讲起征点。\n发布时间: 2026-11-18\n类型: 政策宣讲\n开始时间: 2026-12-08 14:30\n结束时间: 2026-12-08 16:30\n"
    "地点: 线上\n主办: 街区\n报名: {{方式: 转达, 截止: {}}}\n---\n"
)


@pytest.mark.parametrize(("deadline", "is_reversed"), [("2026-12-08", False), ("2026-12-08 12:00", False), ("2026-12-09", True)])
def test_signing_up_may_end_on_the_day_of_the_event(tmp_path: Path, deadline: str, is_reversed: bool) -> None:
    codes = [problem.code for problem in check(tmp_path, {"content/events/hd.md": EVENT.format(deadline)})]
    assert codes == (["reversed-times"] if is_reversed else [])


def test_html_that_is_shown_is_not_reported(tmp_path: Path) -> None:
    """Indented code and escaped brackets are shown as they stand; only what vanishes is a problem."""
    text = NEWS + "\n    <div>\n\n写作\\<br>的标签\n\n- 一\n\n      <i>\n\n这里<b>不显示\n"
    assert places_of(tmp_path, text, "raw-html") == ["18:3"]


def test_places_are_asked_for_once_however_much_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a page with a thousand broken links takes a thousand times as long as a page with one."""
    calls: list[int] = []
    real = markup.comrak.render_markdown
    monkeypatch.setattr(markup.comrak, "render_markdown", lambda *words: (calls.append(1), real(*words))[1])
    counts = []
    for number in (2, 40):
        calls.clear()
        body = "".join(f"[甲](a{row}.md)\n" for row in range(number))
        assert len(check(tmp_path / str(number), {"content/news/a.md": NEWS + body})) == number
        counts.append(len(calls))
    assert counts[0] == counts[1]


def test_a_tag_that_subscribers_chose_is_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the command asks the database; more of it is in test_subscribers_cli.py."""
    tags = "标签:\n  - {名称: 税收, 网址名: tax}\n  - {名称: 用电, 网址名: power}\n"
    write(tmp_path, {"mkdocs.yml": MKDOCS, "content/news/a.md": NEWS, "content/taxonomy/tags.yml": tags})
    assert main(["subscribers", "add", "a@qq.com", "--origin", "x", "--tag", "tax", "--root", str(tmp_path)]) == 0
    write(tmp_path, {"content/taxonomy/tags.yml": tags.replace("税收", "财税")})
    capsys.readouterr()
    assert main(["check", "--root", str(tmp_path), "--as-of", "2026-11-23", "--lang", "en"]) == 1
    told = "content/taxonomy/tags.yml:1:1: error [tag-with-subscribers] There is no tag “税收” any more, and 1 subscriber(s) chose it."
    assert told in capsys.readouterr().out


# --- links asked over the network ---------------------------------------------------------------------------------------------


class _Server(BaseHTTPRequestHandler):
    """Answers by the first part of the path and counts what it was asked."""

    asked: list[str]

    def do_HEAD(self) -> None:
        type(self).asked.append(f"{self.command} {self.path}")
        what = self.path.split("/")[1]
        if what == "slow":
            time.sleep(3)
        if what == "getonly":
            status = 405 if self.command == "HEAD" else 200
        else:
            status = int(what) if what.isdigit() else 200
        self.send_response(status)
        if status in (301, 302, 308):
            to = {"loop": self.path, "gone": "/404/x", "bad": "http://["}.get(self.path.split("/")[2], "/200/new")
            self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *words: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    """The address of a local server and the list of what it is asked; nothing here leaves this machine."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(linkcheck, "_PACE", 0.0)
    monkeypatch.setattr(linkcheck, "_TIMEOUT", (1.5, 1.5))
    handler = type("Handler", (_Server,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", handler.asked
        http.shutdown()
        thread.join()


@pytest.fixture
def closed(server: tuple[str, list[str]]) -> str:
    """An address on which nobody listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as http:
        return f"http://127.0.0.1:{http.server_port}"


def test_what_servers_answer(server: tuple[str, list[str]], closed: str) -> None:
    base, asked = server
    answers = ask_all(
        [*(f"{base}/{path}" for path in ("200/a", "404/a", "410/a", "301/a", "302/a", "301/gone", "301/loop", "500/a", "429/a", "slow/a", "getonly/a")), closed]
    )
    outcomes = {url.removeprefix(base): answer.outcome for url, answer in answers.items()}
    assert outcomes == {
        "/200/a": "fine",
        "/404/a": "broken",
        "/410/a": "broken",
        "/301/a": "moved",
        "/302/a": "fine",
        "/301/gone": "broken",
        "/301/loop": "broken",
        "/500/a": "unreached",
        "/429/a": "unreached",
        "/slow/a": "unreached",
        "/getonly/a": "fine",
        closed: "unreached",
    }
    assert answers[f"{base}/301/a"].target == f"{base}/200/new"
    assert answers[f"{base}/404/a"].detail == "HTTP 404"
    assert [row for row in asked if row.endswith("/200/a")] == ["HEAD /200/a"]
    assert [row for row in asked if row.endswith("/404/a")] == ["HEAD /404/a", "GET /404/a"]


@pytest.mark.parametrize("url", ["http://" + "a" * 64 + ".invalid/", "http://127.0.0.1:99999/", "http://a..b/"])
def test_an_address_that_cannot_be_asked_is_no_crash(server: tuple[str, list[str]], url: str) -> None:
    assert ask_all([url])[url].outcome in ("unreached", "broken")


def test_a_redirect_to_nonsense_is_no_crash(server: tuple[str, list[str]]) -> None:
    url = f"{server[0]}/301/bad"
    assert ask_all([url])[url].outcome in ("unreached", "broken")


def linked(root: Path, base: str, closed: str) -> Prepared:
    body = f"见<{base}/200/a>，[没了]({base}/404/a)，[搬了]({base}/301/a)。\n\n- [坏了]({base}/500/a)\n- <{closed}/x>\n"
    shop = SHOP + f"网站: {base}/404/shop\n"
    write(root, {"content/news/a.md": NEWS.replace("每天7点开门。\n", body), "content/enterprises/qy-a.yml": shop})
    prepared = prepare(root, AS_OF)
    assert prepared.problems == []
    return prepared


def test_links_are_reported_where_they_stand(tmp_path: Path, server: tuple[str, list[str]], closed: str) -> None:
    base, _ = server
    prepared = linked(tmp_path, base, closed)
    problems = sort_problems(check_links(prepared.library, tmp_path / "var", AS_OF))
    width = len(base)
    assert shown(problems) == [
        "content/enterprises/qy-a.yml:7:5 [dead-link]",
        f"content/news/a.md:8:{width + 16} [dead-link]",
        f"content/news/a.md:8:{2 * width + 29} [moved-link]",
        "content/news/a.md:10:8 [unreached-link]",
        "content/news/a.md:11:4 [unreached-link]",
    ]
    lines = (tmp_path / "content/news/a.md").read_text(encoding="utf-8").split("\n")
    for problem in problems[1:]:
        start = problem.span.column - 1
        assert lines[problem.span.line - 1][start : start + problem.span.length] == problem.context["value"]
    assert problems[0].message() == f"链接“{base}/404/shop”打不开（HTTP 404）。"
    assert problems[2].mend("en") == f"Write “{base}/200/new”."
    assert all(problem.message(lang) and problem.mend(lang) for problem in problems for lang in ("zh", "en"))


def test_answers_are_kept_for_a_day(tmp_path: Path, server: tuple[str, list[str]], closed: str) -> None:
    base, asked = server
    prepared = linked(tmp_path, base, closed)
    first = list(check_links(prepared.library, tmp_path / "var", AS_OF))
    assert "HEAD /200/a" in asked
    asked.clear()
    assert list(check_links(prepared.library, tmp_path / "var", AS_OF)) == first
    assert {row.split("/")[1] for row in asked} == {"500"}, "only what was not reached is asked again"
    asked.clear()
    list(check_links(prepared.library, tmp_path / "var", read_as_of("2026-11-24")))
    assert "HEAD /200/a" in asked


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "{",
        "[]",
        '{"URL": 1}',
        '{"URL": {"outcome": "fine"}}',
        '{"URL": {"outcome": "fine", "detail": "", "target": "", "asked": "gestern"}}',
        '{"URL": {"outcome": "fine", "detail": "", "asked": "2026-11-22T09:00"}}',
    ],
)
def test_a_damaged_store_of_answers_counts_as_empty(tmp_path: Path, server: tuple[str, list[str]], closed: str, kept: str) -> None:
    base, asked = server
    prepared = linked(tmp_path, base, closed)
    write(tmp_path, {"var/links.json": kept.replace("URL", f"{base}/200/a")})
    list(check_links(prepared.library, tmp_path / "var", AS_OF))
    assert "HEAD /200/a" in asked


def test_a_link_is_reported_at_every_place_it_stands_and_at_no_other(tmp_path: Path, server: tuple[str, list[str]]) -> None:
    base, _ = server
    body = f"[甲]({base}/404/x)\n\n[乙]({base}/404)\n\n[丁]({base}/404)\n"
    write(tmp_path, {"content/news/a.md": NEWS.replace("每天7点开门。\n", body)})
    problems = sort_problems(check_links(prepare(tmp_path, AS_OF).library, tmp_path / "var", AS_OF))
    assert [(problem.span.line, problem.context["value"]) for problem in problems] == [(8, f"{base}/404/x"), (10, f"{base}/404"), (12, f"{base}/404")]


def test_pace_between_two_questions_to_one_host(monkeypatch: pytest.MonkeyPatch, server: tuple[str, list[str]]) -> None:
    waits: list[float] = []
    monkeypatch.setattr(linkcheck, "_PACE", 0.5)
    monkeypatch.setattr(linkcheck.time, "sleep", waits.append)
    ask_all([f"{server[0]}/200/{number}" for number in range(3)])
    assert waits == [0.5, 0.5]
