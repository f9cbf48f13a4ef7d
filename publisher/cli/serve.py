"""``publisher serve``: build, show the site in a browser, and build again at each save."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from watchfiles import watch

from publisher.cli.build import load_theme
from publisher.cli.options import add_common, processes_of, time_of
from publisher.clock import SHANGHAI
from publisher.engine.build import Order
from publisher.failure import PublisherError
from publisher.preview.server import PreviewServer, open_server
from publisher.preview.session import Session
from publisher.problems.output import format_text

#: Milliseconds for which the watcher gathers changes: an editor's save is often two.
_STEP = 10


def configure(parser: argparse.ArgumentParser) -> None:
    add_common(parser, formats=False)
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="端口，默认 8000；被占用就用下一个；0 表示任意一个空着的")
    parser.add_argument("--host", default="127.0.0.1", help="地址，默认只有本机能看")
    parser.add_argument("--out", type=Path, default=None, metavar="DIR", help="预览的网页放在哪里，默认 var/preview/；不动 site/")
    parser.add_argument("--drafts", action="store_true", help="草稿、待审和还没到发布时间的也显示，并且标明")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    root = options.root.resolve()
    out = (options.out or root / "var" / "preview").resolve()
    order = Order(root, out, time_of(options), load_theme, processes=processes_of(), shows_drafts=options.drafts)
    session = Session(order, lambda: time_of(options))
    session.build()
    if session.failure is not None and not (root / "content").is_dir():
        raise session.failure
    _tell(session, options.lang)
    server = _open(options, session, _base(root))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())

    def ready() -> None:
        print(("预览：", "preview: ")[options.lang == "en"] + server.url, flush=True)
        print(("改文件，网页会自己更新；按 Ctrl-C 结束。", "Pages follow each save; Ctrl-C ends.")[options.lang == "en"], flush=True)

    _watch(root, session, options.lang, stop, ready)
    server.is_closing.set()
    server.shutdown()
    server.server_close()
    return 0


def _open(options: argparse.Namespace, session: Session, base: str) -> PreviewServer:
    def busy(taken: int, following: int) -> None:
        zh, en = f"端口 {taken} 被占用，换 {following}。", f"port {taken} is in use, trying {following}"
        print(zh if options.lang == "zh" else en, file=sys.stderr, flush=True)

    try:
        return open_server((options.host, options.port), session, base, options.lang, busy)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PublisherError(f"打不开 {options.host}:{options.port}：{reason}", f"cannot listen on {options.host}:{options.port}: {reason}") from error


def _base(root: Path) -> str:
    """The path below which the site will stand: the page for unknown addresses writes it."""
    from publisher.settings import load_settings

    try:
        settings, _ = load_settings(root)
    except PublisherError:
        settings = None
    return urlsplit(settings.site_url).path or "/" if settings else "/"


def _watch(root: Path, session: Session, lang: str, stop: threading.Event, ready: Callable[[], None]) -> None:
    """Build at each save below ``content/`` and ``templates/`` and of ``mkdocs.yml``, and when a moment has come.

    ``ready`` is called once no save can be missed any more.
    """
    folders = [folder.resolve() for folder in (root / "content", root / "templates") if folder.is_dir()]
    closed = root / "content" / "liaison"

    def concerns(_change: object, path: str) -> bool:
        file = Path(path)
        return not file.name.startswith(".") and not file.name.endswith("~") and not file.is_relative_to(closed)

    config, is_ready = _state(root / "mkdocs.yml"), False
    for changes in watch(*folders, watch_filter=concerns, step=_STEP, debounce=400, rust_timeout=100, yield_on_timeout=True, stop_event=stop):
        if not is_ready:
            session.build()  # what was saved before the watcher stood
            ready()
            is_ready = True
        is_other = config != (config := _state(root / "mkdocs.yml"))
        if is_other or (not changes and session.is_due()):
            session.build()
        elif changes:
            session.save({Path(path) for _, path in changes})
        else:
            continue
        _tell(session, lang)


def _state(file: Path) -> tuple[int, int]:
    """Size and time of a file; it is looked at rather than watched, for editors put another in its place."""
    try:
        state = file.stat()
    except OSError:
        return (0, 0)
    return (state.st_size, state.st_mtime_ns)


def _tell(session: Session, lang: str) -> None:
    """One line for a build, and its problems."""
    clock = f"{datetime.now(SHANGHAI):%H:%M:%S}"
    report, failure = session.report, session.failure
    if failure is not None:
        print(f"{clock} {failure.zh if lang == 'zh' else failure.en}", flush=True)
        return
    if report.problems:
        print(format_text(report.problems, "zh" if lang == "zh" else "en"), flush=True)
    ms = round(report.seconds * 1000)
    if not report.is_built:
        print(f"{clock} " + ("有错误，网页还是上一次的样子。", "There are errors; the pages are the last good ones.")[lang == "en"], flush=True)
    elif lang == "en":
        print(f"{clock} {report.wrote} files written, {len(report.removed)} removed, {ms} ms", flush=True)
    else:
        print(f"{clock} 写了 {report.wrote} 个文件，删除 {len(report.removed)} 个，{ms} 毫秒", flush=True)
