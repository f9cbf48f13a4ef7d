"""Options that several verbs share, and how they talk: results on standard output, progress on standard error."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path

from publisher.clock import read_as_of


class UsageError(Exception):
    """The command was called in a wrong way that the parser could not see."""


def add_common(parser: argparse.ArgumentParser, *, formats: bool = True) -> None:
    """``--root``, ``--as-of``, ``--lang`` and, where results are printed, ``--format``."""
    parser.add_argument("--root", type=folder, default=Path(), metavar="DIR", help="放着 mkdocs.yml 和 content/ 的文件夹，默认当前文件夹")
    parser.add_argument("--as-of", type=moment, default=None, metavar="TIME", help="按这个时间计算，如 2026-11-23 或 “2026-11-23 09:00”，默认现在")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="提示用的语言")
    if formats:
        parser.add_argument("--format", choices=("text", "json", "github"), default="text", help="输出格式：文字、JSON 或 CI 批注")


def folder(text: str) -> Path:
    """A folder that exists."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"没有这个文件夹 / no such folder: {text}")
    return path


def moment(text: str) -> datetime:
    """A time as ``--as-of`` takes it."""
    try:
        return read_as_of(text or "empty")
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"时间要写成 2026-11-23 或 “2026-11-23 09:00” / not a time: {text}") from None


def time_of(options: argparse.Namespace) -> datetime:
    """The time asked for: the option, else ``PUBLISHER_AS_OF``, else now."""
    chosen: datetime | None = options.as_of
    if chosen:
        return chosen
    text = os.environ.get("PUBLISHER_AS_OF", "")
    try:
        return read_as_of(text)
    except (ValueError, OverflowError):
        raise UsageError(f"环境变量 PUBLISHER_AS_OF 的时间写得不对 / not a time: {text}") from None


def processes_of() -> int | None:
    """How many processes to build with: ``PUBLISHER_PROCESSES``; None lets the build decide."""
    text = os.environ.get("PUBLISHER_PROCESSES", "")
    if text and not (text.isascii() and text.isdigit() and 1 <= int(text) <= 64):
        raise UsageError(f"环境变量 PUBLISHER_PROCESSES 要写 1 到 64 的整数 / not a number from 1 to 64: {text}")
    return int(text) if text else None


def say(text: str) -> None:
    """A line of progress, on standard error, and only when somebody watches."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)


class Progress:
    """A counter that overwrites itself on a terminal and is silent elsewhere."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._shows = sys.stderr.isatty()
        self._last = -1

    def __call__(self, done: int, total: int) -> None:
        percent = done * 100 // max(1, total)
        if not self._shows or percent == self._last:
            return
        self._last = percent
        end = "\n" if done == total else ""
        print(f"\r{self._words} {done}/{total} ({percent}%)", end=end, file=sys.stderr, flush=True)
