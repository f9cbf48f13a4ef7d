"""What the house asks of itself: everything is documented, every example in the docs is true, nothing local is in the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from publisher.cli.main import VERBS
from publisher.problems import CODES
from publisher.settings import ClosingDays, LiaisonSettings, MailSettings, RetentionSettings, Settings
from tests.project import AS_OF, MKDOCS, ROOT, Project

DOCS = ROOT / "docs"


def test_every_code_has_its_line_in_the_docs() -> None:
    table = (DOCS / "problems.md").read_text(encoding="utf-8")
    assert [code for code in CODES if f"| `{code}` |" not in table] == []


@pytest.mark.parametrize("code", CODES)
def test_every_message_is_written_in_both_languages(code: str) -> None:
    row = CODES[code]
    assert row.zh.endswith("。"), row.zh
    assert row.en.endswith("."), row.en
    assert row.mend_zh, code
    assert row.mend_en, code


def test_every_setting_is_documented() -> None:
    page = (DOCS / "operations.md").read_text(encoding="utf-8")
    given = {"changed_sources", "closing_days", "liaison", "mail", "retention_days", "root", "site_name", "site_url", "site_description"}
    names = [name for model in (Settings, ClosingDays, LiaisonSettings, MailSettings, RetentionSettings) for name in model.model_fields if name not in given]
    assert [name for name in names if f"`{name}`" not in page and f".{name}`" not in page] == []


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_verb_and_both_commands_are_in_the_readme(readme: str) -> None:
    page = (ROOT / readme).read_text(encoding="utf-8")
    assert [verb for verb in VERBS if f"publisher {verb}" not in page] == []
    assert "make site" in page
    assert "make test" in page


EXAMPLE = re.compile(r"文件：`(content/[^`]+)`\n\n```\w+\n(.*?)\n```\n", re.DOTALL)


def test_the_examples_of_the_editors_guide_are_correct(tmp_path: Path) -> None:
    examples = EXAMPLE.findall((DOCS / "editors.md").read_text(encoding="utf-8"))
    assert len(examples) >= 7
    project = Project(tmp_path / "project", MKDOCS)
    project.write("content/taxonomy/tags.yml", (ROOT / "content/taxonomy/tags.yml").read_bytes())
    (project.root / "content/news/images").mkdir(parents=True)
    shutil.copy(ROOT / "content/news/images/street.png", project.root / "content/news/images/street.png")
    for path, text in examples:
        project.write(path, text + "\n")
    assert project.check(AS_OF) == []


def test_relative_links_between_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"(?<!\\)\[[^\]\\]*\]\((?!https?:|#|site:|mailto:)([^)#\s]+)", re.sub(r"`[^`]*`", "", text)):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_nothing_of_one_machine_is_in_the_repository() -> None:
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    pattern = re.compile(r"--index-url|--extra-index-url|files\.pythonhosted|pypi\.org/simple|registry\.npmjs|/root/|/home/\w+/")
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix in (".png", ".case") or name == "tests/test_house.py" or not path.is_file():
            continue
        assert not pattern.search(path.read_text(encoding="utf-8")), name


def test_constraints_are_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text().split()
    assert lines
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][A-Za-z0-9.+!-]*", line) for line in lines)
