"""What a transport is: every one of them holds to this contract, and one test tries them all."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, Protocol

from publisher.failure import PublisherError


class Outcome(Enum):
    """What became of one message."""

    ACCEPTED = "accepted"  # the receiver has taken it over (RFC 5321: 250 after the last dot)
    TEMPORARY = "temporary"  # refused now, perhaps not later (4yz, and what only looks permanent)
    PERMANENT = "permanent"  # refused for good
    UNKNOWN = "unknown"  # the connection was lost after the last byte was sent: nobody can say


class Answer(NamedTuple):
    """The outcome for one message, with the receiver's own code (RFC 5321, 0 when there was none) and words.

    ``is_closed`` tells that the session is over and the next message needs a new one; ``is_about_us`` that the answer is about the
    sender or its pace (too many connections, daily limit, policy) and not about this reader, so that the whole domain should rest.
    """

    outcome: Outcome
    code: int = 0
    words: str = ""
    is_closed: bool = False
    is_about_us: bool = False


class Session(Protocol):
    """One connection, used by one thread."""

    def send(self, sender: str, recipient: str, data: bytes) -> Answer:
        """Hand over one message (RFC 5322, CRLF line ends); never raises for what the receiver or the network does."""

    def close(self) -> None:
        """End the session in the orderly way, within a few seconds."""


class Transport(Protocol):
    """Opens sessions; used by many threads."""

    def open(self) -> Session:
        """A new session; raises `TransportError` when none can be had."""


class TransportError(PublisherError):
    """No session could be opened: the address, the certificate, the password or the server is wrong. ``is_permanent``: trying again cannot help."""

    def __init__(self, zh: str, en: str, *, is_permanent: bool = False) -> None:
        super().__init__(zh, en)
        self.is_permanent = is_permanent
