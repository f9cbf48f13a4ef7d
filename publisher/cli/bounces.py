"""``publisher bounces read``: what came back is read from a Maildir or an IMAP folder, and readers who cannot or will not be reached are struck off."""

from __future__ import annotations

import argparse
from collections import Counter

from publisher.cli.mailbox import add_mailbox, letters_of
from publisher.cli.options import add_common
from publisher.cli.surroundings import now_of, open_database, signer_of
from publisher.delivery.bounces import record
from publisher.delivery.report import read_report

_MAILBOX = "PUBLISHER_BOUNCES_URL"
#: What a letter came to, in Chinese and English, in the order in which it is told.
_OUTCOMES = {
    "hard": ("邮箱不存在，不再寄", "no such mailbox, struck off"),
    "soft": ("这次没送到", "not delivered this time"),
    "complaint": ("被投诉，不再寄", "complaints, struck off"),
    "refusal": ("对方拒收，原因在我们（策略、频率、内容）", "refused for what we are or say"),
    "delay": ("还在投递或已送到", "delayed or delivered"),
    "again": ("以前读过", "read before"),
    "stranger": ("退信，但不是我们寄的，没有动", "reports of nothing of ours, left as they are"),
    "other": ("不是退信，没有动", "no reports, left as they are"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="read")
    read = actions.add_parser("read", help="读退信和投诉", description="读退信和投诉；读过的标为已读，不删除")
    add_common(read, formats=False)
    add_mailbox(read, _MAILBOX)
    read.set_defaults(run=run, format="text")


def run(options: argparse.Namespace) -> int:
    """Read what is new, one transaction for each letter, and tell what it came to."""
    letters = letters_of(options, _MAILBOX)
    key, counts = signer_of(options.root).key, Counter[str]()
    database = open_database(options.root)
    try:
        for letter in letters:
            report = read_report(letter.data, key)
            if report is None:
                counts["other"] += 1
                continue
            with database.begin() as connection:
                outcome = record(connection, report, key, now_of(options))
            counts[outcome] += 1
            if outcome != "stranger":  # the mailbox may be others' too
                letter.mark()
    finally:
        database.close()
    language = 0 if options.lang == "zh" else 1
    print("\n".join(f"{counts[name]}  {words[language]}" for name, words in _OUTCOMES.items() if counts[name]) or ("没有新的来信", "nothing new")[language])
    return 0
