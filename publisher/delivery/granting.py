"""A wish and the database in, what was done out: one transaction, once for each letter however often it is read.

Nothing is answered but a subscription, with the one mail that asks to confirm it, so that whoever writes in another's name learns nothing and
sends nobody anything but that.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from sqlalchemy import Connection, delete, insert

from publisher.delivery.choice import Choice, ChoiceError, read_choice
from publisher.delivery.preferences import CHOICES
from publisher.delivery.schema import heard, request
from publisher.delivery.subscribers import Origin, confirm, find, find_by_id, insert_unless_there, withdraw
from publisher.delivery.token import Purpose, Signer, Token, TokenError
from publisher.delivery.wish import Deed, Wish

#: What came to nothing: such a letter is left for a person.
UNDONE = frozenset({"stranger", "void"})


def grant(connection: Connection, wish: Wish, canonical: Callable[[str], str | None], *, signer: Signer, wording: str, now: float) -> str:
    """Do what a letter asks for.

    Gives ``confirmed``, ``left``, ``asked``, ``again`` for a letter that was done before, ``stranger`` for somebody of whom nothing is held, ``void``
    for a link that holds no more or is another's. ``wording`` is what a reader who subscribes agrees to.
    """
    digest = hmac.new(signer.key, b"letter\0" + wish.id.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]
    if not insert_unless_there(connection, heard, {"letter_digest": digest, "at": now}):
        return "again"
    outcome = _do(connection, wish, canonical, signer=signer, wording=wording, now=now)
    if outcome in UNDONE:  # the next run is to see it too, as a person does
        connection.execute(delete(heard).where(heard.c.letter_digest == digest))
    return outcome


def _do(connection: Connection, wish: Wish, canonical: Callable[[str], str | None], *, signer: Signer, wording: str, now: float) -> str:
    if wish.deed is Deed.SUBSCRIBE:
        values = {"address": wish.address, "choice": choice_in(wish, canonical).to_json(), "origin": "mail", "wording": wording, "at": now}
        connection.execute(insert(request).values(values))
        return "asked"
    if not wish.token:
        row = find(connection, wish.address)
        if row is None:
            return "stranger"
        withdraw(connection, row.id, Origin("mail", "来信退订"), key=signer.key, now=now)
        return "left"
    token = _read(signer, wish, now)
    row = find_by_id(connection, token.subscriber_id) if token else None
    if token is None or row is None:
        return "void"
    if wish.deed is Deed.LEAVE:
        withdraw(connection, row.id, Origin("mail", "来信退订"), key=signer.key, now=now)
        return "left"
    # The letter may have been forwarded: only its reader may say yes to it, and a wrong sender is left for a person to see.
    is_own = row.generation == token.generation and row.address.lower() == wish.address.lower()
    done = confirm(connection, row.id, Origin("mail", wording), key=signer.key, now=now) if is_own else None
    return "confirmed" if done else "void"


def _read(signer: Signer, wish: Wish, now: float) -> Token | None:
    purpose = Purpose.CONFIRM if wish.deed is Deed.CONFIRM else Purpose.UNSUBSCRIBE
    try:
        return signer.read(wish.token, purpose, now)
    except TokenError:
        return None


def choice_in(wish: Wish, canonical: Callable[[str], str | None]) -> Choice:
    """What somebody chose in a letter; what is no choice is left out, for the mail that asks to confirm says what was understood."""
    chosen: dict[str, list[str]] = {}
    for name, values in wish.written.items():
        for value in values:
            _add(chosen, [name], value, canonical)
    for value in wish.words:
        _add(chosen, [*CHOICES, "frequency", "weekday"], value, canonical)
    return read_choice(chosen, canonical)


def _add(chosen: dict[str, list[str]], names: list[str], value: str, canonical: Callable[[str], str | None]) -> None:
    """Put a value under the first of some names that knows it."""
    for name in names:
        try:
            read_choice({name: [value]}, canonical)
        except ChoiceError:
            continue
        chosen.setdefault(name, []).append(value)
        return
