"""``build``: say at once that nothing has changed, or hand over to `publisher.engine.rebuild`. It imports nothing heavy.

There is one way to build: a clean build is a build in which everything counts as changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from publisher.engine.beside import Beside
from publisher.engine.ledger import DamagedLedgerError, Ledger
from publisher.engine.lock import PATIENCE, hold
from publisher.engine.output import Output
from publisher.engine.report import BuildReport
from publisher.engine.scan import Signatures, scan_content, sign_assets, sign_environment

if TYPE_CHECKING:
    from publisher.site.frames import Shell


#: What a build may die of when a damaged ledger tells it nonsense. It is tried again without the ledger: a fault of our own comes again.
NONSENSE = (AssertionError, AttributeError, EOFError, LookupError, TypeError, ValueError)


#: From how many files of the site on another process looks after them, while this one looks at the content.
_WORTH_A_PROCESS = 2_000


class Order(NamedTuple):
    """What is to be built: the project's root, the folder for the site, the moment, and the theme's frame, loaded when it is needed.

    ``is_clean`` makes every file anew, ``is_strict`` takes a warning for an error, ``is_ours`` says that the output folder may be
    emptied without asking, ``processes`` how many to use (None decides by itself), ``shows_drafts`` that a
    preview shows what is not public yet, marked, ``is_packed`` that text files are compressed beside themselves (None: if they were).
    """

    root: Path
    out: Path
    as_of: datetime
    load_shell: Callable[[Path], Shell]
    is_clean: bool = False
    is_strict: bool = False
    is_ours: bool = False
    processes: int | None = None
    shows_drafts: bool = False
    is_packed: bool | None = None
    progress: Callable[[int, int], None] = lambda _done, _total: None
    waiting: Callable[[str], None] = lambda _holder: None
    patience: float = PATIENCE


class Found(NamedTuple):
    """What the disk says before anything is read: sources, what all pages depend on, static files; and what the ledger says to that.

    ``is_going_on`` tells that the ledger's tale can be continued, ``damaged`` names the outputs that are not as they were written.
    """

    signatures: Signatures
    environment: str
    assets: str
    has_ledger: bool
    is_going_on: bool
    damaged: list[str]
    known: Signatures | None = None


def build(order: Order) -> BuildReport:
    """Bring the output folder to what the content says.

    Raises `PublisherError` when the disk or a template fails; files already replaced are whole, the others are as they were.
    """
    started = time.perf_counter()
    ledger = Ledger(order.root / "var", order.out)
    with hold(ledger.lock_file, order.waiting, order.patience):
        try:
            report = _build_twice_if_need_be(order, ledger)
            if report.is_built:
                report.packed = _pack(order, ledger)
        finally:
            ledger.close()
    report.seconds = time.perf_counter() - started
    return report


def _build_twice_if_need_be(order: Order, ledger: Ledger) -> BuildReport:
    try:
        return _build(order, ledger)
    except (DamagedLedgerError, *NONSENSE) as error:
        if isinstance(error, NONSENSE) and not ledger.is_open:
            raise
        ledger.forget()
        return _build(order, ledger, is_damaged=True)


def _pack(order: Order, ledger: Ledger) -> int:
    """Bring the compressed files to what the site is; gives how many were written or removed."""
    marker = ledger.packed_marker
    was_packed = marker.exists()
    is_packed = was_packed if order.is_packed is None else order.is_packed
    if not (is_packed or was_packed):
        return 0
    from publisher.engine.packing import pack_site, unpack_site

    return pack_site(order.out, ledger.states(), marker, order.processes) if is_packed else unpack_site(order.out, ledger.states(), marker)


def _build(order: Order, ledger: Ledger, *, is_damaged: bool = False) -> BuildReport:
    found = look(order, ledger, is_damaged=is_damaged)
    known = ledger.signatures() if found.is_going_on else None
    is_same = known is not None and found.signatures == known and "" not in known.values()
    is_same = is_same and not found.damaged and found.assets == ledger.meta.get("assets")
    if is_same and not ledger.out_of_date(order.as_of.timestamp()) and not ledger.is_unfinished:
        return _unchanged(order, ledger)
    from publisher.engine.rebuild import rebuild

    return rebuild(order, ledger, found._replace(known=known))


def look(order: Order, ledger: Ledger, *, is_damaged: bool = False) -> Found:
    """See what is on disk; a ledger of another environment keeps only what it knows of the files."""
    is_open = not is_damaged and ledger.open()
    if not is_open or order.is_clean:
        ledger.forget()
    forks = ledger.is_open and (ledger.file_count() >= _WORTH_A_PROCESS if order.processes is None else order.processes > 1)
    with Beside(lambda: find_damaged(order), forks=forks) as damaged:
        signatures = scan_content(order.root / "content")
        environment, assets = sign_environment(order.root, shows_drafts=order.shows_drafts), sign_assets(order.root)
        if not ledger.is_open:
            return Found(signatures, environment, assets, has_ledger=is_open, is_going_on=False, damaged=[])
        is_going_on = ledger.meta.get("environment") == environment
        return Found(signatures, environment, assets, has_ledger=True, is_going_on=is_going_on, damaged=damaged.answer())


def find_damaged(order: Order) -> list[str]:
    """The files of the site that are not as they were written; it reads the ledger by itself, for it may be asked in another process."""
    ledger, output = Ledger(order.root / "var", order.out), Output(order.out)
    try:
        ledger.open()
        return [path for path, size, mtime_ns in ledger.states() if not output.is_as_written(path, size, mtime_ns)]
    finally:
        ledger.close()


def _unchanged(order: Order, ledger: Ledger) -> BuildReport:
    """The report of a build that had nothing to do."""
    packed = ledger.problems()
    problems = []
    if packed:
        from publisher.engine.messages import unpack_problems
        from publisher.problems.order import sort_problems

        problems = sort_problems([problem for data in packed.values() for problem in unpack_problems(data)])
    facts = {"counts": ledger.counts(), "next_change": ledger.next_change()}
    report = BuildReport(problems=problems, is_built=not (order.is_strict and problems), facts=facts)
    report.kept = ledger.file_count()
    return report
