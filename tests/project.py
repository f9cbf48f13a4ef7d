"""A project in a folder, as tests write it: ``project.news("a", title="…").build().edit(…).build()``."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from publisher.clock import read_as_of
from publisher.engine.build import Order, build
from publisher.engine.prepare import Prepared, prepare
from publisher.engine.report import BuildReport
from publisher.material.shell import load_shell

ROOT = Path(__file__).parent.parent
#: The moment at which the demo content is built in tests.
AS_OF = "2026-11-23 09:00"

MKDOCS = """\
site_name: 测试街区
site_url: https://street.example/
site_description: 测试用的站点
docs_dir: content
theme:
  name: material
  language: zh
  custom_dir: templates/site
  font: false
  features: [navigation.tabs]
extra_css: [assets/tokens.css, assets/site.css, assets/entry.css]
plugins: [publisher]
"""


class Project:
    """One project: a root folder with ``mkdocs.yml``, ``content/`` and the repository's own templates."""

    def __init__(self, root: Path, mkdocs: str = MKDOCS) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        (root / "mkdocs.yml").write_text(mkdocs, encoding="utf-8")
        (root / "content").mkdir(exist_ok=True)
        if not (root / "templates").exists():
            (root / "templates").symlink_to(ROOT / "templates")
        self.out = root / "site"
        self.prepared: Prepared
        self.report: BuildReport

    def write(self, path: str, text: str | bytes) -> Project:
        """Write a file below the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self

    def news(self, name: str, body: str = "正文。", **keys: Any) -> Project:
        """Write a news entry; keys are written as given, in Chinese or English."""
        rows = {"标题": f"消息{name}", "发布时间": "2026-11-20 09:00", "摘要": f"{name}的摘要"} | keys
        front = "\n".join(f"{key}: {value}" for key, value in rows.items() if value is not None)
        return self.write(f"content/news/{name}.md", f"---\n{front}\n---\n\n{body}\n")

    def edit(self, path: str, old: str, new: str) -> Project:
        """Replace words of a file; they must be there."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path}"
        return self.write(path, text.replace(old, new))

    def remove(self, path: str) -> Project:
        (self.root / path).unlink()
        return self

    def check(self, as_of: str = AS_OF) -> list[str]:
        """Every problem as ``path:line:column [code]``."""
        self.prepared = prepare(self.root, _time(as_of))
        return [f"{problem.span} [{problem.code}]" for problem in self.prepared.problems]

    def build(self, as_of: str = AS_OF, out: Path | None = None, *, clean: bool = False, processes: int | None = None) -> Project:
        """Build; an error in the content fails the test."""
        self.report = build(Order(self.root, out or self.out, _time(as_of), load_theme_of, is_clean=clean, processes=processes))
        assert self.report.is_built, [f"{problem.span} [{problem.code}]" for problem in self.report.problems]
        return self

    def read(self, path: str) -> str:
        """A built file."""
        return (self.out / path).read_text(encoding="utf-8")

    def files(self, out: Path | None = None) -> dict[str, bytes]:
        """Every built file with its bytes."""
        folder = out or self.out
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def load_theme_of(root: Path) -> Any:
    return _shell(root, (root / "mkdocs.yml").read_bytes())


@cache
def _shell(root: Path, _config: bytes) -> Any:
    return load_shell(root)


def _time(text: str) -> datetime:
    return read_as_of(text)
