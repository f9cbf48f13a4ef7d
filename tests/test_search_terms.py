"""Segmentation and the bytes of the index: the same in Python and in a browser, and no term of a query is missing in a text that has it."""

from __future__ import annotations

import json
import random
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.search import columns
from publisher.search.edits import edit_shard, find_edits
from publisher.search.postings import decode, encode, pack_shard, unpack_shard
from publisher.search.record import Record, read_record
from publisher.search.segment import fold, query_terms, scatter, spell, terms_of, traditional
from publisher.search.shards import write_shards
from publisher.search.volumes import bind, shard_count
from tests.project import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: What is written, and what it is compared as.
FOLDED = {
    "国发〔2026〕4号": "国发\n2026\n4号",
    "国发[2026]4号": "国发\n2026\n4号",
    "国发（２０２６）４号": "国发\n2026\n4号",
    "5G 专网，5G专网": "5g专网\n5g专网",
    "ＷｉＦｉ Café": "wifi\ncafe",
    "補貼與獎補": "补贴与奖补",
    "㎡、½、①": "m2\n1\n2\n1",
    "零\u200b宽": "零宽",
    "ΣΑΣ": "σασ",
    "İstanbul": "istanbul",
    "カﾞラス": "カラス",
    "\U00020bb7野家": "\U00020bb7野家",
    "，。！": "",
    "": "",
}
ALPHABET = "的一是税收优惠补贴專網貼個5G2026wifiAZé ，。\n〔〕（）-%·ａ１①㎡\u200b\U00020bb7😀\ud800σς・ー"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in which ``search`` is the script of the site."""
    with browser.new_page() as page:
        script = (ROOT / "templates/site/assets/search-index.js").read_text(encoding="utf-8")
        page.route("https://street.example/search-index.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
        page.route("https://street.example/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.goto("https://street.example/")
        page.evaluate("import('/search-index.js').then((module) => { window.search = module; })")
        table = "".join(chr(old) + new for old, new in traditional().items())
        page.evaluate(
            "(table) => { const all = Array.from(table); window.table = new Map(all.filter((_, at) => at % 2 === 0).map((c, at) => [c, all[2*at+1]])); }", table
        )
        yield page


def some_texts(seed: int, count: int) -> list[str]:
    dice = random.Random(seed)
    return ["".join(dice.choice(ALPHABET) for _ in range(dice.randrange(40))) for _ in range(count)]


@pytest.mark.parametrize(("text", "folded"), FOLDED.items())
def test_width_case_brackets_and_traditional_forms_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", [*FOLDED, *some_texts(1, 300)])
def test_a_text_has_every_term_of_each_of_its_substrings(text: str) -> None:
    folded = fold(text)
    terms = terms_of(folded)
    for start in range(len(folded)):
        for end in range(start + 1, min(len(folded), start + 20) + 1):
            assert terms.issuperset(query_terms(folded[start:end].strip("\n")))


def test_the_table_of_traditional_characters_is_opencc_s() -> None:
    """Character by character, until nothing changes any more."""
    opencc = pytest.importorskip("opencc", reason="opencc is not installed")
    convert = opencc.OpenCC("t2s").convert
    wanted = {}
    for code in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00), *range(0x20000, 0x32400)):
        new = convert(chr(code))
        while convert(new) != new:
            new = convert(new)
        if new != chr(code):
            wanted[code] = new
    assert traditional() == wanted


@pytest.mark.browser
def test_a_browser_folds_cuts_and_scatters_like_python(page: Page) -> None:
    texts = [*FOLDED, *some_texts(2, 2_000)]
    found = page.evaluate(
        """(texts) => JSON.parse(texts).map((text) => { const folded = search.fold(text, table); const terms = search.queryTerms(folded);
        const units = (words) => Array.from({length: words.length}, (_, at) => words.charCodeAt(at));
        return [units(folded), terms.map(units), terms.map(search.scatter)]; })""",
        json.dumps(texts),
    )
    for text, (folded, terms, places) in zip(texts, found, strict=True):
        ours = fold(text)
        assert folded == units(ours), text
        assert sorted(terms) == sorted(spell(term) for term in query_terms(ours)), text
        assert sorted(places) == sorted(scatter(term) for term in query_terms(ours)), text


def units(text: str) -> list[int]:
    data = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2)]


@pytest.mark.browser
def test_a_browser_folds_every_character_like_python(page: Page) -> None:
    """Every character of the basic plane that Python knows, between two letters."""
    codes = [code for code in range(0x20, 0x10000) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]
    found = page.evaluate("(codes) => codes.map((code) => search.fold('a' + String.fromCharCode(code) + '中', table))", codes)
    assert [(hex(code), got) for code, got in zip(codes, found, strict=True) if got != fold(f"a{chr(code)}中")] == []


def lists(seed: int) -> list[list[int]]:
    dice = random.Random(seed)
    sizes = [(n, m) for n in (1, 2, 7, 60, 500) for m in (1, 3, 20, 300, 5_000)]
    return [[], [0], [255], [254, 509], [70_000], *(sorted(dice.sample(range(n * m), n)) for n, m in sizes)]


@pytest.mark.browser
def test_numbers_come_back_in_python_and_in_a_browser(page: Page) -> None:
    wanted = lists(3)
    packed = [encode(numbers) for numbers in wanted]
    assert {data[0] for data in packed if data} == {0, 1, 2, 3}
    assert [decode(data) for data in packed] == wanted
    shard = {at + 1 << 16 | 0x4E00: (data, data if at % 2 else b"", data if at % 3 else b"") for at, data in enumerate(packed) if data}
    assert unpack_shard(pack_shard(shard)) == shard
    assert page.evaluate("(packed) => packed.map((data) => search.decode(Uint8Array.from(data)))", [list(data) for data in packed]) == wanted
    read = page.evaluate(
        "(data) => [...search.readShard(Uint8Array.from(data))].map(([term, lists]) => [term, lists.map((list) => [...list])])", list(pack_shard(shard))
    )
    assert {term: tuple(map(bytes, found)) for term, found in read} == {"".join(map(chr, spell(term))): found for term, found in shard.items()}


def record(text: str, title: str = "标题", summary: str = "摘要") -> Record:
    return Record("news/a/", title, summary, "news", "资讯", "2026-11-20", "live", "", (), text)


def shards_one_by_one(known: Mapping[int, Record], count: int) -> list[bytes]:
    """What `write_shards` gives, term by term."""
    shards: list[dict[int, tuple[list[int], list[int], list[int]]]] = [{} for _ in range(count)]
    for number in sorted(known):
        for at, terms in enumerate(known[number].terms()):
            for term in terms:
                shards[scatter(term) & count - 1].setdefault(term, ([], [], []))[at].append(number)
    return [pack_shard({term: (encode(a), encode(b), encode(c)) for term, (a, b, c) in shard.items()}) for shard in shards]


WORDS = st.text(st.sampled_from(ALPHABET), max_size=30) | st.text(max_size=10) | st.text(st.sampled_from("的一a1 \n，Ａ"), max_size=300)
RECORDS = st.builds(record, WORDS, WORDS, WORDS)


@given(st.dictionaries(st.integers(0, 70) | st.integers(0, 300_000), RECORDS, max_size=40), st.sampled_from([1, 2, 64, 256]), st.integers(1, 50))
def test_columns_give_the_shards_that_terms_one_by_one_give(known: dict[int, Record], count: int, full: int) -> None:
    with patch.object(columns, "_ENTRIES", full):
        assert write_shards(known.items(), count) == shards_one_by_one(known, count)


@given(RECORDS)
def test_a_record_comes_back_from_its_bytes(known: Record) -> None:
    written = known.pack().decode("utf-16-le", "surrogatepass")
    assert read_record(json.loads(written)) == known
    assert written == json.dumps(known, ensure_ascii=False, separators=(",", ":"))


def test_long_lists_in_columns_are_written_in_every_way() -> None:
    dice = random.Random(8)
    sizes = {"甲": (900, 1_000), "乙": (60, 60_000), "丙": (60, 900_000), "丁": (300, 9_000)}
    numbers = {char: sorted(dice.sample(range(limit), size)) for char, (size, limit) in sizes.items()}
    texts: dict[int, str] = defaultdict(str)
    for char, found in numbers.items():
        for number in found:
            texts[number] += f"{char}，"
    known = {number: record(text, "", "") for number, text in texts.items()}
    assert {encode(found)[0] for found in numbers.values()} == {0, 1, 2, 3}
    assert write_shards(known.items(), 4) == shards_one_by_one(known, 4)


def test_columns_fold_every_character_as_one_text_does() -> None:
    """Every character of the basic plane, and some beyond it, between a letter and Han."""
    codes = [*range(0x10000), 0x1D400, 0x1F600, 0x20000, 0x20BB7, 0x2F800, 0xE0100, 0x10FFFF]
    texts = ["".join(f"a{chr(code)}中" for code in codes[at : at + 512]) for at in range(0, len(codes), 512)]
    known = {number: record(text, "", "") for number, text in enumerate(texts)}
    assert write_shards(known.items(), 64) == shards_one_by_one(known, 64)


def test_edited_shards_equal_new_ones() -> None:
    dice = random.Random(4)
    texts = some_texts(5, 120)
    known: dict[int, Record] = {number: record(text, text[:9], text[5:20]) for number, text in enumerate(texts[:60])}
    count = shard_count(len(known))
    shards = dict(enumerate(write_shards(known.items(), count)))
    for _ in range(30):
        changes = []
        for number in dice.sample(range(70), 4):
            before, after = known.pop(number, None), dice.choice([None, record(dice.choice(texts), "新标题")])
            changes.append((number, before, after))
            if after:
                known[number] = after
        for shard, edits in find_edits(changes, count).items():
            shards[shard] = edit_shard(shards[shard], edits)
        assert list(shards.values()) == write_shards(sorted(known.items(), reverse=True), count)


def test_volumes_are_the_newest_month_its_year_and_the_years_before(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [("a", "2024-05"), ("b", "2025-01"), ("c", "2026-03"), ("d", "2026-10"), ("e", "2026-11"), ("f", "2026-11")]
    assert bind(found) == {"2024-2025": ("a", "b"), "2026": ("c", "d"), "2026-11": ("e", "f")}
    monkeypatch.setattr("publisher.search.volumes.FULL", 1)
    assert list(bind(found)) == ["2024-2024", "2025-2025", "2026", "2026-11"]
    assert bind([]) == {}
    assert [shard_count(size) for size in (0, 1, 4, 5, 8, 9, 1_023, 1_024, 8_192)] == [1, 1, 1, 2, 2, 4, 256, 128, 1_024]
