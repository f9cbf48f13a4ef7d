"""External links in, problems out, asked with requests: few at once, each host in turn, what did not answer told apart from what is broken.

Answers are kept for a day in ``var/links.json``. The official text of each policy is read and its fingerprint kept in ``sources.json``,
which is committed. It is the only module that uses the network.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urldefrag, urlsplit

import requests
from urllib3.exceptions import HTTPError, LocationParseError

from publisher.checks.places import body_problem, field_problem, words_problem
from publisher.clock import SHANGHAI
from publisher.content.library import Entry, Library
from publisher.content.model.kinds import Policy
from publisher.content.model.vocabulary import State
from publisher.disk import put_whole
from publisher.maintext import fingerprint
from publisher.markup import without_code
from publisher.model import Model
from publisher.problems import Problem
from publisher.sources import SOURCES_NAME, after, has_own_page, read_sources, show_sources
from publisher.yamltext import Step

Outcome = Literal["fine", "moved", "broken", "unreached"]

_TIMEOUT = (5.0, 15.0)
_WORKERS = 8
_PACE = 0.5
_KEEP = timedelta(days=1)
#: Bytes of an official document that are read at most.
_LARGEST = 8_000_000
_AGENT = "publisher-linkcheck/1"
_CODES: dict[Outcome, str] = {"broken": "dead-link", "unreached": "unreached-link", "moved": "moved-link"}
#: Answers that say nothing about the page: refused to machines, too many questions, the server is ill.
_INCONCLUSIVE = frozenset({401, 403, 405, 406, 408, 418, 421, 423, 425, 429, 451, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_URL = re.compile(r"https?://[^\s<>()（）\[\]\"'，。；、》]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a link's server said: ``detail`` is a status or a reason, ``target`` where a permanent redirect leads."""

    outcome: Outcome
    detail: str
    target: str = ""
    asked: str = ""


def check_links(library: Library, var: Path, as_of: datetime, site_url: str = "") -> Iterator[Problem]:
    """Ask each external link of each entry once, and report those that do not answer well at every place they stand."""
    places = [place for entry in library.entries for place in _places(entry)]
    cache = _Cache(var / "links.json", as_of)
    answers = ask_all(sorted({place.url for place in places}), cache, f"{_AGENT} (+{site_url})" if site_url else _AGENT)
    cache.save()
    for place in places:
        answer = answers[place.url]
        if code := _CODES.get(answer.outcome):
            yield place.problem(code, value=place.url, reason=answer.detail, fixed=answer.target)


@dataclass(frozen=True, slots=True)
class _Place:
    """One external link where it stands: in the body, or in the field that ``steps`` lead to, behind the text ``before``."""

    entry: Entry
    url: str
    written: str
    offset: int
    steps: tuple[Step, ...] = ()
    before: str = ""

    def problem(self, code: str, /, **words: object) -> Problem:
        if self.steps:
            return words_problem(self.entry, code, self.steps, self.written, self.before, **words)
        return body_problem(self.entry, code, self.offset, len(self.written), **words)


def _places(entry: Entry) -> Iterator[_Place]:
    """Every external link of an entry's body and fields."""
    for written, offset in _links(without_code(entry.source.body)):
        yield _Place(entry, urldefrag(written)[0], written, offset)
    for steps, text in _texts(entry.data, ()):
        for written, offset in _links(text):
            yield _Place(entry, urldefrag(written)[0], written, offset, steps, text[:offset])


def _links(text: str) -> Iterator[tuple[str, int]]:
    for match in _URL.finditer(text):
        yield match[0].rstrip(".,;:!?"), match.start()


def _texts(model: Model, steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], str]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        items = [((*steps, name, index), item) for index, item in enumerate(value)] if isinstance(value, tuple) else [((*steps, name), value)]
        for way, item in items:
            if isinstance(item, Model):
                yield from _texts(item, way)
            elif isinstance(item, str) and "://" in item:
                yield way, item


class _Cache:
    """Answers of the last day; a damaged file counts as empty."""

    def __init__(self, file: Path, as_of: datetime) -> None:
        self._file, self._as_of = file, as_of
        self.answers: dict[str, Answer] = {}
        try:
            rows = json.loads(file.read_text(encoding="utf-8"))
            self.answers = {url: Answer(**row) for url, row in rows.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self.answers = {}

    def get(self, url: str) -> Answer | None:
        """A conclusive answer not older than a day."""
        answer = self.answers.get(url)
        if answer is None or answer.outcome == "unreached":
            return None
        try:
            age = self._as_of - datetime.fromisoformat(answer.asked)
        except (ValueError, TypeError):
            return None
        return answer if timedelta() <= age < _KEEP else None

    def put(self, url: str, answer: Answer) -> None:
        self.answers[url] = Answer(answer.outcome, answer.detail, answer.target, self._as_of.isoformat())

    def save(self) -> None:
        rows = {url: asdict(answer) for url, answer in sorted(self.answers.items())}
        put_whole(self._file, json.dumps(rows, ensure_ascii=False, indent=1).encode())


def ask_all(urls: list[str], cache: _Cache | None = None, agent: str = _AGENT) -> Mapping[str, Answer]:
    """Ask many links, at most eight at once and each host no faster than twice a second."""
    answers = {url: answer for url in urls if cache and (answer := cache.get(url))}
    lock = threading.Lock()

    def take(session: requests.Session, url: str) -> None:
        answer = ask(session, url)
        with lock:
            answers[url] = answer
            if cache:
                cache.put(url, answer)

    _in_turn([url for url in urls if url not in answers], take, agent)
    return answers


def _in_turn(urls: list[str], take: Callable[[requests.Session, str], None], agent: str) -> None:
    """Do something with each address: eight hosts at once, those of one host one after the other and no faster than twice a second."""
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(urlsplit(url).netloc, []).append(url)

    def ask_host(rows: list[str]) -> None:
        with requests.Session() as session:
            session.headers["User-Agent"] = agent
            for index, url in enumerate(rows):
                if index:
                    time.sleep(_PACE)
                take(session, url)

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(ask_host, hosts.values()))


def check_sources(library: Library, root: Path, as_of: datetime, site_url: str = "") -> Iterator[Problem]:
    """Read the official text of each policy, keep its fingerprint in ``sources.json``, and report those that have changed since they were verified.

    What is not reached, or holds no text of its own, stays as it was known. Addresses that no policy names any more are forgotten.
    """
    known, faults = read_sources(root)
    if faults:
        return  # told where the settings are read; a file that cannot be read is not written over
    policies = [(entry, entry.data) for entry in library.entries if isinstance(entry.data, Policy)]
    urls = sorted({data.original for _, data in policies if has_own_page(data.original)})
    seen: dict[str, str] = {}
    _in_turn(urls, lambda session, url: seen.update({url: _fetch_fingerprint(session, url)}), f"{_AGENT} (+{site_url})" if site_url else _AGENT)
    today = as_of.astimezone(SHANGHAI).date()
    now = {url: after(known.get(url), seen[url], today) if seen.get(url) else known.get(url) for url in urls}
    states = {url: state for url, state in now.items() if state}
    if states != known:
        put_whole(root / SOURCES_NAME, show_sources(states).encode())
    for entry, data in policies:
        state, before = states.get(data.original), known.get(data.original)
        is_history = bool(data.replaced_by) or data.state is State.WITHDRAWN
        if state and state.changed and state != before and state.changed > data.verified and not is_history:
            yield field_problem(entry, "source-changed", ("original",), value=data.original, day=state.changed)


def _fetch_fingerprint(session: requests.Session, url: str) -> str:
    """The fingerprint of the text at an address; empty when there is none now."""
    try:
        with session.get(url, timeout=_TIMEOUT, allow_redirects=True, stream=True) as response:
            if response.status_code != 200:
                return ""
            data = response.raw.read(_LARGEST + 1, decode_content=True)
            media_type = response.headers.get("Content-Type", "text/html")
            charset = response.encoding if "charset" in media_type.lower() else None
    except (requests.RequestException, HTTPError, OSError, ValueError):
        return ""
    return fingerprint(data, media_type, charset) if len(data) <= _LARGEST else ""


def ask(session: requests.Session, url: str) -> Answer:
    """Ask one link: HEAD first, GET where the server does not answer HEAD."""
    try:
        response = session.head(url, timeout=_TIMEOUT, allow_redirects=True)
        if response.status_code >= 400:
            response = session.get(url, timeout=_TIMEOUT, allow_redirects=True, stream=True)
            response.close()
    except requests.TooManyRedirects:
        return Answer("broken", "重定向没有尽头")
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError, ValueError, LocationParseError):
        return Answer("broken", "网址写法不对")
    except requests.RequestException as error:
        return Answer("unreached", type(error).__name__)
    if response.status_code in _INCONCLUSIVE:
        return Answer("unreached", f"HTTP {response.status_code}")
    if response.status_code >= 400:
        return Answer("broken", f"HTTP {response.status_code}")
    if response.history and all(step.status_code in (301, 308) for step in response.history):
        return Answer("moved", f"HTTP {response.history[0].status_code}", response.url)
    return Answer("fine", f"HTTP {response.status_code}")
