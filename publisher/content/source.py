"""Files in, `Source` texts out: front matter and body with their line numbers. It reads no YAML and knows no kinds.

Reading never follows a link out of the content folder, never reads more than `MAX_BYTES`, and turns every failure of one
file into a `Problem`, so that the other files are still read.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from publisher.problems import Problem, PublisherError, Span
from publisher.yamltext import YamlText

MAX_BYTES = 4 * 1024 * 1024
#: Read at once: Python makes room for all that is asked for, and nearly every file is shorter.
_CHUNK = 64 * 1024
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufffe\uffff]")
_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """One entry's text: its front matter as YAML, its body as Markdown, and where the body begins (a line, from 1)."""

    path: str
    front: YamlText
    body: str = ""
    body_line: int = 1

    @property
    def has_text(self) -> bool:
        """False once the text was let go because nobody is expected to ask for it."""
        return self.body_line > 0

    def without_text(self) -> Source:
        """The source without its words; what is wrong with them can no longer be placed."""
        return Source(self.path, YamlText(self.path, ""), body_line=0)

    def body_problem(self, code: str, line: int, column: int, length: int, /, **context: object) -> Problem:
        """A problem in the body: line and column from 0 within the body."""
        lines = self.body.split("\n")
        text = lines[line] if line < len(lines) else ""
        return Problem(code, Span(self.path, self.body_line + line, column + 1, max(1, length)), context, text)


def walk(folder: Path, root: Path) -> Iterator[tuple[str, Path]]:
    """Every file below a folder as (path relative to the root with ``/``, path), sorted; hidden names are left out."""
    for item in scan(folder):
        path = Path(item.path)
        if item.is_dir(follow_symlinks=False):
            yield from walk(path, root)
        else:
            yield path.relative_to(root).as_posix(), path


def scan(folder: Path | str) -> list[os.DirEntry[str]]:
    """What stands in a folder, sorted by name; without hidden names, and nothing when there is no such folder."""
    try:
        items = sorted(os.scandir(folder), key=lambda item: item.name)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise PublisherError(f"读不了文件夹 {folder}：{error.strerror}", f"cannot read the folder {folder}: {error.strerror}") from error
    return [item for item in items if not item.name.startswith(".") and not item.name.endswith("~")]


def link_fault(path: Path, name: str, content: Path) -> Problem | None:
    """Why a symbolic link is not followed: it leads out of the content folder, nowhere, or in a circle."""
    try:
        if not path.is_symlink():
            return None
        target = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: a circle, before Python 3.13
        reason = getattr(error, "strerror", None) or str(error)
        return Problem("unreadable-file", Span(name), {"reason": reason, "english": reason})
    is_inside = target.is_relative_to(content.resolve()) and not target.is_dir()
    return None if is_inside else Problem("link-leaves-content", Span(name), {"value": str(path.readlink())})


def read_bytes(path: Path | str, name: str, *, is_file: bool = False) -> bytes | Problem:
    """Read a file, or say why not; a pipe or a device is never opened. ``is_file`` says that it was seen to be neither, nor a link."""
    try:
        if not is_file and not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116  # pathlib asks three times
            return Problem("unreadable-file", Span(name), {"reason": "不是普通文件", "english": "not a regular file"})
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            data = file.read(_CHUNK)
            if len(data) == _CHUNK:
                data += file.read(MAX_BYTES + 1 - _CHUNK)
            if len(data) > MAX_BYTES:
                size = os.fstat(file.fileno()).st_size
                return Problem("file-too-large", Span(name), {"size": round(size / 1048576, 1), "limit": MAX_BYTES // 1048576})
            return data
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        reason = getattr(error, "strerror", None) or str(error)
        return Problem("unreadable-file", Span(name), {"reason": reason, "english": reason})


def decode(data: bytes, name: str) -> tuple[str, list[Problem]]:
    """Bytes to text: UTF-8 with or without a byte-order mark, any line ends; control characters are problems."""
    try:
        text = data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8")  # the former is written in Python
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n")
        return "", [Problem("not-utf8", Span(name, line, column), {"offset": error.start})]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\ufeff \t\n\u3000"):
        return "", [Problem("empty-file", Span(name))]
    if text.replace("\n", "").isprintable():  # a quicker way to say that the next search finds nothing
        return text, []
    problems = []
    for match in list(_CONTROL.finditer(text))[:5]:
        line_start = text.rfind("\n", 0, match.start()) + 1
        span = Span(name, text.count("\n", 0, match.start()) + 1, match.start() - line_start + 1)
        sign = unicodedata.name(match[0], f"U+{ord(match[0]):04X}")
        problems.append(Problem("control-character", span, {"name": sign}, _CONTROL.sub("�", text[line_start:].split("\n", 1)[0])))
    return text, problems


def split(text: str, name: str) -> Source | Problem:
    """Cut a Markdown file into front matter and body."""
    if not (first := _FENCE.match(text)):
        line = text.split("\n", 1)[0]
        return Problem("missing-front-matter", Span(name, 1, 1, len(line)), {}, line)
    start = first.end() + 1
    second = _FENCE.search(text, start)
    if not second:
        return Problem("unclosed-front-matter", Span(name, 1, 1, 3), {}, "---")
    body = text[second.end() :]
    body_line = text.count("\n", 0, second.end()) + 2
    return Source(name, YamlText(name, text[start : second.start()], 2), body.removeprefix("\n"), body_line)
