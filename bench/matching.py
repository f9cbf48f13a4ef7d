"""``python -m bench.matching``: how good the counterparts of listings are, beside plain keyword overlap, and how fast they are found.

Judged on sets of ``bench/data``, whose listings and verdicts were written by hand. The tuning sets chose the weights of `publisher.counterparts`,
and the thresholds at which the peers do best; the held-out set is only measured.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bench.corpus import SEED, Dice
from bench.matching_peers import PEERS, Found, Peer, Verdicts, best_of
from bench.matching_results import Judged, Quality, report
from bench.peers import HERE
from bench.results import as_section
from bench.words import INDUSTRIES, SENTENCES, TAGS
from publisher.content.model.kinds import Listing
from publisher.content.model.vocabulary import Cooperation, Delivery, Field, ListingType
from publisher.content.synonyms import read_synonyms
from publisher.counterparts.matching import match
from publisher.counterparts.offer import Offer, make_offer

DATA = HERE / "data"
#: The editors' table of the demo content.
SYNONYMS = read_synonyms(HERE.parent)[0]
_PUBLISHED, _EXPIRES = "2026-11-20 09:00", "2027-02-20"
_NEWEST = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001  it is only written down
#: The day of the verdicts; what was over by then takes no part, as in a build.
_TODAY = "2026-11-23"


def load_tuning() -> list[Verdicts]:
    """The streets on which weights and thresholds may be chosen; each is matched for itself."""
    first = _read("matching.yml")
    halves = [{"listings": [row for row in first["listings"] if row["half"] == half], "pairs": first["pairs"]} for half in ("tuning", "held-out")]
    return [_verdicts(data) for data in (*halves, _read("matching-tuning.yml"))]


def load_held_out() -> Verdicts:
    """The street on which nothing was ever chosen."""
    return _verdicts(_read("matching-held-out.yml"))


def _read(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return found


def _verdicts(data: Mapping[str, Any]) -> Verdicts:
    rows = {row["id"]: row for row in data["listings"]}
    judged: dict[str, set[frozenset[str]]] = {"是": set(), "否": set()}
    for one, other, verdict, _reason in data["pairs"]:
        if one in rows:
            judged[verdict].add(frozenset((one, other)))
    live = {name: row for name, row in rows.items() if str(row.get("expires", _EXPIRES)) >= _TODAY}
    texts = {name: f"{row['title']}\n{row['summary']}\n{row['detail']}" for name, row in live.items()}
    return Verdicts({name: _offer(row) for name, row in live.items()}, texts, len(rows), frozenset(judged["是"]), frozenset(judged["否"]))


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


def judge(found: Found, verdicts: Verdicts) -> Quality:
    """Precision of what is offered (three at most for each listing) and recall of what fits."""
    offered = [frozenset((name, other)) for name, others in found.items() for other in others]
    right = sum(pair in verdicts.fits for pair in offered)
    wanted = [(name, pair) for pair in verdicts.fits for name in pair]
    met = sum(next(iter(pair - {name})) in found.get(name, ()) for name, pair in wanted)
    return Quality(right / len(offered) if offered else 0.0, met / len(wanted), len(offered))


def best_threshold(peer: Peer, streets: Sequence[Verdicts]) -> float:
    """The score from which a peer does best: the greatest mean F1 over the streets, of equals the lowest."""
    scored = [peer(street) for street in streets]

    def mean(least: float) -> float:
        return sum(judge(best_of(scores, least), street).f1 for scores, street in zip(scored, streets, strict=True)) / len(streets)

    return max(sorted({score for scores in scored for score in scores.values() if score > 0}), key=mean)


def judge_all() -> list[Judged]:
    """Ours and the peers, on all tuning streets and on the held-out one; peers there also with the threshold that they could only know afterwards."""
    streets = [(f"tuning {number}", street) for number, street in enumerate(load_tuning(), 1)]
    held_out = ("held-out", load_held_out())
    rows = []
    for name, synonyms in (("ours", SYNONYMS), ("ours, no table of synonyms", ())):
        rows += [Judged(label, street.size, name, judge(match(street.offers, synonyms), street)) for label, street in (held_out, *streets)]
    for name, peer in PEERS.items():
        least = best_threshold(peer, [street for _, street in streets])
        rows += [Judged(label, street.size, name, judge(best_of(peer(street), least), street)) for label, street in (held_out, *streets)]
        late = best_threshold(peer, [held_out[1]])
        rows.append(Judged("held-out", held_out[1].size, f"{name}, threshold fitted to this set", judge(best_of(peer(held_out[1]), late), held_out[1])))
    return sorted(rows, key=lambda row: (row.half != "held-out", row.half))


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
        found = match(offers, SYNONYMS)
        seconds.append(time.process_time() - begin)
    text = report(judge_all(), options.size, seconds, len(found))
    print(text)
    as_section(options.results, "matching", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
