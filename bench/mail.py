"""``python -m bench.mail``: an edition composed and delivered into Postfix's smtp-sink, beside the loop that people write; a part of ``bench/RESULTS.md``.

What is measured: `publisher digest send` as a command, its start and the queueing included, on SQLite with one process and on PostgreSQL with
four, and the same number of messages by `bench.plain_loop`, in turns; how many messages a second are stamped; how long it takes to queue
100,000 readers; the memory of the sender by the number of readers.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from sqlalchemy import insert

from bench.mail_results import Rates, report
from bench.measure import CommandError, measure
from bench.peers import HERE, PROJECT
from bench.results import as_section
from publisher.clock import read_as_of
from publisher.delivery import outbox
from publisher.delivery.database import Database
from publisher.delivery.outbox import Claim
from publisher.delivery.preferences import KINDS, Preferences
from publisher.delivery.press import Press, plan_issue
from publisher.delivery.schema import subscriber
from publisher.delivery.segments import pack, select, unpack
from publisher.delivery.token import Signer
from publisher.engine.prepare import prepare
from publisher.site.render import Renderer

EDITION, AS_OF = "2026-W47", "2026-11-23 09:00"
#: Domains whose pace nobody limits: what is measured is the program.
_DOMAINS = ("example.com", "example.cn", "example.org", "example.net", "example.edu")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write; 3 when a part is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.mail")
    parser.add_argument("--count", type=int, default=10_000, help="messages of a run, default 10,000")
    parser.add_argument("--large", type=int, default=100_000, help="readers of the large run, default 100,000")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", type=Path, default=PROJECT / "var" / "bench" / "mail")
    parser.add_argument(
        "--postgres",
        default=os.environ.get("PUBLISHER_BENCH_POSTGRES", ""),
        metavar="URL",
        help="an empty PostgreSQL database; without it that row is left out",
    )
    options = parser.parse_args(argv)
    sink = shutil.which("smtp-sink") or shutil.which("/usr/sbin/smtp-sink")
    if sink is None:
        print("bench: smtp-sink is missing (Debian package postfix)", file=sys.stderr)
        return 3
    try:
        with _sink(sink) as url:
            rates = _measure(options, url)
    except CommandError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 3
    text = report(rates)
    print(text)
    as_section(HERE / "RESULTS.md", "mail", text)
    return 0


@contextmanager
def _sink(program: str) -> Iterator[str]:
    """smtp-sink on a free port: it takes everything and keeps nothing."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to run as root
    process = subprocess.Popen([program, *user, f"127.0.0.1:{port}", "1000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        if not any(_answers(port) for _ in range(200)):
            raise CommandError("smtp-sink does not answer")
        yield f"smtp://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return True
    time.sleep(0.05)
    return False


def _street(work: Path) -> Path:
    """A copy of the project with nothing in its ``var/``."""
    root = work / "street"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    for name in ("content", "templates"):
        shutil.copytree(PROJECT / name, root / name)
    shutil.copy(PROJECT / "mkdocs.yml", root)
    return root


def _fill(database: Database, count: int) -> None:
    """Readers with forty different choices at five domains."""
    chosen = [
        Preferences(kinds=frozenset(KINDS[: 1 + number % len(KINDS)]), districts=frozenset({"610102"} if number % 7 else ())).to_json() for number in range(40)
    ]
    choices, domains = cycle(chosen), cycle(_DOMAINS)
    row = {"state": "active", "frequency": "weekly", "created_at": 0.0, "changed_at": 0.0}
    with database.begin() as connection:
        for at in range(0, count, 5_000):
            rows = []
            for number in range(at, min(count, at + 5_000)):
                domain = next(domains)
                rows.append(row | {"address": f"reader{number}@{domain}", "domain": domain, "preferences": next(choices)})
            connection.execute(insert(subscriber), rows)


def _deliver(root: Path, url: str, count: int, *, processes: int = 1, database: str = "", memory: bool = False) -> tuple[float, int | None]:
    """Seconds of delivering to ``count`` readers from an empty database, and the peak memory."""
    for path in root.glob("var/subscribers.sqlite*"):
        path.unlink()
    store = Database.at(root, database or None)
    if database:
        with store.begin() as connection:
            connection.exec_driver_sql("TRUNCATE subscriber, edition, worker, pace RESTART IDENTITY CASCADE")
    _fill(store, count)
    store.close()
    program = [sys.executable, "-m", "publisher", "digest", "send", EDITION, "--root", str(root), "--as-of", AS_OF, "--workers", "8"]
    env = os.environ | {"PUBLISHER_SMTP_URL": url, "PUBLISHER_DATABASE_URL": database, "PUBLISHER_SECRET": "b" * 32}
    command = program if processes == 1 else ["sh", "-c", " & ".join([" ".join(map(_quoted, program))] * processes) + " & wait"]
    run = measure(command, root, env=env, memory=memory)
    store = Database.at(root, database or None)
    with store.begin() as connection:
        states = outbox.progress(connection, EDITION, time.time()).states
    store.close()
    if states != {"sent": count}:
        raise CommandError(f"{count} messages were to be sent: {dict(states)}")
    return run.wall, run.peak


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


def _measure(options: argparse.Namespace, url: str) -> Rates:
    root = _street(options.work)
    press, segments = _make_press(root)
    stamped, composed = _stamp_rate(press, segments, options.work)
    plain, ours, theirs = [], [], []
    loop = [sys.executable, "-m", "bench.plain_loop", url, str(options.count), str(options.work / "mail.html"), str(options.work / "mail.txt")]
    env = os.environ | {"PYTHONPATH": str(PROJECT)}
    for _ in range(options.runs):
        plain.append(options.count / measure(loop, options.work, env=env).wall)
        ours.append(options.count / _deliver(root, url, options.count)[0])
        if options.postgres:
            theirs.append(options.count / _deliver(root, url, options.count, processes=4, database=options.postgres)[0])
    memory = {count: _deliver(root, url, count, memory=True)[1] or 0 for count in (options.count // 10, options.count)}
    queued, delivered = _large(root, url, options.large)
    return Rates(options.count, stamped, composed, plain, ours, theirs, options.large, queued, delivered, memory)


def _make_press(root: Path) -> tuple[Press, list[str]]:
    """What makes the messages, and forty segments."""
    prepared = prepare(root, read_as_of(AS_OF))
    assert prepared.worker is not None
    viewer, settings = prepared.worker.viewer, prepared.settings
    edition = next(edition for edition in prepared.library.editions if edition.id == EDITION)
    issue = plan_issue(viewer, edition)
    packed = [pack(select(issue, Preferences(kinds=frozenset(KINDS[: 1 + number])))) for number in range(len(KINDS))]

    press = Press(
        viewer, Renderer(settings.templates, None, ""), edition, signer=Signer(b"b" * 32), load=lambda number: unpack(packed[number]), now=read_as_of(AS_OF)
    )
    return press, packed


def _stamp_rate(press: Press, packed: Sequence[str], work: Path) -> tuple[float, float]:
    """Messages a second stamped, and put together anew."""
    claims = [Claim(number, number + 1, number % len(packed), "example.com", 0, 0, f"reader{number}@example.com", 0) for number in range(5_000)]
    data = press.compose(claims[-1])
    for claim in claims[: len(packed)]:
        press.compose(claim)
    started = time.perf_counter()
    for claim in claims:
        press.compose(claim)
    stamped = len(claims) / (time.perf_counter() - started)
    started = time.perf_counter()
    for _ in range(20):
        for text in packed:
            press.put_together(unpack(text))
    composed = 20 * len(packed) / (time.perf_counter() - started)
    _keep_texts(data, work)
    return stamped, composed


def _keep_texts(data: bytes, work: Path) -> None:
    """The texts of one message for the plain loop, so that both send the same."""
    import email
    from email.message import EmailMessage
    from email.policy import SMTP

    message = email.message_from_bytes(data, _class=EmailMessage, policy=SMTP)
    for kind, name in (("html", "mail.html"), ("plain", "mail.txt")):
        part = message.get_body((kind,))
        assert part is not None
        (work / name).write_text(part.get_content(), encoding="utf-8")


def _large(root: Path, url: str, count: int) -> tuple[float, float]:
    """Seconds to queue many readers, and to queue and deliver them."""
    prepared = prepare(root, read_as_of(AS_OF))
    assert prepared.worker is not None
    edition = next(edition for edition in prepared.library.editions if edition.id == EDITION)
    issue = plan_issue(prepared.worker.viewer, edition)
    for path in root.glob("var/subscribers.sqlite*"):
        path.unlink()
    store = Database.at(root)
    _fill(store, count)
    started = time.perf_counter()
    with store.begin() as connection:
        outbox.enqueue(connection, issue, 0.0, 0.0)
    queued = time.perf_counter() - started
    store.close()
    return queued, _deliver(root, url, count)[0]


if __name__ == "__main__":
    sys.exit(main())
