"""What a receiver's answer means: a code, an enhanced status and words in, one `Meaning` out. One table, asked from the top; pure.

The digits alone do not say it. QQ answers 550 to those who write too fast, Google 550 to a mailbox that is flooded, and a policy refusal says
nothing about the reader; only NO_READER may strike someone off. What is doubtful is never taken for NO_READER when the words point elsewhere.

Sources: RFC 5321 section 4.2.3, RFC 3463, RFC 5248 and RFC 7505 for codes; the help pages of the receivers for their sayings: QQ mail
(service.mail.qq.com, subjects 20022 and 1000725 to 1000730), NetEase (mail.163.com, list of refusals), Aliyun DirectMail and Alimail
(help.aliyun.com), Gmail (support.google.com/a/answer/3726730), Outlook.com (postmaster pages).
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from publisher.delivery.transport.protocol import Outcome


class Command(Enum):
    """What was answered to. `REPORT` is a bounce that came later, where the command is not known."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    END = "."
    RSET = "RSET"
    REPORT = "report"


class Meaning(Enum):
    """What an answer says, and of whom."""

    ACCEPTED = "accepted"
    LATER = "later"  # not now: greylisting, a full mailbox, a fault over there
    TOO_FAST = "too fast"  # a limit of pace, number or connections: the whole domain should rest
    NO_READER = "no reader"  # the mailbox is not there (any more): a hard bounce
    REFUSED = "refused"  # policy, spam, reputation, our own set-up: about us, whoever reads
    UNSUITED = "unsuited"  # this message cannot go to this mailbox: too large, needs SMTPUTF8

    @property
    def outcome(self) -> Outcome:
        if self is Meaning.ACCEPTED:
            return Outcome.ACCEPTED
        return Outcome.TEMPORARY if self in {Meaning.LATER, Meaning.TOO_FAST} else Outcome.PERMANENT

    @property
    def is_about_us(self) -> bool:
        return self in {Meaning.TOO_FAST, Meaning.REFUSED}


class Saying(NamedTuple):
    """One row: words of a receiver, with the first digits of the codes they come with, and what they mean."""

    receiver: str
    codes: str
    words: re.Pattern[str]
    meaning: Meaning


def _saying(receiver: str, codes: str, words: str, meaning: Meaning) -> Saying:
    return Saying(receiver, codes, re.compile(words, re.IGNORECASE), meaning)


#: What the receivers say for themselves. The first row that fits holds.
SAYINGS: tuple[Saying, ...] = (
    # QQ and Tencent Exmail: 550 for everything, so the words decide.
    _saying("qq", "45", r"(ip|connection|sender|domain|recipient) frequency (is )?limited|frequency limit", Meaning.TOO_FAST),
    _saying("qq", "5", r"mailbox unavailable or access denied", Meaning.LATER),  # the reader is being flooded
    _saying("qq", "5", r"mail content denied|content rejected|suspected (bounce )?(attack|spam)|suspected spam", Meaning.REFUSED),
    _saying("qq", "5", r"mail is rejected by recipients", Meaning.REFUSED),  # the reader's own filter: not a mailbox that is gone
    _saying("exmail", "45", r"(daily|hourly|sending|send) (mail )?(limit|quota)|发信(量|频率|数量)?.{0,8}(上限|限制|超)", Meaning.TOO_FAST),
    # NetEase (163, 126, yeah, and its enterprise mail): two letters, a colon, three letters.
    _saying("netease", "45", r"\bHL:(REP|ICC|IFC|MEP|ITC)\b", Meaning.TOO_FAST),
    _saying("netease", "45", r"\b(MI|RP):(DMC|DRC|SFQ|QMC|FCL|CCL|CEL)\b", Meaning.TOO_FAST),
    _saying("netease", "4", r"\bDT:SPM\b", Meaning.LATER),  # asks to try again in two minutes
    _saying("netease", "5", r"\b(DT:(SPM|SUM|RBL)|MI:(SPF|SPB|STC|DNS|NEU|NHD|DKM)|HL:\w{3}|WM:BL[IU])\b", Meaning.REFUSED),
    _saying("netease", "4", r"\b(DT:RBL|WM:BL[IU])\b", Meaning.TOO_FAST),
    _saying("netease", "5", r"\bRP:TRC\b", Meaning.TOO_FAST),  # too many recipients of one sender
    _saying("netease", "5", r"user (suspended|locked)", Meaning.NO_READER),
    # Aliyun: DirectMail as our own relay, Alimail as a receiver.
    _saying("aliyun", "45", r"too frequently sending|unexpected sending|sending quota|behaviou?r spam", Meaning.TOO_FAST),
    _saying("aliyun", "5", r"reject by content spam|main account unavailable", Meaning.REFUSED),
    _saying("aliyun", "5", r"invalid rcptto", Meaning.NO_READER),
    _saying("aliyun", "45", r"(dns resolve error|no data by dns resolve|connect to unreachable)", Meaning.LATER),
    # Google: 550 5.2.1 also for a reader who gets too much at once.
    _saying("gmail", "45", r"receiving mail (at a rate|too quickly)", Meaning.LATER),
    _saying("gmail", "45", r"unusual rate|rate limited|peak smtp relay limit|daily (user )?(smtp relay )?(sending )?(limit|quota)", Meaning.TOO_FAST),
    _saying(
        "gmail", "5", r"the account that you tried to reach|email account that you tried to reach (does not exist|is disabled|is inactive)", Meaning.NO_READER
    ),
    _saying("gmail", "5", r"likely (unsolicited|suspicious)|unauthenticated|not pass(ed)? authentication|low reputation", Meaning.REFUSED),
    # Outlook.com and Exchange Online: codes in brackets, AS(…), S3140 and the like.
    _saying("outlook", "4", r"\(?(RP-00[1-3]|S775|S77[57]\w?)\)?|temporarily rate limited", Meaning.TOO_FAST),
    _saying("outlook", "5", r"recipient address rejected: access denied", Meaning.NO_READER),  # 550 5.4.1: not in the directory
    _saying("outlook", "5", r"\b(S3140|S3150|S3115|SC-00\d|DY-00\d|OU-00\d|AS\(\d+\))|part of their network is on our block list", Meaning.REFUSED),
    _saying("outlook", "5", r"requested action not taken: mailbox unavailable", Meaning.NO_READER),
)

#: The exact statuses that leave no doubt (RFC 3463, RFC 5248, RFC 7293, RFC 7505), without their first digit.
STATUSES: dict[str, Meaning] = {
    **dict.fromkeys(("1.1", "1.2", "1.3", "1.6", "1.10", "4.4", "7.17", "7.18"), Meaning.NO_READER),
    **dict.fromkeys(("2.2", "3.1", "4.7", "4.2", "4.6"), Meaning.LATER),
    **dict.fromkeys(("2.3", "3.4", "6.7", "6.8", "6.9"), Meaning.UNSUITED),
    **dict.fromkeys(("1.7", "1.8", "7.26", "7.27", "7.20", "7.21", "7.22", "7.23", "7.24", "7.25", "7.515"), Meaning.REFUSED),
    **dict.fromkeys(("5.3", "7.28", "7.650"), Meaning.TOO_FAST),
}

#: What anybody may say, in English and Chinese, for codes that leave doubt.
WORDS: tuple[Saying, ...] = (
    _saying("", "45", r"grey ?list|gray ?list", Meaning.LATER),
    _saying("", "45", r"(over|exceed\w*|out of|full).{0,24}(quota|storage|disk|space)|(quota|mailbox|inbox).{0,24}(full|exceed)|over ?quota", Meaning.LATER),
    _saying("", "45", r"空间(不足|已满|满)|(邮箱|信箱)(已满|容量|满了)|容量满", Meaning.LATER),
    _saying("", "45", r"too (many|much|fast)|rate limit|throttl|(connection|message|volume|hourly|daily)s? limit|frequen(t|cy)", Meaning.TOO_FAST),
    _saying("", "45", r"频率|频繁|(数量|次数|连接).{0,6}(超|限)|发信.{0,6}上限", Meaning.TOO_FAST),
    _saying("", "45", r"(message|mail|data|size).{0,24}(too (large|big|long)|exceeds)|(邮件|附件).{0,4}(过大|太大|超过)", Meaning.UNSUITED),
    _saying("", "45", r"spam|black ?list|block ?list|\brbl\b|reputation|\bspf\b|dkim|dmarc|virus|junk|malware", Meaning.REFUSED),
    _saying("", "45", r"垃圾邮件|黑名单|拒收|违规|病毒|被拒绝", Meaning.REFUSED),
    _saying(
        "",
        "45",
        r"(sender|from)\b.{0,24}(reject|denied|invalid|unverified|not (exist|allowed|verified))|relay(ing)? (access )?denied|not permitted to relay",
        Meaning.REFUSED,
    ),
    _saying(
        "",
        "5",
        r"(user|mailbox|recipient|account|address|rcpt|alias|email).{0,40}(unknown|not (be )?(found|known|exist|valid|active|local|listed|listing)"
        r"|does(n.t| not) (exist|have)|no longer|disabled|inactive|suspended|deactivated|invalid|closed|terminated)",
        Meaning.NO_READER,
    ),
    _saying(
        "",
        "5",
        r"(no such|unknown|invalid|non-?exist\w*|unrouteable|bad|nonlocal|not a valid|there is no).{0,24}(user|mailbox|recipient|account|address|rcpt|person)",
        Meaning.NO_READER,
    ),
    _saying(
        "",
        "5",
        r"(用户|收件人|邮箱|地址|帐号|账号|账户|信箱).{0,12}(不存在|未开通|无效|停用|禁用|冻结|注销|有误|找不到)|(不存在|无此|没有)(的|该)?(用户|收件人|邮箱)",
        Meaning.NO_READER,
    ),
    _saying("", "5", r"(host|domain|mx).{0,24}(not found|does not exist)|nxdomain|域名(不存在|无法解析)", Meaning.NO_READER),
    _saying("", "45", r"policy|polic(ies)|blocked|denied|refused|prohibited|not (allowed|permitted|authori[sz]ed|accepted)|authenticat", Meaning.REFUSED),
)

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3}\.\d{1,3})(?![\d.])")
#: Sayings of one receiver that its addresses end with, so that its own rows are asked first.
_DOMAINS = {
    "qq": ("qq.com", "foxmail.com", "vip.qq.com"),
    "netease": ("163.com", "126.com", "yeah.net", "188.com", "vip.163.com", "vip.126.com"),
    "aliyun": ("aliyun.com",),
    "gmail": ("gmail.com", "googlemail.com"),
    "outlook": ("outlook.com", "hotmail.com", "live.com", "msn.com", "live.cn"),
}


def receiver_of(domain: str) -> str:
    """The receiver whose sayings a mail domain speaks, such as ``qq`` for foxmail.com; empty when unknown."""
    return next((name for name, domains in _DOMAINS.items() if domain in domains), "")


def status_of(words: str) -> str:
    """The enhanced status (RFC 3463) in an answer's words, such as ``5.1.1``; empty without one. An IP address is none."""
    found = _STATUS.search(words)
    return found[0] if found else ""


def meaning_of(code: int, words: str, command: Command = Command.RCPT, status: str = "", receiver: str = "") -> Meaning:
    """What an answer means. ``code`` 0 with a ``status`` is how a delivery report may put it."""
    status = status or status_of(words)
    digit = str(code)[0] if code else status[:1]
    if digit in {"2", "3"}:
        return Meaning.ACCEPTED
    rows = sorted(SAYINGS, key=lambda row: row.receiver != receiver) if receiver else SAYINGS
    meaning = _by_words(rows, digit, words) or _by_status(status) or _by_words(WORDS, digit, words) or _by_digits(code, status, command)
    return _fitted(meaning, digit, command)


def _by_words(rows: tuple[Saying, ...] | list[Saying], digit: str, words: str) -> Meaning | None:
    return next((row.meaning for row in rows if digit in row.codes and row.words.search(words)), None)


def _by_status(status: str) -> Meaning | None:
    return STATUSES.get(status[2:]) if status else None


def _by_digits(code: int, status: str, command: Command) -> Meaning:
    """When neither words nor an exact status tell: the class of the status, then the code."""
    if status.startswith("4") or 400 <= code < 500:
        return Meaning.TOO_FAST if code == 421 or status == "4.3.2" else Meaning.LATER
    subject = status[2:].partition(".")[0]
    by_subject = {
        "1": Meaning.NO_READER,
        "2": Meaning.NO_READER,
        "3": Meaning.LATER,
        "4": Meaning.LATER,
        "5": Meaning.REFUSED,
        "6": Meaning.UNSUITED,
        "7": Meaning.REFUSED,
    }
    if subject in by_subject:
        return by_subject[subject]
    if code == 552:
        return Meaning.LATER  # RFC 5321: exceeded storage allocation
    if code in {550, 551, 553, 556} and command in {Command.RCPT, Command.REPORT}:
        return Meaning.NO_READER
    return Meaning.REFUSED


def _fitted(meaning: Meaning, digit: str, command: Command) -> Meaning:
    """A receiver that says 4 means it: nothing is final then. And what is said before a reader was named is not about the reader."""
    if digit == "4" and meaning.outcome is Outcome.PERMANENT:
        return Meaning.TOO_FAST if meaning is Meaning.REFUSED else Meaning.LATER
    if meaning is Meaning.NO_READER and command in {Command.MAIL, Command.RSET, Command.DATA}:
        return Meaning.REFUSED
    return meaning


def is_hard(code: int, words: str, receiver: str = "") -> bool:
    """Whether an answer given while sending says that the mailbox is not there: the reader is to be struck off."""
    return bool(code) and meaning_of(code, words, Command.END, receiver=receiver) is Meaning.NO_READER
