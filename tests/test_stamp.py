"""A stamped message says what one put together for its reader alone would say."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.message_id import message_id, read_message_id
from publisher.delivery.stamp import MARKS, Sheet, Stamp
from publisher.delivery.token import TOKEN_LENGTH
from publisher.digest.message import Envelope, compose

KEY = b"k" * 32
ENVELOPE = Envelope(
    subject="（广告）【西一路】一周简报：" + "很长的标题" * 12,
    sender_name="西一路智慧街区",
    sender="digest@example.com",
    recipient="subscriber@example.com",
    reply_to="editor@example.com",
    message_id="2026-w47.sheet@example.com",
    date=datetime(2026, 11, 23, 1, tzinfo=UTC),
    list_id="digest.example.com",
    list_name="西一路智慧街区",
    unsubscribe_url=f"https://sub.example.com/u/{MARKS['unsubscribe']}",
    unsubscribe_mailto="unsubscribe@example.com",
    archive_url="https://example.com/editions/",
    feedback_id="2026-w47:weekly:digest:digest.example.com",
)
TOKENS = {"unsubscribe": "U" * TOKEN_LENGTH, "preferences": "-P_" * 12 + "xy"}


def _read(data: bytes) -> tuple[EmailMessage, str, str]:
    found = email.message_from_bytes(data, _class=EmailMessage, policy=SMTP.clone(raise_on_defect=True))
    text, html = found.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    return found, text.get_content(), html.get_content()


def _filled(text: str) -> str:
    for name, mark in MARKS.items():
        text = text.replace(mark, TOKENS[name])
    return text


@pytest.mark.parametrize("mark", MARKS.values())
def test_a_mark_is_as_long_as_a_token_and_safe_in_a_link(mark: str) -> None:
    assert len(mark) == TOKEN_LENGTH
    assert mark.replace("-", "").isalnum()


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\r\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e", exclude_categories=["Cs", "Cc", "Cn"]), max_size=80),
        min_size=1,
        max_size=6,
    ),
    st.lists(st.sampled_from(sorted(MARKS)), max_size=5),
)
def test_stamping_writes_what_composing_would(pieces: list[str], names: list[str]) -> None:
    text = "".join(piece + (MARKS[names[at]] if at < len(names) else "") for at, piece in enumerate(pieces)) + "\n尾\n"
    html = f"<p>{text}</p>\n"
    data = Sheet(ENVELOPE, html, text).stamp(Stamp("a@qq.com", "2026-w47.7.0a0b0c0d@example.com", TOKENS))
    one = replace(ENVELOPE, recipient="a@qq.com", message_id="2026-w47.7.0a0b0c0d@example.com", unsubscribe_url=_filled(ENVELOPE.unsubscribe_url))
    found, plain, rich = _read(data)
    expected, expected_plain, expected_rich = _read(compose(one, _filled(html), _filled(text)))
    assert (plain, rich) == (expected_plain, expected_rich)
    differs = {"List-Unsubscribe", "Content-Type"}  # the boundary; and the mail address with the token in its subject
    assert {k: str(v) for k, v in found.items() if k not in differs} == {k: str(v) for k, v in expected.items() if k not in differs}


def test_every_line_of_a_message_is_fit_for_smtp() -> None:
    text = f"一行\n退订：{ENVELOPE.unsubscribe_url}\n" + "很长的一行" * 300 + MARKS["preferences"] + "\n"
    data = Sheet(ENVELOPE, f"<p>{text}</p>", text).stamp(Stamp("a@qq.com", "m@example.com", TOKENS))
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\r" in line or b"\n" in line or line.startswith(b".") for line in lines)
    assert data.isascii()
    assert b"reader@example.com" not in data
    assert not any(mark.encode() in data for mark in MARKS.values())


def test_the_unsubscribe_header_is_one_that_providers_read() -> None:
    data = Sheet(ENVELOPE, "<p></p>", "x").stamp(Stamp("a@qq.com", "m@example.com", TOKENS))
    head = data.partition(b"\r\n\r\n")[0].decode("ascii")
    assert (
        f"\r\nList-Unsubscribe: <https://sub.example.com/u/{TOKENS['unsubscribe']}>,\r\n <mailto:unsubscribe@example.com?subject={TOKENS['unsubscribe']}>\r\n"
        in head
    )
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
    assert all(head.count(f"{name}: ") >= 1 for name in ("To", "From", "Reply-To", "Date", "Message-ID", "List-Id", "Feedback-ID", "Auto-Submitted"))
    assert len(head.split("\r\nMessage-ID: ")) == 2


def test_an_international_address_stands_as_it_is() -> None:
    data = Sheet(ENVELOPE, "<p></p>", "x").stamp(Stamp("张三@xn--fsqu00a.xn--fiqs8s", "m@example.com", TOKENS))
    assert "To: 张三@xn--fsqu00a.xn--fiqs8s\r\n".encode() in data


def test_a_message_id_tells_whose_it_is() -> None:
    text = message_id("2026-W47", 81, "example.com", KEY)
    assert text == message_id("2026-W47", 81, "example.com", KEY)
    found = read_message_id(f"<{text}>", KEY)
    assert found == ("2026-W47", 81)
    assert read_message_id(text, b"other") is None


@given(st.text(max_size=80))
def test_no_text_is_taken_for_a_message_id_of_ours(text: str) -> None:
    assert read_message_id(text, KEY) is None
