"""The one mail that may go to somebody who has not confirmed yet: composed, and sent when it is due.

A letter is taken out of the queue before it is sent, so that it is never sent twice within the hour; what the receiver puts off comes back later.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, NamedTuple

import jinja2
from sqlalchemy import Connection, Row, delete, insert, select, update

from publisher.clock import SHANGHAI
from publisher.delivery.address import masked, needs_smtputf8
from publisher.delivery.choice import Choice, choice_of
from publisher.delivery.database import Database
from publisher.delivery.schema import letter, request, subscriber
from publisher.delivery.subscribers import CONFIRM_WITHIN, HOUR, Origin, ask
from publisher.delivery.token import Purpose, Signer
from publisher.delivery.transport import Outcome, Transport
from publisher.digest.plaintext import wrap
from publisher.failure import PublisherError
from publisher.markup import clean_text
from publisher.settings import Settings

#: Tries before a letter is given up; a reader who still waits can ask again.
_TRIES = 5
#: Seconds until what was put off is tried again; the first time longer than greylisting usually lasts.
_LATER = 600.0

_log = logging.getLogger("publisher.letters")


@dataclass(frozen=True, slots=True)
class Letter:
    """What one confirmation mail says. Without the service's address the reader confirms by sending a mail."""

    address: str
    token: str
    choice: Choice
    is_known: bool
    at: datetime


class Stationery:
    """Makes the confirmation mail of one project from ``templates/email/confirm.html`` and ``.txt``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(settings.templates / "email"),
            autoescape=jinja2.select_autoescape(("html",), default_for_string=True),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["wrap"] = wrap

    def write(self, about: Letter) -> bytes:
        """The whole message (RFC 5322); a faulty template is a `PublisherError`."""
        import css_inline

        settings = self._settings
        view = {
            "site_name": settings.site_name,
            "site_url": settings.site_url,
            "publisher_name": settings.publisher_name,
            "postal_address": settings.mail.postal_address,
            "privacy_url": settings.absolute("privacy/"),
            "confirm_url": f"{settings.service_url}c/{about.token}" if settings.service_url else "",
            "confirm_mailto": f"{settings.mail.unsubscribe_mailto}?subject=confirm%20{about.token}",
            "choices": about.choice.described(),
            "is_known": about.is_known,
            "days": round(CONFIRM_WITHIN / 86_400),
        }
        try:
            html = css_inline.inline(self._environment.get_template("confirm.html").render(view), keep_style_tags=True, load_remote_stylesheets=False)
            text = self._environment.get_template("confirm.txt").render(view).strip() + "\n"
        except jinja2.TemplateError as error:
            raise PublisherError(f"确认邮件的模板出错：{error}", f"the template of the confirmation mail fails: {error}") from error
        return self._compose(about, clean_text(html), clean_text(text))

    def _compose(self, about: Letter, html: str, text: str) -> bytes:
        mail = self._settings.mail
        message = EmailMessage(policy=SMTP.clone(utf8=True) if needs_smtputf8(about.address) else SMTP)
        # Without the service the answer is a mail, and its subject tells whose it is.
        mark = "" if self._settings.service_url else f" (confirm {about.token})"
        message["Subject"] = _header(f"{mail.subject_prefix}请确认：{'更改' if about.is_known else '订阅'}{self._settings.site_name}的简报{mark}")
        message["From"] = Address(_header(self._settings.publisher_name), addr_spec=mail.sender)
        message["To"] = Address(addr_spec=about.address)
        message["Reply-To"] = Address(addr_spec=mail.reply_to if self._settings.service_url else mail.unsubscribe_mailto)
        message["Date"] = format_datetime(about.at)
        digest = hashlib.blake2b(f"{about.token}{about.at.timestamp()}".encode(), digest_size=12).hexdigest()
        message["Message-ID"] = f"<confirm.{digest}@{mail.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"  # Exchange does not answer by itself
        message["Content-Language"] = "zh-CN"
        message.set_content(text, cte="base64")
        message.add_alternative(html, subtype="html", cte="base64")
        message.set_boundary(f"=_{digest}")
        return message.as_bytes()


def _header(text: str) -> str:
    return " ".join(clean_text(text).split())


class Posted(NamedTuple):
    """What became of the letters that were due."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0


class Courier:
    """Looks at the forms that came in, and sends the letters that are due."""

    def __init__(self, database: Database, transport: Transport, settings: Settings, signer: Signer) -> None:
        self._database, self._transport, self._settings, self._signer = database, transport, settings, signer
        self._stationery = Stationery(settings)

    def take_requests(self, now: float) -> int:
        """Turn every form that came in into a step of `publisher.delivery.subscribers`; gives how many there were."""
        done = 0
        while True:
            with self._database.begin() as connection:
                row = connection.execute(select(request).order_by(request.c.id).limit(1).with_for_update(skip_locked=True)).first()
                if row is None:
                    return done
                connection.execute(delete(request).where(request.c.id == row.id))
                origin = Origin(row.origin, row.wording, row.network)
                ask(connection, row.address, Choice.from_json(row.choice), origin, key=self._signer.key, now=now)
            done += 1

    def post(self, now: float, *, limit: int = 1_000) -> Posted:
        """Send the letters that are due, over one connection; raises `PublisherError` when no connection can be had, with every letter kept."""
        sent = put_off = given_up = 0
        session = None
        try:
            while sent + put_off + given_up < limit and self._is_due(now):
                session = session or self._transport.open()
                with self._database.begin() as connection:
                    row = _take(connection, now)
                if row is None:
                    break
                answer = session.send(self._settings.mail.sender, row.address, self._write(row, now))
                if answer.is_closed:
                    session = None
                _log.info("confirmation to %s: %s %s", masked(row.address), answer.outcome.value, answer.code or "")
                if answer.outcome is Outcome.TEMPORARY and row.attempts + 1 < _TRIES:
                    with self._database.begin() as connection:
                        _put_back(connection, row, now)
                    put_off += 1
                elif answer.outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN):
                    sent += 1
                else:
                    given_up += 1
        finally:
            if session is not None:
                session.close()
        return Posted(sent, put_off, given_up)

    def _is_due(self, now: float) -> bool:
        with self._database.begin() as connection:
            return connection.execute(select(letter.c.subscriber_id).where(letter.c.due_at <= now).limit(1)).first() is not None

    def _write(self, row: Row[Any], now: float) -> bytes:
        choice = Choice.from_json(row.wanted) if row.wanted else choice_of(row)
        token = self._signer.sign(Purpose.CONFIRM, row.id, row.generation, expires_at=now + CONFIRM_WITHIN)
        return self._stationery.write(Letter(row.address, token, choice, row.state == "active", datetime.fromtimestamp(now, SHANGHAI)))


def _take(connection: Connection, now: float) -> Row[Any] | None:
    """The next letter that is due, out of the queue."""
    columns = (subscriber, letter.c.attempts)
    query = select(*columns).join(letter, letter.c.subscriber_id == subscriber.c.id).where(letter.c.due_at <= now)
    row = connection.execute(query.order_by(letter.c.due_at).limit(1).with_for_update(skip_locked=True)).first()
    if row is not None:
        connection.execute(delete(letter).where(letter.c.subscriber_id == row.id))
    return row


def _put_back(connection: Connection, row: Row[Any], now: float) -> None:
    """Into the queue again, unless the reader has left or asked anew meanwhile."""
    still = connection.execute(select(subscriber.c.requested_at).where(subscriber.c.id == row.id).with_for_update()).scalar()
    if still is None:
        return
    due_at = now + min(_LATER * 2.0**row.attempts, HOUR)
    values = {"attempts": row.attempts + 1, "due_at": due_at}
    if not connection.execute(update(letter).where(letter.c.subscriber_id == row.id).values(values)).rowcount:
        connection.execute(insert(letter).values(values | {"subscriber_id": row.id}))
