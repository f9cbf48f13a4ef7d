"""Addresses, tokens and preferences: the values that the newsletter rests on."""

from __future__ import annotations

import stat
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.address import AddressError, address_digest, domain_of, masked, needs_smtputf8, normalise
from publisher.delivery.preferences import Item, Preferences, unmet
from publisher.delivery.token import TOKEN_LENGTH, Purpose, Signer, TokenError, load_key
from publisher.failure import PublisherError

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Zhang.San@Example.COM ", "Zhang.San@example.com"),
        ("＜zhang＠ｅｘａｍｐｌｅ．ｃｏｍ＞", "zhang@example.com"),
        ("张三@例子.中国", "张三@xn--fsqu00a.xn--fiqs8s"),
        ("a+b@qq.com", "a+b@qq.com"),
    ],
)
def test_an_address_has_one_form(written: str, kept: str) -> None:
    assert normalise(written) == kept
    assert normalise(kept) == kept


_NONE = ["", "zhang", "zhang@", "@qq.com", "a b@qq.com", "a@b", "a@qq..com", "a@qq.com\nBcc: x@y.cn", "x" * 65 + "@qq.com", "a@[127.0.0.1]"]


@pytest.mark.parametrize("written", _NONE)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(AddressError):
        normalise(written)


def test_what_may_be_shown_and_kept_of_an_address() -> None:
    assert masked("zhang@qq.com") == "z***@qq.com"
    assert domain_of("a@b@qq.com") == "qq.com"
    assert needs_smtputf8("张三@qq.com")
    assert not needs_smtputf8("zhang@xn--fsqu00a.xn--fiqs8s")
    digest = address_digest("Zhang@qq.com", KEY)
    assert digest == address_digest("zhang@qq.com", KEY) != address_digest("zhang@qq.com", b"other")
    assert "zhang" not in digest
    assert len(digest) == 32


def test_a_token_says_who_and_for_what() -> None:
    signer = Signer(KEY)
    token = signer.sign(Purpose.UNSUBSCRIBE, 2**40 + 5, 3)
    assert len(token) == TOKEN_LENGTH
    assert set(token) <= set(string.ascii_letters + string.digits + "-_")
    found = signer.read(token, Purpose.UNSUBSCRIBE, 0)
    assert (found.subscriber_id, found.generation) == (2**40 + 5, 3)
    with pytest.raises(TokenError):
        signer.read(token, Purpose.CONFIRM, 0)
    with pytest.raises(TokenError):
        Signer(b"another").read(token, Purpose.UNSUBSCRIBE, 0)


def test_a_token_may_end() -> None:
    token = Signer(KEY).sign(Purpose.CONFIRM, 1, 0, expires_at=100)
    assert Signer(KEY).read(token, Purpose.CONFIRM, 99).subscriber_id == 1
    with pytest.raises(TokenError) as told:
        Signer(KEY).read(token, Purpose.CONFIRM, 100)
    assert told.value.is_expired


@given(st.text(max_size=60))
def test_no_text_is_taken_for_a_token(text: str) -> None:
    for purpose in Purpose:
        with pytest.raises(TokenError):
            Signer(KEY).read(text, purpose, 0)


@given(st.integers(0, 37), st.sampled_from(string.ascii_letters + string.digits + "-_"))
def test_no_letter_of_a_token_can_be_changed(at: int, letter: str) -> None:
    signer = Signer(KEY)
    token = signer.sign(Purpose.CONFIRM, 7, 0)
    forged = token[:at] + letter + token[at + 1 :]
    if forged != token:
        with pytest.raises(TokenError):
            signer.read(forged, Purpose.CONFIRM, 0)


def test_the_secret_is_made_once_and_belongs_to_its_owner(tmp_path: Path) -> None:
    first = load_key(tmp_path, None)
    assert load_key(tmp_path, "") == first
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]
    assert load_key(tmp_path, "x" * 32) != first
    with pytest.raises(PublisherError):
        load_key(tmp_path, "short")


ITEM = Item("zc-1", "policy", frozenset({"税收"}), frozenset({"62"}), districts=frozenset({"610102"}))


@pytest.mark.parametrize(
    ("preferences", "missed"),
    [
        (Preferences(), None),
        (Preferences(kinds=frozenset({"policy", "news"})), None),
        (Preferences(kinds=frozenset({"news"})), "kinds"),
        (Preferences(tags=frozenset({"税收", "招聘"})), None),
        (Preferences(tags=frozenset({"招聘"})), "tags"),
        (Preferences(industries=frozenset({"H"})), None),
        (Preferences(industries=frozenset({"6210"})), None),
        (Preferences(industries=frozenset({"61", "F"})), "industries"),
        (Preferences(districts=frozenset({"610100"})), None),
        (Preferences(districts=frozenset({"610103"})), "districts"),
        (Preferences(kinds=frozenset({"policy"}), tags=frozenset({"招聘"})), "tags"),
    ],
)
def test_every_choice_that_was_made_must_be_met(preferences: Preferences, missed: str | None) -> None:
    assert unmet(ITEM, preferences) == missed


def test_an_item_for_everybody_is_for_those_who_chose_an_industry() -> None:
    everybody = Item("zx-1", "news")
    assert unmet(everybody, Preferences(industries=frozenset({"62"}), districts=frozenset({"610102"}))) is None
    assert unmet(everybody, Preferences(tags=frozenset({"税收"}))) == "tags"


def test_the_same_choices_are_the_same_text() -> None:
    one = Preferences(frozenset({"news", "policy"}), frozenset({"税收", "招聘"}))
    other = Preferences(frozenset({"policy", "news"}), frozenset({"招聘", "税收"}))
    assert one.to_json() == other.to_json() == '{"kinds":["news","policy"],"tags":["招聘","税收"]}'
    assert Preferences.from_json(one.to_json()) == one
    assert Preferences.from_json("{}") == Preferences()


def test_a_renamed_tag_takes_its_readers_along() -> None:
    renamed = Preferences(tags=frozenset({"税务", "招聘"})).settled(lambda tag: {"税务": "税收"}.get(tag, tag))
    assert renamed.tags == {"税收", "招聘"}
