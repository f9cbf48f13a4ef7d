"""External links in, problems out, asked with requests: few at once, each host in turn, what did not answer told apart from what is broken.

Answers are kept for a day in ``var/links.json``. It is the only module that uses the network.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urldefrag, urlsplit

import requests

from publisher.checks.places import body_problem, words_problem
from publisher.content.library import Entry, Library
from publisher.content.model.fields import Model
from publisher.markup import without_code
from publisher.problems import Problem
from publisher.strictyaml import Step

Outcome = Literal["fine", "moved", "broken", "unreached"]

_TIMEOUT = (5.0, 15.0)
_WORKERS = 8
_PACE = 0.5
_KEEP = timedelta(days=1)
_AGENT = "publisher-linkcheck/1"
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
    places = [(entry, url) for entry in library.entries for url in _urls(entry)]
    cache = _Cache(var / "links.json", as_of)
    answers = ask_all(sorted({url for _, url in places}), cache, f"{_AGENT} (+{site_url})" if site_url else _AGENT)
    cache.save()
    for entry, url in places:
        answer = answers[url]
        if answer.outcome == "broken":
            yield _place(entry, "dead-link", url, reason=answer.detail)
        elif answer.outcome == "unreached":
            yield _place(entry, "unreached-link", url, reason=answer.detail)
        elif answer.outcome == "moved":
            yield _place(entry, "moved-link", url, fixed=answer.target)


def _urls(entry: Entry) -> list[str]:
    """The external links of an entry's body and fields, each once."""
    found = {match.rstrip(".,;:!?") for match in _URL.findall(without_code(entry.source.body))}
    found |= set(_field_urls(entry.data))
    return sorted(urldefrag(url)[0] for url in found)


def _field_urls(model: Model) -> Iterator[str]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Model):
                yield from _field_urls(item)
            elif isinstance(item, str):
                yield from _URL.findall(item)


def _place(entry: Entry, code: str, url: str, /, **words: object) -> Problem:
    offset = entry.source.body.find(url)
    if offset >= 0:
        return body_problem(entry, code, offset, len(url), value=url, **words)
    first: tuple[Step, ...] = ()
    return words_problem(entry, code, first, url, value=url, **words)


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
        age = self._as_of - datetime.fromisoformat(answer.asked)
        return answer if timedelta() <= age < _KEEP else None

    def put(self, url: str, answer: Answer) -> None:
        self.answers[url] = Answer(answer.outcome, answer.detail, answer.target, self._as_of.isoformat())

    def save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        rows = {url: asdict(answer) for url, answer in sorted(self.answers.items())}
        draft = self._file.with_suffix(".tmp")
        draft.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
        draft.replace(self._file)


def ask_all(urls: list[str], cache: _Cache | None = None, agent: str = _AGENT) -> Mapping[str, Answer]:
    """Ask many links, at most eight at once and each host no faster than twice a second."""
    answers = {url: answer for url in urls if cache and (answer := cache.get(url))}
    hosts: dict[str, list[str]] = {}
    for url in urls:
        if url not in answers:
            hosts.setdefault(urlsplit(url).netloc, []).append(url)
    lock = threading.Lock()

    def ask_host(rows: list[str]) -> None:
        with requests.Session() as session:
            session.headers["User-Agent"] = agent
            for index, url in enumerate(rows):
                if index:
                    time.sleep(_PACE)
                answer = ask(session, url)
                with lock:
                    answers[url] = answer
                    if cache:
                        cache.put(url, answer)

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(ask_host, hosts.values()))
    return answers


def ask(session: requests.Session, url: str) -> Answer:
    """Ask one link: HEAD first, GET where the server does not answer HEAD."""
    try:
        response = session.head(url, timeout=_TIMEOUT, allow_redirects=True)
        if response.status_code >= 400:
            response = session.get(url, timeout=_TIMEOUT, allow_redirects=True, stream=True)
            response.close()
    except requests.TooManyRedirects:
        return Answer("broken", "重定向没有尽头")
    except requests.RequestException as error:
        return Answer("unreached", type(error).__name__)
    if response.status_code in _INCONCLUSIVE:
        return Answer("unreached", f"HTTP {response.status_code}")
    if response.status_code >= 400:
        return Answer("broken", f"HTTP {response.status_code}")
    if response.history and all(step.status_code in (301, 308) for step in response.history):
        return Answer("moved", f"HTTP {response.history[0].status_code}", response.url)
    return Answer("fine", f"HTTP {response.status_code}")
