"""What every transport promises: messages arrive whole, one after the other, and each way of failing has its name."""

from __future__ import annotations

import contextlib
import email
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from publisher.delivery.transport import Outcome, Session, Transport, TransportError
from publisher.delivery.transport.listmonk import ListmonkTransport
from publisher.delivery.transport.opening import open_transport
from tests.smtp_server import Keeper, Scripted, free_port, serve_mail


def message(number: int, body: str = "正文：你好") -> bytes:
    from email.message import EmailMessage
    from email.policy import SMTP

    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "街区 <news@example.com>", "reader@example.com", f"简报 {number}"
    made["Message-ID"] = f"<2026-w47.{number}.0123abcd@example.com>"
    made["List-Unsubscribe"] = "<https://example.com/u/abc>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(body, cte="base64")
    made.add_alternative(f"<p>{body}</p>", subtype="html", cte="base64")
    made.set_boundary("=_boundary")
    return made.as_bytes()


class Listmonk(BaseHTTPRequestHandler):
    """Answers as listmonk does: 200 with ``{"data": true}``, 403 to a stranger, 400 to a wrong request."""

    taken: list[dict[str, Any]]
    script: list[int | str]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        step = self.script.pop(0) if self.script else 200
        if step == "drop":
            self.close_connection = True
            self.connection.close()
            return
        if self.headers["Authorization"] != "Basic YXBpOnRva2Vu":  # api:token
            step = 403
        elif self.path != "/api/tx" or not isinstance(body.get("template_id"), int) or not (body.get("subscriber_emails") and body["data"]["html"]):
            step = 400
        if step == 200:
            self.taken.append(body)
        said = json.dumps({"data": True} if step == 200 else {"message": "no"}).encode()
        self.send_response(int(step))
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Be silent."""


@contextlib.contextmanager
def serve_listmonk(*script: int | str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    handler = type("Handler", (Listmonk,), {"taken": [], "script": list(script), "protocol_version": "HTTP/1.1"})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}/?template=3", handler.taken
        server.shutdown()
        thread.join(5)


class Post(NamedTuple):
    """A transport under test; the recipients and subjects that have arrived at its other end; whether it keeps all of a message."""

    transport: Transport
    arrived: Callable[[], list[tuple[str, str]]]
    received: Callable[[], list[bytes]]


def _read(files: list[Path]) -> list[tuple[str, str]]:
    parsed = [email.message_from_bytes(file.read_bytes()) for file in files]
    return [(one["Delivered-To"], str(email.header.make_header(email.header.decode_header(one["Subject"])))) for one in parsed]


@pytest.fixture(params=["smtp", "smtp one by one", "aiosmtpd", "maildir", "file", "listmonk"])
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Post]:
    name = str(request.param)
    with contextlib.ExitStack() as stack:
        if name.startswith("smtp"):
            server = stack.enter_context(Scripted(features=("SMTPUTF8",) if "one" in name else ("PIPELINING", "SMTPUTF8")))
            transport = open_transport(f"smtp://127.0.0.1:{server.port}?helo=test.example", {})
            yield Post(transport, lambda: _pairs(server.commands, server.messages), lambda: server.messages)
        elif name == "aiosmtpd":
            keeper = Keeper()
            port = stack.enter_context(serve_mail(keeper, enable_SMTPUTF8=True))
            got = lambda: [bytes(one.content or b"") for one in keeper.envelopes]  # noqa: E731
            yield Post(
                open_transport(f"smtp://127.0.0.1:{port}?helo=test.example", {}),
                lambda: [(one.rcpt_tos[0], _subject(bytes(one.content or b""))) for one in keeper.envelopes],
                got,
            )
        elif name == "listmonk":
            at, taken = stack.enter_context(serve_listmonk())
            transport = open_transport(f"listmonk+http://api:token@{at}", {})
            yield Post(transport, lambda: [(one["subscriber_emails"][0], one["subject"]) for one in taken], list)
        else:
            folder = tmp_path / "out"
            files = lambda: sorted((folder / "new" if name == "maildir" else folder).glob("*"))  # noqa: E731
            strip = lambda file: file.read_bytes().replace(b"\r\n", b"\n").split(b"\n", 2)[2]  # noqa: E731
            yield Post(open_transport(f"{name}:{folder}", {}), lambda: _read(files()), lambda: [strip(file) for file in files()])


def _subject(data: bytes) -> str:
    return str(email.header.make_header(email.header.decode_header(email.message_from_bytes(data)["Subject"])))


def _pairs(commands: list[str], messages: list[bytes]) -> list[tuple[str, str]]:
    readers = [command.partition("<")[2].rstrip(">") for command in commands if command.startswith("RCPT")]
    return list(zip(readers, map(_subject, messages), strict=True))


def test_messages_arrive_one_after_the_other(post: Post) -> None:
    session: Session = post.transport.open()
    answers = [session.send("bounce@example.com", f"r{number}@example.com", message(number)) for number in range(5)]
    session.close()
    session.close()
    assert [answer.outcome for answer in answers] == [Outcome.ACCEPTED] * 5
    assert not any(answer.is_closed or answer.is_about_us for answer in answers)
    assert all(200 <= answer.code < 300 for answer in answers)
    assert sorted(post.arrived()) == [(f"r{number}@example.com", f"简报 {number}") for number in range(5)]


def test_what_arrives_is_what_was_sent(post: Post) -> None:
    sent = [message(1), message(2, "。" * 50_000), message(3, ".\n..\n.x\n" * 20)]
    session = post.transport.open()
    assert [session.send("bounce@example.com", "r@example.com", data).outcome for data in sent] == [Outcome.ACCEPTED] * 3
    session.close()
    got = [data.replace(b"\r\n", b"\n") for data in post.received()]
    if got:  # listmonk makes a message of its own
        assert sorted(got) == sorted(data.replace(b"\r\n", b"\n") for data in sent)
    assert len(post.arrived()) == 3


def test_a_chinese_address_arrives_where_it_may(post: Post) -> None:
    session = post.transport.open()
    answer = session.send("bounce@example.com", "张三@example.com", message(1))
    session.close()
    assert answer.outcome is Outcome.ACCEPTED, answer


def test_sessions_work_beside_each_other(post: Post) -> None:
    def work(number: int) -> list[Outcome]:
        session = post.transport.open()
        try:
            return [session.send("bounce@example.com", f"r{number}@example.com", message(number * 100 + turn)).outcome for turn in range(5)]
        finally:
            session.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = [outcome for found in pool.map(work, range(4)) for outcome in found]
    assert outcomes == [Outcome.ACCEPTED] * 20


@pytest.mark.parametrize("name", ["smtp", "maildir", "file", "listmonk"])
def test_an_end_that_is_not_there_is_told_and_never_raises_later(name: str, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("x")
    at = {
        "smtp": f"smtp://127.0.0.1:{free_port()}?timeout=1",
        "maildir": f"maildir:{tmp_path / 'a file'}",
        "file": f"file:{tmp_path / 'a file'}",
        "listmonk": f"listmonk+http://api:token@127.0.0.1:{free_port()}/?template=3",
    }
    transport = open_transport(at[name], {})
    answer = None
    with contextlib.suppress(TransportError):
        session = transport.open()
        answer = session.send("a@example.com", "b@example.com", message(1))
        session.close()
    assert (name == "listmonk") is (answer is not None)
    assert answer is None or (answer.outcome, answer.is_closed) == (Outcome.TEMPORARY, True)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "ftp://host",
        "maildir:",
        "file:///",
        "listmonk+https://host/",
        "listmonk+http://u:p@example.com/?template=3",
        "listmonk+https://u:p@h/?template=x",
    ],
)
def test_a_wrong_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(TransportError) as caught:
        open_transport(url, {})
    assert caught.value.is_permanent


def test_a_folder_keeps_every_message_under_its_name(tmp_path: Path) -> None:
    session = open_transport(f"file:{tmp_path}", {}).open()
    odd = message(1).replace(b"2026-w47.1", b"../../etc/x")
    for data in (message(1), message(1), message(1, "another"), b"no header", odd):
        assert session.send("a@example.com", "b@example.com", data).outcome is Outcome.ACCEPTED
    names = sorted(file.name for file in tmp_path.iterdir())
    assert {"2026-w47.1.0123abcd@example.com.eml", "2026-w47.1.0123abcd@example.com-2.eml"} < set(names)
    assert len(names) == 4


def test_a_maildir_is_not_made_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    with pytest.raises(TransportError, match="Maildir"):
        open_transport(f"maildir:{tmp_path}", {}).open()


@pytest.mark.parametrize(
    ("step", "outcome", "is_about_us"),
    [
        (200, Outcome.ACCEPTED, False), (302, Outcome.PERMANENT, True), (400, Outcome.PERMANENT, True), (403, Outcome.PERMANENT, True),
        (404, Outcome.PERMANENT, True), (429, Outcome.TEMPORARY, True), (500, Outcome.TEMPORARY, False), (502, Outcome.TEMPORARY, False),
        ("drop", Outcome.UNKNOWN, False),
    ],
)  # fmt: skip
def test_what_listmonk_answers(step: int | str, outcome: Outcome, is_about_us: bool) -> None:
    with serve_listmonk(step) as (at, _):
        session = ListmonkTransport(f"listmonk+http://api:token@{at}").open()
        first = session.send("a@example.com", "b@example.com", message(1))
        session.close()
    assert (first.outcome, first.is_about_us) == (outcome, is_about_us)


def test_what_listmonk_is_told() -> None:
    with serve_listmonk() as (at, taken):
        session = ListmonkTransport(f"listmonk+http://api:token@{at}").open()
        session.send("a@example.com", "b@example.com", message(1))
        session.close()
        stranger = ListmonkTransport(f"listmonk+http://api:wrong@{at}").open()
        refused = stranger.send("a@example.com", "b@example.com", message(1))
        stranger.close()
    assert refused.code == 403
    (told,) = taken
    assert (told["subscriber_mode"], told["template_id"], told["from_email"]) == ("external", 3, "街区 <news@example.com>")
    assert told["data"] == {"html": "<p>正文：你好</p>\r\n", "text": "正文：你好\r\n"}
    headers = {name: value for header in told["headers"] for name, value in header.items()}
    assert headers == {
        "Message-ID": "<2026-w47.1.0123abcd@example.com>",
        "List-Unsubscribe": "<https://example.com/u/abc>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
