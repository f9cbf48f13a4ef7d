"""The command: its exit codes, its outputs, and that a verb imports only what it needs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from publisher.cli import main
from publisher.content.model.vocabulary import Kind
from tests.project import AS_OF, ROOT, Project


def run(project: Project, *words: str) -> int:
    verb, *rest = words
    return main([verb, *rest, "--root", str(project.root), "--as-of", AS_OF])


def test_check_is_silent_about_good_content(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.news("a")
    assert run(project, "check") == 0
    assert capsys.readouterr() == ("没有发现问题\n", "")


def test_check_json(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.news("a", 发布时间="2026-12-01 08:00", 标题="标题。")
    assert run(project, "check", "--format", "json") == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["errors"], result["warnings"]) == (0, 1)
    assert result["problems"][0]["code"] == "title-full-stop"
    assert result["next_change"] == {"time": "2026-12-01T08:00:00+08:00", "entry": "content/news/a.md"}


def test_check_github_and_english(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("content/news/bad.md", "---\n标题：坏\n---\n")
    assert run(project, "check", "--format", "github", "--lang", "en") == 1
    line = capsys.readouterr().out.splitlines()[0]
    assert line.startswith("::error file=content/news/bad.md,line=2,col=3,title=full-width-colon::Line 2 has a full-width colon")


def test_strict_turns_warnings_into_failure(project: Project) -> None:
    project.news("a", 标题="标题。")
    assert run(project, "check") == 0
    assert run(project, "check", "--strict") == 1
    assert run(project, "build", "--strict") == 1
    assert not project.out.exists()


def test_build_reports(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.news("a").news("b", 发布时间="2026-12-01 08:00")
    assert run(project, "build") == 0
    report = capsys.readouterr().out
    assert "商业资讯 2" in report
    assert "2026-12-01 08:00（消息b）" in report
    assert str(project.out / "index.html") in report
    assert run(project, "build", "--format", "json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["written"] == []
    assert result["entries"]["news"] == 2


@pytest.mark.parametrize(
    "words", [["build", "--as-of", "gestern"], ["check", "--root", "/nonexistent"], ["fly"], [], ["new", "poem"], ["check", "--format", "xml"]]
)
def test_wrong_usage_is_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err


def test_a_world_that_fails_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--root", str(tmp_path)]) == 3
    assert capsys.readouterr().err.count("\n") == 1
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nsite_url: https://e.example/\n")
    assert main(["check", "--root", str(tmp_path)]) == 3


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert main(["check", "--help"]) == 0
    assert main(["--version"]) == 0
    assert "publisher 0." in capsys.readouterr().out


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
@pytest.mark.parametrize("keys", ["zh", "en"])
def test_new_writes_a_correct_file_with_a_free_id(project: Project, kind: Kind, keys: str, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("content/enterprises/qy-shili.yml", "名称: 示例企业\n发布时间: 2026-11-18\n主体类型: 企业\n行业: [零售业]\n街路: 西一路\n")
    assert run(project, "new", kind.value, "--keys", keys) == 0
    first = Path(capsys.readouterr().out.strip())
    assert run(project, "new", kind.value, "--keys", keys) == 0
    second = Path(capsys.readouterr().out.strip())
    assert first.exists()
    assert second.exists()
    assert first != second
    text = first.read_text(encoding="utf-8")
    assert "#" in text
    assert ("标题:" in text or "名称:" in text) == (keys == "zh")
    # A new file is a draft, and correct but for references to what the editor has yet to name.
    problems = [problem for problem in project.check() if "dangling-reference" not in problem]
    assert [problem for problem in problems if str(first.name) in problem] == []
    text = text.replace("草稿", "已发布").replace("draft", "published")
    assert "已发布" in text or "published" in text


def test_new_refuses_a_taken_or_impossible_id(project: Project) -> None:
    project.news("a")
    assert run(project, "new", "news", "--id", "a") == 2
    assert run(project, "new", "news", "--id", "有空格 的") == 2


def test_check_imports_neither_mkdocs_nor_requests(project: Project) -> None:
    project.news("a")
    code = (
        "import sys; from publisher.cli import main; "
        f"main(['check', '--root', {str(project.root)!r}]); "
        "print([name for name in ('mkdocs', 'material', 'requests', 'css_inline', 'feedgen', 'jinja2', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout


def test_docs_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", "--check", "--root", str(ROOT)]) == 0, capsys.readouterr().out


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", "--schema", "policy"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["properties"]["level"]["title"] == "层级" or "层级" in json.dumps(schema, ensure_ascii=False)
    assert "核验日期" in json.dumps(schema, ensure_ascii=False)


def test_breaking_ten_entries_gives_their_problems_and_no_others(demo: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake in one file is told once, where it is, and not again in every file that names it; the site stays as it was."""
    copy = Project(tmp_path / "copy", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    shutil.copytree(demo.root / "content", copy.root / "content", dirs_exist_ok=True)
    copy.build()
    before = copy.files()
    for path, old, new in (
        ("news/zx-2026-0005-kaiye.md", "标题: ", "标题："),
        ("news/zx-2026-0006-cuxiao.md", "广告: ", "广吿: "),
        ("news/zx-5g-zhuanwang.md", "\n![", "\n![](images/none.png)\n\n!["),
        ("policies/zc-2026-10.md", "施行日期: 2026-01-01", "施行日期: 2026-13-40"),
        ("policies/zc-wengang-2026.md", "人社部发〔2026〕39号\n", "人社部发[2026]第039号\n"),
        ("guides/bs-nianbao.md", "事项类型: 其他行政权力", "事项类型: 其它行政权力"),
        ("matchmaking/gx-2026-001-zhuanwang.yml", "发布主体: qy-", "发布主体: qi-"),
        ("enterprises/qy-ruyi-shiji.yml", "91990000MA0DA0011B", "91990000MA0DA0011C"),
        ("events/hd-2026-1208-xuanjiang.md", "标签: [税收, ", "标签: [税收，"),
        ("pages/about.md", "本站非政府网站", "本站非政府网站，见[旧页](site:nowhere/)"),
    ):
        copy.edit(f"content/{path}", old, new)
    assert run(copy, "build") == 1
    found = [line.split(" ", 3)[::2] for line in capsys.readouterr().out.splitlines() if line.startswith("content/")]
    assert [(place.split(":")[0].split("/", 1)[1], code) for place, code in found] == [
        ("enterprises/qy-ruyi-shiji.yml", "[bad-credit-code]"),
        ("events/hd-2026-1208-xuanjiang.md", "[list-separator]"),
        ("guides/bs-nianbao.md", "[unknown-value]"),
        ("matchmaking/gx-2026-001-zhuanwang.yml", "[dangling-reference]"),
        ("news/zx-2026-0005-kaiye.md", "[full-width-colon]"),
        ("news/zx-2026-0006-cuxiao.md", "[unknown-key]"),
        ("news/zx-5g-zhuanwang.md", "[missing-image]"),
        ("pages/about.md", "[broken-link]"),
        ("policies/zc-2026-10.md", "[bad-date]"),
        ("policies/zc-wengang-2026.md", "[document-number]"),
    ]
    assert copy.files() == before
