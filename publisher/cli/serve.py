"""``publisher serve``: build, show the site in a browser, and build again at each save."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from watchfiles import Change, watch

from publisher.cli.build import load_theme
from publisher.cli.options import add_common, processes_of, time_of
from publisher.clock import SHANGHAI
from publisher.engine.build import Order
from publisher.failure import PublisherError
from publisher.preview.server import PreviewServer, open_server
from publisher.preview.session import Session
from publisher.problems import Problem
from publisher.problems.output import format_problem, summary

#: Milliseconds for which the watcher gathers changes, for an editor's save is often two; and after which it looks up from waiting.
_STEP, _PAUSE = 10, 100
#: Seconds after which everything is looked at though nothing was told: a watcher may lose what comes too fast.
_DOUBT = 300.0


def configure(parser: argparse.ArgumentParser) -> None:
    add_common(parser, formats=False)
    parser.add_argument("--port", type=port, default=8000, metavar="N", help="端口，默认 8000；被占用就用下一个；0 表示任意一个空着的")
    parser.add_argument("--host", default="127.0.0.1", help="地址，默认只有本机能看")
    parser.add_argument("--out", type=Path, default=None, metavar="DIR", help="预览的网页放在哪里，默认 var/preview/；不动 site/")
    parser.add_argument("--drafts", action="store_true", help="草稿、待审和还没到发布时间的也显示，并且标明")
    parser.set_defaults(run=run)


def port(text: str) -> int:
    """A number that a port can have."""
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"端口要写 0 到 65535 的整数 / not a port: {text}")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    root = options.root.resolve()
    out = (options.out or root / "var" / "preview").resolve()
    order = Order(root, out, time_of(options), load_theme, processes=processes_of(), shows_drafts=options.drafts)
    session = Session(order, lambda: time_of(options))
    session.build()
    if session.failure is not None and not (root / "content").is_dir():
        raise session.failure
    teller = _Teller(session, options.lang)
    teller.tell()
    server = _open(options, session, _base(root))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stop = _stop_at_interrupt()

    def ready() -> None:
        print(("预览：", "preview: ")[options.lang == "en"] + server.url, flush=True)
        print(("改文件，网页会自己更新；按 Ctrl-C 结束。", "Pages follow each save; Ctrl-C ends.")[options.lang == "en"], flush=True)

    _follow(root, session, teller, stop, ready)
    server.is_closing.set()
    server.shutdown()
    server.server_close()
    return 0


def _stop_at_interrupt() -> threading.Event:
    """What is set at the first Ctrl-C; a second one does not wait for a build to end."""
    stop = threading.Event()

    def end(_signal: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)
    return stop


def _open(options: argparse.Namespace, session: Session, base: str) -> PreviewServer:
    def busy(taken: int, following: int) -> None:
        zh, en = f"端口 {taken} 被占用，换 {following}。", f"port {taken} is in use, trying {following}"
        print(zh if options.lang == "zh" else en, file=sys.stderr, flush=True)

    try:
        return open_server((options.host, options.port), session, base, options.lang, busy)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PublisherError(f"打不开 {options.host}:{options.port}：{reason}", f"cannot listen on {options.host}:{options.port}: {reason}") from error


def _base(root: Path) -> str:
    """The path below which the site will stand: the page for unknown addresses writes it."""
    from publisher.configuration import load_settings

    try:
        settings, _ = load_settings(root)
    except PublisherError:
        settings = None
    return urlsplit(settings.site_url).path or "/" if settings else "/"


def _follow(root: Path, session: Session, teller: _Teller, stop: threading.Event, ready: Callable[[], None]) -> None:
    """Build at each save below ``content/`` and ``templates/`` and of ``mkdocs.yml``, when a moment has come, and when in doubt.

    ``ready`` is called once no save can be missed any more.
    """
    config = _state(root / "mkdocs.yml")
    looked: float | None = None
    for paths in _watch(root, stop):
        version = session.version
        is_other = config != (config := _state(root / "mkdocs.yml"))
        is_doubtful = looked is None or time.monotonic() - looked > _DOUBT
        if is_other or is_doubtful or paths is None or (not paths and session.is_due()):
            session.build()
            if looked is None:  # what was saved before the watcher stood has been found now
                ready()
            looked = time.monotonic()
        elif paths:
            session.save(paths)
        if session.version != version:
            teller.tell(paths or (), is_quiet=is_doubtful)


def _watch(root: Path, stop: threading.Event) -> Iterator[set[Path] | None]:
    """The paths saved, none at each pause, and None when one of the watched folders itself has come or gone."""
    closed = root / "content" / "liaison"

    def concerns(change: Change, path: str) -> bool:
        file = Path(path)
        is_touched_folder = change is Change.modified and file.is_dir()
        return not (is_touched_folder or file.name.startswith(".") or file.name.endswith("~") or file.is_relative_to(closed))

    while not stop.is_set():
        places = _places(root)
        folders = [folder.resolve() for folder, number in places.items() if number]
        with suppress(FileNotFoundError):  # a folder went before it could be watched
            for changes in watch(
                *(folders or [root]),
                watch_filter=concerns,
                step=_STEP,
                debounce=400,
                rust_timeout=_PAUSE,
                yield_on_timeout=True,
                stop_event=stop,
                recursive=bool(folders),
            ):
                if places != _places(root):
                    break
                yield {Path(path) for _, path in changes}
        if not stop.is_set():
            yield None


def _places(root: Path) -> dict[Path, int]:
    """The folders to watch, each with what tells it from another of its name; 0 when there is none."""
    return {folder: _state(folder)[2] for folder in (root / "content", root / "templates")}


def _state(file: Path) -> tuple[int, int, int]:
    """Size, time and number of a file; ``mkdocs.yml`` is looked at rather than watched, for editors put another in its place."""
    try:
        state = file.stat()
    except OSError:
        return (0, 0, 0)
    return (state.st_size, state.st_mtime_ns, state.st_ino)


class _Teller:
    """What the terminal says: one line for a build, and each problem once."""

    def __init__(self, session: Session, lang: str) -> None:
        self._session, self._lang = session, lang
        self._told: list[Problem] = []
        self._failure = ""

    def tell(self, saved: Iterable[Path] = (), *, is_quiet: bool = False) -> None:
        """Tell of the last build, which ``saved`` files have caused; ``is_quiet`` when there is nothing to tell says nothing."""
        report, failure = self._session.report, self._session.failure
        if failure is not None:
            words = failure.zh if self._lang == "zh" else failure.en
            if not is_quiet or words != self._failure:
                self._print(words)
            self._failure = words
            return
        news = [problem for problem in report.problems if problem not in self._told]
        is_same = not news and len(report.problems) == len(self._told) and not self._failure
        if is_quiet and is_same and not report.written and not report.removed:
            return
        self._failure = ""
        for problem in news:
            print(format_problem(problem, "zh" if self._lang == "zh" else "en") + "\n")
        if not is_same:
            print(summary(report.problems, "zh" if self._lang == "zh" else "en"))
        self._told = report.problems
        self._print(self._line({path.stem for path in saved}))

    def _line(self, names: Container[str]) -> str:
        report = self._session.report
        ms = round(report.seconds * 1000)
        if not report.is_built:
            return ("有错误，网页还是上一次的样子。", "There are errors; the pages are the last good ones.")[self._lang == "en"]
        pages = [path for path in report.written if path.endswith("/index.html")] or report.written
        page = next((path for path in pages if path.removesuffix("/index.html").rpartition("/")[2] in names), next(iter(pages), ""))
        if self._lang == "en":
            named = f" ({page}{' and others' if report.wrote > 1 else ''})" if page else ""
            return f"{report.wrote} files written{named}, {len(report.removed)} removed, {ms} ms"
        named = f"（{page}{' 等' if report.wrote > 1 else ''}）" if page else ""
        return f"写了 {report.wrote} 个文件{named}，删除 {len(report.removed)} 个，{ms} 毫秒"

    def _print(self, words: str) -> None:
        print(f"{datetime.now(SHANGHAI):%H:%M:%S} {words}", flush=True)
