"""``python -m bench.matching``: how good the counterparts of listings are, beside plain keyword overlap, and how fast they are found.

Judged on ``bench/data/matching.yml``, whose listings and verdicts were written by hand. Its tuning half chose the weights of
`publisher.counterparts`, and the threshold at which keyword overlap does best; its held-out half is only measured.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bench.corpus import SEED, Dice
from bench.matching_results import Judged, Quality, report
from bench.peers import HERE
from bench.results import as_section
from bench.words import INDUSTRIES, SENTENCES, TAGS
from publisher.content.model.kinds import Listing
from publisher.content.model.vocabulary import Cooperation, Delivery, Field, ListingType
from publisher.counterparts.affinity import form_of, is_pair
from publisher.counterparts.matching import LIMIT, match
from publisher.counterparts.offer import Offer, make_offer, unpack_terms

DATA = HERE / "data" / "matching.yml"
#: The halves of the verdicts.
TUNING, HELD_OUT = "tuning", "held-out"
_PUBLISHED, _EXPIRES = "2026-11-20 09:00", "2027-02-20"
_NEWEST = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001  it is only written down

Found = Mapping[str, Sequence[str]]


class Verdicts(NamedTuple):
    """One half: its offers, the pairs that fit, and those that were judged not to."""

    offers: dict[str, Offer]
    fits: frozenset[frozenset[str]]
    misfits: frozenset[frozenset[str]]


def load_verdicts(half: str, file: Path = DATA) -> Verdicts:
    """Read one half."""
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    offers = {row["id"]: _offer(row) for row in data["listings"] if row["half"] == half}
    judged: dict[str, set[frozenset[str]]] = {"是": set(), "否": set()}
    for one, other, verdict, _reason in data["pairs"]:
        if one in offers:
            judged[verdict].add(frozenset((one, other)))
    return Verdicts(offers, frozenset(judged["是"]), frozenset(judged["否"]))


def _offer(row: Mapping[str, Any]) -> Offer:
    low, high = row["budget"] or (None, None)
    values = {
        "title": row["title"],
        "summary": row["summary"],
        "industries": row["industries"],
        "published": _PUBLISHED,
        "expires": _EXPIRES,
        "type": row["type"],
        "field": row["field"],
        "cooperation": row["ways"],
        "districts": row["districts"],
        "delivery": row["delivery"],
        "budget": {"low": str(low), "high": str(high)} if low is not None else {"negotiable": "是"},
        "enterprise": row.get("enterprise", f"e-{row['id']}"),
        "verified": "已核验营业执照",
    }
    return make_offer(Listing.model_validate(values), row["detail"], tuple(row["tags"]))


def keyword_overlap(offers: Mapping[str, Offer], least: int) -> Found:
    """What is compared with: the counterparts with most words in common, each word as good as another, from ``least`` words on."""
    terms = {name: frozenset(unpack_terms(offer.heading)) | frozenset(unpack_terms(offer.text)) for name, offer in offers.items()}
    found = {}
    for name, offer in offers.items():
        others = [o for o in offers if o != name and offers[o].enterprise != offer.enterprise and is_pair(form_of(offer), form_of(offers[o]))]
        rows = sorted((-len(terms[name] & terms[other]), other) for other in others)
        found[name] = tuple(other for shared, other in rows[:LIMIT] if -shared >= least)
    return found


def judge(found: Found, verdicts: Verdicts) -> Quality:
    """Precision of what is offered (three at most for each listing) and recall of what fits."""
    offered = [frozenset((name, other)) for name, others in found.items() for other in others]
    right = sum(pair in verdicts.fits for pair in offered)
    wanted = [(name, pair) for pair in verdicts.fits for name in pair]
    met = sum(next(iter(pair - {name})) in found.get(name, ()) for name, pair in wanted)
    return Quality(right / len(offered) if offered else 0.0, met / len(wanted), len(offered))


def best_threshold(verdicts: Verdicts) -> int:
    """The number of common words from which keyword overlap does best (F1)."""
    return max(range(1, 60), key=lambda least: (judge(keyword_overlap(verdicts.offers, least), verdicts).f1, -least))


def judge_all() -> list[Judged]:
    """Both halves, ours and keyword overlap."""
    least = best_threshold(load_verdicts(TUNING))
    rows = []
    for half in (TUNING, HELD_OUT):
        verdicts = load_verdicts(half)
        size = len(verdicts.offers), len(verdicts.fits), len(verdicts.misfits)
        ways: dict[str, Callable[[Mapping[str, Offer]], Found]] = {"ours": match, "keyword overlap": lambda offers: keyword_overlap(offers, least)}
        rows += [Judged(half, size, name, judge(way(verdicts.offers), verdicts)) for name, way in ways.items()]
    return rows


def generate(size: int, seed: int = SEED) -> dict[str, Offer]:
    """Offers of an invented street, the same on any machine; their words come from a small table, so that many share them."""
    offers = {}
    kinds, fields, ways, times = (tuple(one.value for one in words) for words in (ListingType, Field, Cooperation, Delivery))
    for number in range(size):
        dice = Dice(f"{seed}:listing:{number}")
        low = 500 * (1 + dice.below(40))
        values = {
            "title": dice.say("{goods}{topic}{thing}（示例）"),
            "summary": dice.say(dice.pick(SENTENCES)),
            "published": f"{_NEWEST - timedelta(minutes=number):%Y-%m-%d %H:%M}",
            "expires": _EXPIRES,
            "type": dice.pick(kinds),
            "field": dice.pick(fields),
            "cooperation": list(dice.some(ways, 1 + dice.below(2))),
            "districts": ["610102"],
            "delivery": dice.pick(times),
            "budget": {"low": str(low), "high": str(low * 2)},
            "enterprise": f"qy-{dice.below(size // 3 + 1)}",
            "verified": "licence",
        }
        values["industries"] = dice.some(tuple(INDUSTRIES), 1 + dice.below(2))
        detail = "".join(dice.say(dice.pick(SENTENCES)) for _ in range(6))
        offers[f"gx-{number:05d}"] = make_offer(Listing.model_validate(values), detail, dice.some(tuple(TAGS), 2))
    return offers


def main(argv: Sequence[str] | None = None) -> int:
    """Judge, time, and write the section of ``bench/RESULTS.md``."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching")
    parser.add_argument("--size", type=int, default=5_000, help="listings of the timed run, default 5,000")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md", metavar="FILE")
    options = parser.parse_args(argv)
    offers = generate(options.size)
    seconds = []
    gc.disable()  # as in a build
    for _ in range(options.runs):
        begin = time.process_time()
        found = match(offers)
        seconds.append(time.process_time() - begin)
    text = report(judge_all(), options.size, seconds, len(found))
    print(text)
    as_section(options.results, "matching", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
