"""Files that are broken, enormous, cyclic or malicious: a problem at its place, exit code 1, and the last site untouched."""

from __future__ import annotations

import builtins
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from publisher.cli import main
from publisher.content import source
from publisher.engine.prepare import prepare
from tests.project import AS_OF, ROOT, Project, _time

NEWS = "---\n标题: 西一便利店开业（示例）\n摘要: 主营日用百货和热饮。\n发布时间: 2026-11-20 09:30\n类型: 开业\n---\n\n每天7点开门。\n"
GOOD = "content/news/good.md"
BAD = "content/news/bad.md"


class HangError(BaseException):
    """The publisher waits for ever; not an `Exception`, so that no handler of the product takes it for a file's failure."""


def wait_at_most(seconds: int = 20) -> None:
    """End what waits longer from now on, and again as much later what does not let itself be ended; not sooner, for pytest has to tell of it."""
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)


@pytest.fixture(autouse=True)
def no_test_hangs() -> Iterator[None]:
    """End a test that waits for ever, as reading a FIFO does."""

    def stop(*_: Any) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, stop)
    wait_at_most()
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


class Run:
    """One run of the command: its exit code, its problems, what it printed."""

    def __init__(self, project: Project, capsys: pytest.CaptureFixture[str], verb: str, *options: str) -> None:
        capsys.readouterr()
        wait_at_most()  # each command by itself: a test of seven builds may take longer on a busy machine
        self.code = main([verb, "--root", str(project.root), "--as-of", AS_OF, *options])
        self.out, self.err = capsys.readouterr()

    @property
    def problems(self) -> list[str]:
        rows = json.loads(self.out)["problems"]
        return [f"{row['path']}:{row['line']}:{row['column']} [{row['code']}]" for row in rows]


def refuse(project: Project, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Check and build; both must give 1 and leave the last site as it was. Gives the problems."""
    project.write("site/index.html", "上一次的网站").write(GOOD, NEWS)
    check = Run(project, capsys, "check", "--format", "json")
    assert (check.code, check.err) == (1, "")
    for style in ("text", "json", "github"):
        build = Run(project, capsys, "build", "--format", style)
        assert (build.code, build.err) == (1, "")
    assert project.files() == {"index.html": "上一次的网站".encode()}
    assert json.loads(check.out)["entries"] >= 1, "one bad file never hides another"
    return check.problems


def front(old: str, new: str) -> str:
    assert old in NEWS
    return NEWS.replace(old, new)


def bomb(levels: int) -> str:
    names = "abcdefghijklmnop"[: levels + 1]
    rows = [f"- &{name} [{', '.join(['*' + before] * 10)}]" for before, name in pairwise(names)]
    return front("类型: 开业", "标签:\n  - &a [笑, 笑]\n  " + "\n  ".join(rows))


REFUSED: dict[str, tuple[str, str | bytes, list[str]]] = {
    "not UTF-8": (BAD, NEWS.encode("gb18030"), [f"{BAD}:2:1 [not-utf8]"]),
    "UTF-16": (BAD, NEWS.encode("utf-16"), [f"{BAD}:1:1 [not-utf8]"]),
    "a cut character": (BAD, NEWS.encode()[:-3], [f"{BAD}:8:7 [not-utf8]"]),
    "NUL bytes": (BAD, front("便利店", "\0便利店"), [f"{BAD}:2:7 [control-character]"]),
    "nothing but NUL bytes": (BAD, "\0" * 3, [f"{BAD}:1:{column} [control-character]" for column in (1, 2, 3)]),
    "a C1 control character": (BAD, front("便利店", "\x81便利店"), [f"{BAD}:2:7 [control-character]"]),
    "empty": (BAD, "", [f"{BAD}:1:1 [empty-file]"]),
    "white space": (BAD, " \n\t\n　\r\n", [f"{BAD}:1:1 [empty-file]"]),
    "only a byte-order mark": (BAD, b"\xef\xbb\xbf", [f"{BAD}:1:1 [empty-file]"]),
    "only a fence": (BAD, "---", [f"{BAD}:1:1 [unclosed-front-matter]"]),
    "a small bomb": (BAD, bomb(4), [f"{BAD}:6:9 [alias-bomb]"]),
    "a bomb of the universe": (BAD, bomb(14), [f"{BAD}:6:9 [alias-bomb]"]),
    "a cyclic list": (BAD, front("类型: 开业", "标签: &a [*a]"), [f"{BAD}:5:5 [alias-cycle]"]),
    "a cyclic mapping": (BAD, front("类型: 开业", "来源: &a {名称: *a}"), [f"{BAD}:5:5 [alias-cycle]"]),
    "a cyclic root": (BAD, "--- \n&a\n标题: *a\n---\n", [f"{BAD}:2:1 [alias-cycle]"]),
    "an alias of nothing": (BAD, front("开业（示例）", " &b").replace("类型: 开业", "类型: *a"), [f"{BAD}:5:5 [yaml-syntax]"]),
    "a call of Python": (BAD, front("类型: 开业", "标签: !!python/object/apply:os.system [date]"), [f"{BAD}:5:5 [yaml-tag]"]),
    "a name of Python": (BAD, front("类型: 开业", "地点: !!python/name:os.system ''"), [f"{BAD}:5:5 [yaml-tag]"]),
    "a number by force": (BAD, front("类型: 开业", "地点: !!int 010"), [f"{BAD}:5:5 [yaml-tag]"]),
    "a quoted number by force": (BAD, front("类型: 开业", '地点: !!int "010"'), [f"{BAD}:5:5 [yaml-tag]"]),
    "a binary": (BAD, front("类型: 开业", "地点: !!binary aGk="), [f"{BAD}:5:5 [yaml-tag]"]),
    "a key that is a list and another unknown": (
        BAD,
        front("类型: 开业", "? [一, 二]\n: 三\n类型: 开业\n天气: 晴"),
        [f"{BAD}:5:3 [yaml-syntax]", f"{BAD}:8:1 [unknown-key]"],
    ),
    "a key that is an alias": (BAD, front("类型: 开业", "地点: &a 西一路\n*a : 值"), [f"{BAD}:5:5 [unknown-key]"]),
    "a merge": (BAD, front("类型: 开业", "来源: &a {名称: 日报}\n<<: *a"), [f"{BAD}:6:1 [unknown-key]"]),
    "ten thousand brackets": (BAD, front("类型: 开业", "标签: " + "[" * 10_000 + "]" * 10_000), [f"{BAD}:5:29 [too-deep]"]),
    "ten thousand dashes": (BAD, front("类型: 开业", "标签:\n  " + "- " * 10_000), [f"{BAD}:6:51 [too-deep]"]),
    "a repeated key": (BAD, front("类型: 开业", "类型: 开业\n类型: 招聘"), [f"{BAD}:6:1 [duplicate-key]"]),
    "a key repeated in English": (BAD, front("类型: 开业", "类型: 开业\ntype: recruitment"), [f"{BAD}:6:1 [duplicate-key]"]),
    "a day that does not exist": (BAD, front("2026-11-20 09:30", "2026-13-40"), [f"{BAD}:4:7 [bad-date]"]),
    "a year that is too large": (BAD, front("2026-11-20 09:30", "99999-01-01"), [f"{BAD}:4:7 [bad-date]"]),
    "the end of time": (BAD, front("类型: 开业", "有效期至: 9999-12-31\n类型: 开张"), [f"{BAD}:6:5 [unknown-value]"]),
    "two documents": (BAD, front("类型: 开业", "...\n类型: 开业"), [f"{BAD}:6:1 [yaml-syntax]"]),
    "a name with spaces": ("content/news/开业 通知.md", NEWS, ["content/news/开业 通知.md:1:1 [bad-id]"]),
    "a full-width name": ("content/news/ｚｘ－１．md.md", NEWS, ["content/news/ｚｘ－１．md.md:1:1 [bad-id]"]),
    "a name that only ends in md": ("content/news/-.md", NEWS, ["content/news/-.md:1:1 [bad-id]"]),
    "a huge number": (
        "content/matchmaking/gx.yml",
        (
            "标题: 求购\n摘要: 求购。\n发布时间: 2026-11-20\n类型: 需求\n领域: 通信\n有效期: 2026-12-20\n发布主体: qy\n主体核验: 未核验\n"
            "预算: {最低: 1e999999999, 最高: NaN, 面议: 也许}\n"
        ),
        [f"content/matchmaking/gx.yml:9:{column} [{code}]" for column, code in ((10, "bad-number"), (27, "bad-number"), (36, "unknown-value"))],
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_broken_file_is_a_problem_at_its_place(project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    called: list[str] = []
    monkeypatch.setattr(os, "system", called.append)
    path, text, expected = REFUSED[what]
    assert refuse(project.write(path, text), capsys) == expected
    assert not called, "a file called Python"


@pytest.mark.parametrize(
    "text", ["[" * 100_000 + "]" * 100_000, "[" * 500_000, "\n  " + "- " * 500_000, "{a: " * 200_000], ids=["closed", "open", "dashes", "mappings"]
)
def test_nesting_without_end_does_not_kill_the_process(project: Project, text: str) -> None:
    project.write(BAD, front("类型: 开业", "标签: " + text)).write(GOOD, NEWS).write("site/index.html", "旧")
    command = [sys.executable, "-m", "publisher", "build", "--root", str(project.root), "--as-of", AS_OF, "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=20)
    assert (done.returncode, done.stderr) == (1, "")
    assert [problem["path"] for problem in json.loads(done.stdout)["problems"]] == [BAD]
    assert project.files() == {"index.html": "旧".encode()}


# --- files that are not files -------------------------------------------------------------------------------------------------


def test_fifty_megabytes_are_not_read(project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (BAD, "content/news/bad.png"):
        project.write(path, "")
        os.truncate(project.root / path, 50_000_000)
    opened: list[str] = []
    real = Path.open
    monkeypatch.setattr(Path, "open", lambda self, *a, **k: (opened.append(self.name), real(self, *a, **k))[1])
    assert refuse(project, capsys) == [f"{BAD}:1:1 [file-too-large]", "content/news/bad.png:1:1 [file-too-large]"]
    assert "good.md" in opened
    assert "bad.md" not in opened


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("/etc/passwd", "link-leaves-content"),
        ("../../mkdocs.yml", "link-leaves-content"),
        ("bad.md", "unreadable-file"),
        ("nowhere.md", "unreadable-file"),
        ("/dev/zero", "link-leaves-content"),
    ],
)
def test_a_link_that_must_not_be_followed(project: Project, capsys: pytest.CaptureFixture[str], target: str, code: str) -> None:
    project.write(GOOD, NEWS)
    (project.root / BAD).symlink_to(target)
    assert refuse(project, capsys) == [f"{BAD}:1:1 [{code}]"]


def test_two_links_in_a_circle(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write(GOOD, NEWS)
    (project.root / "content/news/a.md").symlink_to("b.md")
    (project.root / "content/news/b.md").symlink_to("a.md")
    (project.root / "content/news/c.png").symlink_to("c.png")
    assert [row.split(":")[0] for row in refuse(project, capsys)] == ["content/news/a.md", "content/news/b.md", "content/news/c.png"]


def test_a_link_to_its_own_folder_is_not_walked(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write(GOOD, NEWS)
    (project.root / "content/news/again").symlink_to(".")
    run = Run(project, capsys, "check", "--format", "json")
    assert run.code in (0, 1)
    assert json.loads(run.out)["entries"] == 1
    assert [row.split(":")[0] for row in run.problems] == ["content/news/again"]


@pytest.mark.parametrize(
    "name", [BAD, "content/enterprises/qy.yml", "content/taxonomy/tags.yml", "content/editions/w.yml", "content/news/bad.png", "content/news/bad.jpg"]
)
def test_a_fifo_is_not_waited_for(project: Project, capsys: pytest.CaptureFixture[str], name: str) -> None:
    file = project.root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(file)
    (row,) = refuse(project, capsys)
    assert row in (f"{name}:1:1 [unreadable-file]", f"{name}:1:1 [unreadable-image]")


@pytest.mark.parametrize("name", ["content/news/x.md", "content/news/x.png", "content/taxonomy/tags.yml"])
def test_a_folder_named_like_a_file_is_a_folder(project: Project, capsys: pytest.CaptureFixture[str], name: str) -> None:
    project.write(GOOD, NEWS)
    (project.root / name).mkdir(parents=True)
    run = Run(project, capsys, "check", "--format", "json")
    assert (run.code, run.problems, json.loads(run.out)["entries"]) == (0, [], 1)
    project.write(f"{name}/x.md", "") if "news" in name else None
    run = Run(project, capsys, "check", "--format", "json")
    assert run.problems == ([f"{name}/x.md:1:1 [empty-file]"] if "news" in name else [])


def raising(name: str, error: OSError, method: str) -> Any:
    real = getattr(Path, method)

    def call(self: Path, *args: Any, **keys: Any) -> Any:
        if self.name == name:
            raise error
        return real(self, *args, **keys)

    return call


@pytest.mark.parametrize("call", [(source.os, "stat"), (builtins, "open")], ids=["stat", "open"])
@pytest.mark.parametrize(
    "error", [FileNotFoundError(2, "No such file or directory"), PermissionError(13, "Permission denied"), OSError(5, "Input/output error")]
)
def test_a_file_that_goes_away_while_it_is_read(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, call: tuple[Any, str], error: OSError
) -> None:
    project.write(BAD, NEWS)
    real = getattr(*call)

    def fail(path: Any, *args: Any, **keys: Any) -> Any:
        if str(path).endswith("bad.md"):
            raise error
        return real(path, *args, **keys)

    monkeypatch.setattr(*call, fail)
    assert refuse(project, capsys) == [f"{BAD}:1:1 [unreadable-file]"]


@pytest.mark.parametrize("error", [FileNotFoundError(2, "No such file or directory"), PermissionError(13, "Permission denied")])
def test_an_image_that_goes_away_while_it_is_read(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    project.write("content/news/bad.png", b"\x89PNG")
    monkeypatch.setattr(Path, "stat", raising("bad.png", error, "stat"))
    assert refuse(project, capsys) == ["content/news/bad.png:1:1 [unreadable-file]"]


def test_a_folder_that_may_not_be_read_is_the_worlds_failure(project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    project.write(GOOD, NEWS).write("site/index.html", "旧")
    real = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("news"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(source.os, "scandir", scandir)
    for language, words in (("zh", "读不了文件夹"), ("en", "cannot read the folder")):
        run = Run(project, capsys, "build", "--lang", language)
        assert (run.code, run.out) == (3, "")
        assert run.err.startswith(words)
        assert run.err.count("\n") == 1
    assert project.files() == {"index.html": "旧".encode()}


def test_a_name_that_is_not_utf8_can_be_printed(project: Project) -> None:
    """The name stands in a problem, and the problem must reach a terminal, a JSON file and a CI log."""
    project.write(GOOD, NEWS)
    (Path(os.fsdecode(os.fsencode(project.root / "content/news") + b"/\xb0\xa1.md"))).write_text(NEWS, encoding="utf-8")
    for style in ("text", "json", "github"):
        command = [sys.executable, "-m", "publisher", "check", "--root", str(project.root), "--as-of", AS_OF, "--format", style]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=20, env=os.environ | {"PYTHONUTF8": "1"})
        assert (done.returncode, done.stderr) == (1, b""), style
        assert b"bad-id" in done.stdout


# --- what is accepted as it is ------------------------------------------------------------------------------------------------

WAYS = {
    "a byte-order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "CRLF and a mark": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    "spaces after the fence": lambda text: text.replace("---\n", "---  \n").encode(),
    "no last line end": lambda text: text.rstrip("\n").encode(),
}
LONG = NEWS.replace("类型: 开业", "地点: |\n  西一路\n  中段") + "\n- 一\n- 二\n\n```\n代码\n```\n\n行尾两个空格  \n换行\n"


def test_ways_of_writing_the_same_text_build_the_same_site(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project.write(GOOD, LONG.rstrip("\n") + "\n")
    assert Run(project, capsys, "build").code == 0
    expected = project.files()
    assert "西一路" in expected["news/good/index.html"].decode()
    for what, way in WAYS.items():
        project.write(GOOD, way(LONG))
        run = Run(project, capsys, "build", "--out", str(tmp_path / "out"), "--clean")
        assert (run.code, run.err) == (0, ""), what
        assert project.files(tmp_path / "out") == expected, what


@pytest.mark.parametrize("way", WAYS)
def test_places_are_the_same_however_lines_end(project: Project, capsys: pytest.CaptureFixture[str], way: str) -> None:
    text = LONG.replace("- 二", "- 二<br>").replace("标题: 西", "标题: 最佳西")
    assert refuse(project.write(BAD, WAYS[way](text)), capsys) == [f"{BAD}:2:5 [advertising-superlative]", f"{BAD}:13:4 [raw-html]"]


SHOP = """\
名称: 如意食集（示例）
摘要: {summary}
简称: {short}
发布时间: 2026-08-01
统一社会信用代码: {code}
主体类型: 企业
行业: [{industry}]
街路: {street}
营业时间: {hours}
标签: [{tag}]
"""


def test_scalars_stay_as_they_were_written(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """``010`` is not eight, ``9:30`` not 570, ``no`` not false, ``1.10`` not 1.1, and a long number loses no digit."""
    words = {"summary": "0x1F", "short": "010", "code": "91990000MA0DA0011B", "industry": "62", "street": "1.10", "hours": "9:30", "tag": "no"}
    project.write("content/enterprises/qy.yml", SHOP.format(**words))
    assert Run(project, capsys, "check").code == 0
    data: Any = prepare(project.root, _time(AS_OF)).library.entries[0].data
    assert (data.short_name, data.hours, data.street, data.summary, data.tags, data.industries) == ("010", "9:30", "1.10", "0x1F", ("no",), ("62",))
    assert Run(project, capsys, "build").code == 0
    page = project.read("enterprises/qy/index.html")
    assert all(f">{words[name]}<" in page for name in ("hours", "code"))
    assert ">#no<" in page


@pytest.mark.parametrize(
    "written", ["010", "9:30", "no", "yes", "null", "~", "1.10", "1e3", "0o17", "1_000", "2026-11-20", "110105194912310021", ".inf", "=", "TRUE", "+86", "-0"]
)
def test_a_scalar_means_itself(project: Project, capsys: pytest.CaptureFixture[str], written: str) -> None:
    project.write(GOOD, front("类型: 开业", f"地点: {written}"))
    assert Run(project, capsys, "check").code == 0
    data: Any = prepare(project.root, _time(AS_OF)).library.entries[0].data
    assert data.place == written


def test_eighteen_digits_lose_none(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """A code of digits alone, which YAML would read as a number and JSON round."""
    wrong = SHOP.format(summary="小馆。", short="食集", code="919900001234567890", industry="62", street="西一路", hours="全天", tag="餐饮")
    project.write("content/enterprises/qy.yml", wrong).write(GOOD, NEWS)
    run = Run(project, capsys, "check", "--format", "json")
    assert (run.code, run.problems) == (1, ["content/enterprises/qy.yml:5:11 [bad-credit-code]"])
    assert "“919900001234567890”" in json.loads(run.out)["problems"][0]["message"]["zh"]


# --- settings and usage -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mkdocs", "code"),
    [
        ("", "bad-setting"),
        ("- 一\n", "bad-setting"),
        ("site_name: [\n", "yaml-syntax"),
        ("site_name: 街区\nsite_url: https://example.com/\nextra:\n  publisher: &a\n    mail: *a\n", "alias-cycle"),
        ("site_name: 街区\nsite_url: https://example.com/\nextra:\n  publisher: &a\n    closing_days: {policy: *a}\n", "alias-cycle"),
        ("site_name: 街区\nsite_url: https://example.com/\nextra:\n  publisher: 全部\n", "bad-setting"),
        ("site_name: 街区\nsite_url: https://example.com/\nsite_name: 另一个\n", "duplicate-key"),
        ("site_name: 街区\nsite_url: https://example.com/\nextra:\n  publisher:\n    per_page: 20\n    per_page: 二十\n", "duplicate-key"),
    ],
    ids=["empty", "list", "syntax", "cycle", "deep cycle", "text", "repeated", "a setting repeated"],
)
def test_broken_settings_are_problems(project: Project, capsys: pytest.CaptureFixture[str], mkdocs: str, code: str) -> None:
    project.write("mkdocs.yml", mkdocs).write(GOOD, NEWS).write("site/index.html", "旧")
    check = Run(project, capsys, "check", "--format", "json")
    assert check.code == 1
    assert all(row.startswith("mkdocs.yml:") and row.endswith(f"[{code}]") for row in check.problems)
    assert Run(project, capsys, "build").code == 1
    assert project.files() == {"index.html": "旧".encode()}


@pytest.mark.parametrize("setup", ["no settings", "settings not UTF-8", "no content"])
def test_a_project_that_cannot_be_read_is_the_worlds_failure(project: Project, capsys: pytest.CaptureFixture[str], setup: str) -> None:
    project.write("site/index.html", "旧")
    if setup == "no settings":
        project.remove("mkdocs.yml")
    elif setup == "settings not UTF-8":
        project.write("mkdocs.yml", "site_name: 街区".encode("gb18030"))
    else:
        (project.root / "content").rmdir()
    for verb in ("check", "build"):
        run = Run(project, capsys, verb)
        assert (run.code, run.out, run.err.count("\n")) == (3, "", 1)
    assert project.files() == {"index.html": "旧".encode()}


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["check", "--as-of", "2026-13-40"], ["check", "--as-of", ""], ["check", "--root", "/nonexistent"], ["check", "--format", "xml"]]
)
def test_wrong_usage_gives_two(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err
