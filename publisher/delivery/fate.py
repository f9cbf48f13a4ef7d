"""What a receiver answered in, what becomes of the message out. Pure."""

from __future__ import annotations

import random

from publisher.delivery.outbox import Claim, Mark
from publisher.delivery.transport import Answer, Outcome

#: How often a message is tried before it is given up.
ATTEMPTS = 12
#: Seconds until what is in doubt is sent again, and until what could not be sent at all is tried again.
DOUBT, SOON = 300.0, 30.0
#: The first and the longest pause between two tries, in seconds.
_FIRST, _LONGEST = 120.0, 6 * 3_600.0


def fate_of(claim: Claim, answer: Answer, now: float, give_up_at: float) -> Mark:
    """The state that an answer leads to; ``give_up_at`` is when an edition is too old to be tried again."""
    tried = claim.attempts + 1
    match answer.outcome:
        case Outcome.ACCEPTED:
            return Mark(claim.id, "sent", answer.code, answer.words, None, now)
        case Outcome.PERMANENT:
            return Mark(claim.id, "failed", answer.code, answer.words, None, now)
        case Outcome.UNKNOWN if claim.doubts:
            return Mark(claim.id, "unknown", answer.code, answer.words, None, now, 1)
        case Outcome.UNKNOWN:
            return Mark(claim.id, "unknown", answer.code, answer.words, now + DOUBT, None, 1)
    due_at = now + pause(tried)
    if tried >= ATTEMPTS or due_at > give_up_at:
        return Mark(claim.id, "failed", answer.code, answer.words, None, now)
    return Mark(claim.id, "pending", answer.code, answer.words, due_at, None)


def pause(attempts: int) -> float:
    """Seconds before the next try: twice as long each time, up to six hours, and never the same for all (RFC 5321 section 4.5.4.1)."""
    longest = min(_LONGEST, _FIRST * 2.0 ** (attempts - 1))
    return float(longest) * random.uniform(0.5, 1.0)  # noqa: S311  # it spreads load, it guards nothing
