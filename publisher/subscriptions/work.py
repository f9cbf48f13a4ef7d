"""The service's own hands: while it answers requests, a thread looks at what came in, sends the mails that are due, and purges what is old."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from publisher.delivery import retention
from publisher.delivery.database import Database
from publisher.delivery.letters import Courier
from publisher.problems import PublisherError
from publisher.settings import Settings

#: Seconds between two looks, after a failure, and between two purges.
_PAUSE, _REST, _DAY = 2.0, 30.0, 86_400.0

_log = logging.getLogger("publisher.subscriptions")


class Worker:
    """One thread beside the requests; what it has not done when it ends stands in the database for the next."""

    def __init__(self, database: Database, courier: Courier, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._database, self._courier, self._settings, self._clock = database, courier, settings, clock
        self._is_over = threading.Event()
        self._bell = threading.Event()
        self._purged_at = 0.0
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something has come in."""
        self._bell.set()

    def stop(self) -> None:
        """End after the mail in hand."""
        self._is_over.set()
        self._bell.set()
        self._thread.join(30)

    def turn(self) -> None:
        """One look at everything."""
        now = self._clock()
        self._courier.take_requests(now)
        self._courier.post(now)
        if now - self._purged_at >= _DAY:
            days = self._settings.retention_days
            with self._database.begin() as connection:
                retention.purge(connection, unconfirmed_days=days.unconfirmed, withdrawn_days=days.withdrawn, now=now)
            self._purged_at = now

    def _run(self) -> None:
        while not self._is_over.is_set():
            pause = _PAUSE
            try:
                self.turn()
            except PublisherError as error:  # the mail server or the database is away: all stays as it is
                _log.error("%s", error)
                pause = _REST
            except Exception:
                _log.exception("the courier stumbled")
                pause = _REST
            self._bell.wait(pause)
            if pause == _REST:
                self._is_over.wait(_PAUSE)
            self._bell.clear()
