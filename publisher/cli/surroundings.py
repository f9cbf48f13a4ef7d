"""What verbs that deliver mail take from their surroundings: the database, the secret, the taxonomy, the mail server."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.cli.options import UsageError, time_of
from publisher.cli.problems import print_problems
from publisher.configuration import load_settings
from publisher.content.taxonomy import Taxonomy, read_taxonomy
from publisher.settings import Settings

if TYPE_CHECKING:
    from publisher.delivery.database import Database
    from publisher.delivery.token import Signer
    from publisher.delivery.transport import Transport


def open_database(root: Path) -> Database:
    """The project's database, brought up to date: ``PUBLISHER_DATABASE_URL``, else a file in ``var/``."""
    from publisher.delivery.database import Database

    return Database.at(root, os.environ.get("PUBLISHER_DATABASE_URL"))


def has_database(root: Path) -> bool:
    """Whether there is a database to ask; nothing is opened to find out."""
    return bool(os.environ.get("PUBLISHER_DATABASE_URL")) or (root / "var" / "subscribers.sqlite").is_file()


def signer_of(root: Path) -> Signer:
    """What signs links and digests addresses: ``PUBLISHER_SECRET``, else a secret kept in ``var/``."""
    from publisher.delivery.token import Signer, load_key

    return Signer(load_key(root, os.environ.get("PUBLISHER_SECRET")))


def now_of(options: argparse.Namespace) -> float:
    """Seconds since 1970: of ``--as-of`` or ``PUBLISHER_AS_OF`` when one is given, else of the clock, to the fraction."""
    if options.as_of or os.environ.get("PUBLISHER_AS_OF"):
        return time_of(options).timestamp()
    return time.time()


def settings_of(options: argparse.Namespace) -> Settings | None:
    """The project's settings; None when they are wrong, which has been told then."""
    settings, problems = load_settings(options.root)
    if settings is None:
        print_problems(problems, "text", options.lang)
    return settings


def tag_reader(taxonomy: Taxonomy) -> Callable[[str], str | None]:
    """What finds the present name of a tag; without a table every tag is one."""
    names = {tag.slug: tag.name for tag in taxonomy.tags.values()}

    def canonical(written: str) -> str | None:
        name = taxonomy.canonical(names.get(written, written))
        return name if name in taxonomy.tags or not taxonomy.tags else None

    return canonical


def taxonomy_of(root: Path) -> Taxonomy:
    """The project's tags."""
    return read_taxonomy(root)[0]


def open_transport() -> Transport | None:
    """The mail server of ``PUBLISHER_SMTP_URL``; None when it is not set. A wrong address is a `PublisherError`."""
    url = os.environ.get("PUBLISHER_SMTP_URL")
    if not url:
        return None
    from publisher.delivery.transport.opening import open_transport as choose

    return choose(url, os.environ)


def dkim_of(sender: str) -> Callable[[bytes], bytes] | None:
    """What signs messages for the sender's domain: ``PUBLISHER_DKIM_KEY``, a file, and ``PUBLISHER_DKIM_SELECTOR``; None when neither is set."""
    file, selector = os.environ.get("PUBLISHER_DKIM_KEY", ""), os.environ.get("PUBLISHER_DKIM_SELECTOR", "")
    if not (file or selector):
        return None
    if not (file and selector):
        raise UsageError("PUBLISHER_DKIM_KEY 和 PUBLISHER_DKIM_SELECTOR 要一起设 / set both PUBLISHER_DKIM_KEY and PUBLISHER_DKIM_SELECTOR")
    from publisher.delivery.dkim import DkimSigner

    return DkimSigner.load(sender.rpartition("@")[2], selector, Path(file)).sign
