"""What receivers' answers mean: the sayings of those our readers use, the statuses of the standards, and what is left to the digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.answers import Command, Meaning, is_hard, meaning_of, receiver_of, status_of
from publisher.delivery.transport import Outcome

LATER, TOO_FAST, NO_READER, REFUSED, UNSUITED = Meaning.LATER, Meaning.TOO_FAST, Meaning.NO_READER, Meaning.REFUSED, Meaning.UNSUITED

SAID = [
    # QQ mail and Tencent Exmail
    (550, "Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000728", NO_READER),
    (550, "Connection frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000722", TOO_FAST),
    (550, "Ip frequency limited", TOO_FAST),
    (550, "Sender frequency limited", TOO_FAST),
    (550, "Domain frequency limited", TOO_FAST),
    (550, "Mailbox unavailable or access denied", LATER),
    (550, "Mail content denied", REFUSED),
    (550, "Suspected spam sender", REFUSED),
    (550, "Mail is rejected by recipients", REFUSED),
    (550, "DMARC check failed", REFUSED),
    (501, "Bad address syntax.", NO_READER),
    (550, "域名当日发信量到达上限", TOO_FAST),
    (550, "该用户不存在", NO_READER),
    (550, "该用户未开通QQ邮箱", NO_READER),
    (552, "收件人空间不足", LATER),
    # NetEase
    (421, "HL:REP 163 smtp8, see http://mail.163.com/help/help_spam_16.htm", TOO_FAST),
    (421, "HL:ICC 163", TOO_FAST),
    (450, "MI:DMC 163 smtp", TOO_FAST),
    (450, "RP:DRC 163 smtp", TOO_FAST),
    (451, "MI:SFQ 163 smtp", TOO_FAST),
    (451, "DT:SPM ,please try again", LATER),
    (554, "DT:SPM 163 smtp14,PsCowAB", REFUSED),
    (554, "DT:SUM", REFUSED),
    (554, "MI:SPB", REFUSED),
    (550, "MI:SPF 163", REFUSED),
    (550, "User not found: someone@163.com", NO_READER),
    (550, "User suspended: someone@163.com", NO_READER),
    (450, "DT:RBL 163", TOO_FAST),
    # Aliyun DirectMail and Alimail
    (554, "Reject by behaviour spamANTISPAM_BAT[01201311R196, c01a1]: too frequently sending", TOO_FAST),
    (552, "Daily sending quota exceeded", TOO_FAST),
    (554, "Reject by content spam", REFUSED),
    (559, "Invalid rcptto [@sm070103]", NO_READER),
    (551, "Main account unavailable", REFUSED),
    # Gmail
    (550, "5.1.1 The email account that you tried to reach does not exist. Please try double-checking", NO_READER),
    (550, "5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages", LATER),
    (450, "4.2.1 The user you are trying to contact is receiving mail too quickly.", LATER),
    (452, "4.2.2 The email account that you tried to reach is over quota.", LATER),
    (552, "5.2.2 The email account that you tried to reach is over quota.", LATER),
    (421, "4.7.0 Our system has detected an unusual rate of unsolicited mail originating from your IP address.", TOO_FAST),
    (550, "5.7.26 This mail is unauthenticated, which poses a security risk", REFUSED),
    (550, "5.7.1 Our system has detected that this message is likely unsolicited mail.", REFUSED),
    (550, "5.4.5 Daily user sending quota exceeded", TOO_FAST),
    (552, "5.3.4 Your message exceeded Google's message size limits.", UNSUITED),
    # Outlook
    (550, "5.5.0 Requested action not taken: mailbox unavailable.", NO_READER),
    (550, "5.7.1 Unfortunately, messages from [203.0.113.5] weren't sent. part of their network is on our block list (S3140).", REFUSED),
    (550, "5.4.1 Recipient address rejected: Access denied. AS(201806281)", NO_READER),
    (451, "4.7.650 The mail server [203.0.113.5] has been temporarily rate limited due to IP reputation.", TOO_FAST),
    (421, "RP-001 (BAY) Unfortunately, some messages from 203.0.113.5 weren't sent.", TOO_FAST),
    (550, "5.7.515 Access denied, sending domain example.com does not meet the required authentication level.", REFUSED),
    # Postfix, Exim, Sendmail, OpenSMTPD, Coremail
    (550, "5.1.1 <a@example.com>: Recipient address rejected: User unknown in local recipient table", NO_READER),
    (450, "4.2.0 <a@example.com>: Recipient address rejected: Greylisted, see http://postgrey", LATER),
    (550, "Unrouteable address", NO_READER),
    (550, "No such user here", NO_READER),
    (550, "user not exist", NO_READER),
    (550, "Invalid User", NO_READER),
    (554, "5.7.1 <a@example.com>: Relay access denied", REFUSED),
    (553, "sorry, that domain isn't in my list of allowed rcpthosts", NO_READER),
    (554, "5.7.1 Service unavailable; Client host [203.0.113.5] blocked using zen.spamhaus.org", REFUSED),
    (552, "message rejected by anti-spam engine", REFUSED),
    (553, "5.6.7 SMTPUTF8 is needed", UNSUITED),
    (452, "4.5.3 Too many recipients", TOO_FAST),
    (556, "5.1.10 Domain has null MX", NO_READER),
]  # fmt: skip


@pytest.mark.parametrize(("code", "words", "meaning"), SAID, ids=[f"{code} {words[:40]}" for code, words, _ in SAID])
def test_what_is_said(code: int, words: str, meaning: Meaning) -> None:
    assert meaning_of(code, words) is meaning


@pytest.mark.parametrize(
    ("code", "command", "meaning"),
    [
        (250, Command.END, Meaning.ACCEPTED), (354, Command.DATA, Meaning.ACCEPTED), (421, Command.RCPT, TOO_FAST), (450, Command.RCPT, LATER),
        (451, Command.END, LATER), (452, Command.MAIL, LATER), (550, Command.RCPT, NO_READER), (550, Command.MAIL, REFUSED), (550, Command.END, REFUSED),
        (551, Command.RCPT, NO_READER), (552, Command.END, LATER), (553, Command.RCPT, NO_READER), (554, Command.RCPT, REFUSED), (502, Command.DATA, REFUSED),
    ],
)  # fmt: skip
def test_digits_alone(code: int, command: Command, meaning: Meaning) -> None:
    assert meaning_of(code, "", command) is meaning


@pytest.mark.parametrize(
    ("status", "meaning"), [("5.1.1", NO_READER), ("5.2.2", LATER), ("4.4.7", LATER), ("5.7.1", REFUSED), ("5.0.0", NO_READER), ("4.1.1", LATER)]
)
def test_a_report_may_hold_nothing_but_a_status(status: str, meaning: Meaning) -> None:
    assert meaning_of(550 if status == "5.0.0" else 0, "", Command.REPORT, status) is meaning


@pytest.mark.parametrize(("words", "status"), [("5.1.1 x", "5.1.1"), ("x (#5.7.26)", "5.7.26"), ("from 5.1.1.4", ""), ("host 203.5.1.1 said", ""), ("", "")])
def test_an_address_is_no_status(words: str, status: str) -> None:
    assert status_of(words) == status


@given(st.integers(400, 499), st.text())
def test_nothing_that_begins_with_4_is_final(code: int, words: str) -> None:
    assert meaning_of(code, words).outcome is Outcome.TEMPORARY


@given(st.sampled_from([Command.MAIL, Command.DATA, Command.RSET]), st.integers(500, 599), st.text())
def test_nobody_is_struck_off_for_what_was_not_said_of_them(command: Command, code: int, words: str) -> None:
    assert meaning_of(code, words, command) is not NO_READER


def test_only_a_missing_mailbox_is_hard() -> None:
    assert is_hard(550, "5.1.1 no such user")
    assert not any(is_hard(code, words) for code, words in [(0, "SMTPUTF8"), (552, "5.3.4 too big"), (554, "no"), (550, "blocked"), (450, "no such user")])


def test_a_receiver_is_known_by_its_domains() -> None:
    assert [receiver_of(domain) for domain in ("foxmail.com", "126.com", "gmail.com", "example.com")] == ["qq", "netease", "gmail", ""]
    assert meaning_of(550, "User suspended", receiver="netease") is NO_READER
