"""``python -m bench.floor``: the least that any publisher in Python does with our sources, so that the table shows what no engine of ours can fall below.

It reads every source, parses its front matter with PyYAML's C loader and its body with Comrak, joins the HTML with constant text of
the length of our page frame, and writes each page into a folder of its own, on all cores. What it does not do is all the rest: checks,
types, links between entries, lists, feeds, calendars, a ledger, replacing files whole.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import comrak
import yaml

#: Bytes of the page frame around an entry.
FRAME = 18_000


def build(sources: Sequence[Path], content: Path, out: Path) -> None:
    """Make the pages of some sources."""
    options = comrak.ExtensionOptions()
    options.table = options.footnotes = options.autolink = options.cjk_friendly_emphasis = True
    head, tail = b"<!doctype html>" + b" " * (FRAME // 2), b" " * (FRAME // 2)
    for source in sources:
        _, front, body = source.read_text(encoding="utf-8").split("---\n", 2)
        fields = yaml.load(front, yaml.CSafeLoader)
        title = str(next(iter(fields.values())))  # kinds differ in what they call it
        page = out / source.relative_to(content).with_suffix("") / "index.html"
        page.parent.mkdir(parents=True)
        page.write_bytes(b"".join([head, title.encode(), comrak.render_markdown(body, options).encode(), tail]))


def main(root: Path) -> int:
    """Make all pages below ``root/site`` from ``root/content``, in as many processes as there are cores."""
    content, out = root / "content", root / "site"
    sources = sorted(content.rglob("*.md"))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    children = []
    for number in range(cores):
        child = os.fork()
        if not child:
            build(sources[number::cores], content, out)
            os._exit(0)
        children.append(child)
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0 for child in children)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
