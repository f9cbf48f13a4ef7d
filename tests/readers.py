"""What the tests of subscribers share: a project with tags, a transport that keeps what it was given, links out of mails."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable

from sqlalchemy import select

from publisher.delivery.choice import Choice
from publisher.delivery.database import Database
from publisher.delivery.preferences import Preferences
from publisher.delivery.schema import consent, subscriber
from publisher.delivery.transport import Answer, Outcome
from tests.outbox import NOW
from tests.project import MKDOCS, Project

KEY = b"k" * 32
SERVICE = "https://mail.street.example/"
SETTINGS = f"extra:\n  publisher:\n    service_url: {SERVICE}\n    mail: {{sender: digest@street.example, unsubscribe_mailto: leave@street.example}}\n"
TAGS = "标签:\n  - {名称: 税收, 网址名: tax, 别名: [税务]}\n  - {名称: 招聘, 网址名: jobs}\n"
POLICIES = Choice(Preferences(kinds=frozenset({"policy"}), tags=frozenset({"税收"})), "weekly", 3)


class Post:
    """A transport that keeps every message and answers as it is told."""

    def __init__(self, answer: Callable[[str], Answer] = lambda _address: Answer(Outcome.ACCEPTED, 250)) -> None:
        self.answer, self.mails, self.opened = answer, list[tuple[str, str, bytes]](), 0

    def open(self) -> Post:
        self.opened += 1
        return self

    def send(self, sender: str, recipient: str, data: bytes) -> Answer:
        answer = self.answer(recipient)
        if answer.outcome is Outcome.ACCEPTED:
            self.mails.append((sender, recipient, data))
        return answer

    def close(self) -> None:
        """Nothing to do."""


def make_project(project: Project, settings: str = SETTINGS) -> Project:
    """A project with a service and two tags, and one entry."""
    project.write("mkdocs.yml", MKDOCS + settings)
    return project.write("content/taxonomy/tags.yml", TAGS).news("a", 标签="[招聘]")


def link_in(data: bytes, letter: str = "c") -> str:
    """The token of the first link of a kind in a mail's text."""
    part = email.message_from_bytes(data, policy=email.policy.default).get_body(("plain",))
    assert part is not None
    found = re.search(rf"{re.escape(SERVICE)}{letter}/([\w-]+)", part.get_content())
    assert found, part.get_content()
    return found[1]


def state_of(database: Database, address: str) -> str | None:
    with database.begin() as connection:
        state: str | None = connection.execute(select(subscriber.c.state).where(subscriber.c.address == address)).scalar()
    return state


def acts_of(database: Database) -> list[tuple[str, str, str]]:
    """Every record of consent, in order."""
    with database.begin() as connection:
        rows = connection.execute(select(consent.c.act, consent.c.origin, consent.c.wording).order_by(consent.c.id)).all()
    return [tuple(row) for row in rows]


def everything(database: Database) -> str:
    """The whole database as text: what must not have changed."""
    from publisher.delivery.schema import metadata

    with database.begin() as connection:
        return repr([(table.name, sorted(map(repr, connection.execute(select(table)).all()))) for table in metadata.sorted_tables])


__all__ = ["KEY", "NOW", "POLICIES", "SERVICE", "SETTINGS", "TAGS", "Post", "acts_of", "everything", "link_in", "make_project", "state_of"]
