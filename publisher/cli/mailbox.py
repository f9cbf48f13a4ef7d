"""What the verbs share that read a mailbox: where it is, and its new letters."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from publisher.cli.options import UsageError
from publisher.delivery.inbox import Letter, read_imap, read_maildir


def add_mailbox(parser: argparse.ArgumentParser, variable: str) -> None:
    """The options that name a mailbox; ``variable`` of the environment names it when they do not."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--maildir", type=Path, metavar="DIR", help="从这个 Maildir 读")
    source.add_argument("--imap", metavar="URL", help=f"从 imaps://用户@主机/文件夹 读，密码放在 PUBLISHER_IMAP_PASSWORD；默认 {variable}")


def letters_of(options: argparse.Namespace, variable: str) -> Iterator[Letter]:
    """The new letters, one by one; raises `UsageError` when no mailbox is named."""
    url = options.imap or os.environ.get(variable, "")
    if options.maildir is None and not url:
        raise UsageError(f"要写 --maildir 或 --imap，或者设环境变量 {variable} / give --maildir, --imap or {variable}")
    path = options.maildir or (Path(url.removeprefix("maildir:")) if url.startswith("maildir:") else None)
    return read_maildir(path) if path else read_imap(url, os.environ)
