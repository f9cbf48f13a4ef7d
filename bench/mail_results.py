"""What `bench.mail` measured in, its section of ``bench/RESULTS.md`` out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Rates:
    """What one run of the benchmark found.

    ``stamped``, ``composed``, ``plain``, ``sqlite`` and ``postgres`` are messages a second, ``queued`` and ``delivered`` seconds for
    ``large`` readers, ``memory`` bytes by the number of readers.
    """

    count: int
    stamped: float
    composed: float
    plain: Sequence[float]
    sqlite: Sequence[float]
    postgres: Sequence[float]
    large: int
    queued: float
    delivered: float
    memory: Mapping[int, int]


_HOW = """\
Made by `make bench-mail`; do not edit. {count:,} messages of one edition into Postfix's `smtp-sink` on loopback, in turns. Our figures
hold the start of the program, the queueing and the outbox: every message is durable in the database before its connection takes the next."""

_WHY = """\
A message is put together {composed:,.0f} times a second and stamped for its reader {stamped:,.0f} times. Queueing {large:,} readers takes
{queued:.1f} s, queueing and delivering them on SQLite {delivered:.0f} s. The sender takes {memory:.0f} MB."""

_MILLION = """\
To a million readers: queueing takes {queued:.0f} s at this rate, and delivering at {rate:,.0f} a second {minutes:.0f} minutes from one machine such as
this; more machines share one PostgreSQL by running the same command, until its commits are the limit. What limits in truth is the provider: at 50
a second, a common agreement, a million take {hours:.1f} hours, whatever the machines."""


def report(rates: Rates) -> str:
    """The section of ``RESULTS.md``."""
    plain, ours = median(rates.plain), median(rates.sqlite)
    rows = [("the plain loop, one connection", rates.plain), ("ours, SQLite, one process of eight connections", rates.sqlite)]
    if rates.postgres:
        rows.append(("ours, PostgreSQL, four processes of eight connections", rates.postgres))
    few, many = sorted(rates.memory)
    growth = rates.memory[many] / rates.memory[few]
    targets = [
        ("one process, to the plain loop", "at least 3", f"{ours / plain:.1f}", ours / plain >= 3),
        (
            f"queueing {rates.large:,} readers, to delivering them",
            "at most 1/5",
            f"1/{rates.delivered / rates.queued:.0f}",
            rates.queued * 5 <= rates.delivered,
        ),
        (f"memory at {many:,} readers, to {few:,}", "flat", f"{growth:.2f}", growth < 1.15),
    ]
    rate = median(rates.postgres or rates.sqlite)
    million = {"queued": 1_000_000 * rates.queued / rates.large, "rate": rate, "minutes": 1_000_000 / rate / 60, "hours": 1_000_000 / 50 / 3600}
    why = {"composed": rates.composed, "stamped": rates.stamped, "large": rates.large, "queued": rates.queued, "delivered": rates.delivered}
    parts = [
        "## Mail",
        _HOW.format(count=rates.count),
        _table(("Delivered", "messages a second", "of the plain loop"), [(name, _range(found), f"{median(found) / plain:.1f}") for name, found in rows]),
        _table(("Figure", "Target", "Found", ""), [(*words, "met" if is_met else "not met") for *words, is_met in targets]),
        _WHY.format(**why, memory=rates.memory[many] / 1e6),
        _MILLION.format(**million),
    ]
    return "\n\n".join(parts)


def _range(values: Sequence[float]) -> str:
    return f"{median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])
