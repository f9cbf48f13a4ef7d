"""SMTP servers for tests: a real one (aiosmtpd), and one on a real socket that does exactly what a script tells it."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Takes every message and keeps it; says what ``answers`` says for an address."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return "250 2.0.0 taken"


@contextlib.contextmanager
def serve_mail(keeper: Keeper, **options: object) -> Iterator[int]:
    """A real SMTP server; gives its port."""
    controller = Controller(keeper, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


#: What a script may do in place of answering.
DROP, RESET, STALL = "drop", "reset", "stall"
GREETING, EHLO = "greeting", "EHLO"
FEATURES = ("PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")


class Scripted:
    """A server that answers each command as its script says, else well. It reads strictly: one CRLF line at a time, however they arrive."""

    def __init__(
        self, script: dict[str, str | list[str]] | None = None, *, features: tuple[str, ...] = FEATURES, context: ssl.SSLContext | None = None
    ) -> None:
        self.script = {name: [value] if isinstance(value, str) else list(value) for name, value in (script or {}).items()}
        self.features, self.context = features, context
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self.writes: list[bytes] = []
        self.connections = 0
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Scripted:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self._listener.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(peer,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError), peer, contextlib.closing(_Stream(peer, self.writes, tls=self.context)) as stream:
            if not self._answer(stream, GREETING, "220 ready"):
                return
            while (line := stream.line()) is not None:
                command = line.decode("utf-8", "replace").strip()
                self.commands.append(command)
                name = re.split(r"[ :]", command.upper())[0]
                if name == "QUIT":
                    stream.write("221 bye")
                    return
                if not self._reply(stream, name):
                    return

    def _reply(self, stream: _Stream, name: str) -> bool:
        if name == "EHLO":
            return self._answer(stream, EHLO, "\r\n".join(f"250-{feature}" for feature in ("test", *self.features)) + "\r\n250 HELP")
        if name != "DATA":
            return self._answer(stream, name, "250 2.0.0 OK")
        if not self._answer(stream, "DATA", "354 go on"):
            return False
        if stream.last.startswith("354"):
            data = stream.message(self.script.get("in data", [""])[0])
            if data is None:
                return False
            self.messages.append(data)
            return self._answer(stream, ".", "250 2.0.0 taken")
        return True

    def _answer(self, stream: _Stream, name: str, usual: str) -> bool:
        planned = self.script.get(name)
        stream.last = (planned.pop(0) if planned and len(planned) > 1 else planned[0] if planned else "") or usual
        if stream.last == STALL:
            self._over.wait(20)
        if stream.last in {DROP, STALL}:
            return False
        if stream.last == RESET:
            stream.reset()
            return False
        stream.write(stream.last)
        return not stream.last.startswith("421")


class _Stream:
    def __init__(self, peer: socket.socket, writes: list[bytes], *, tls: ssl.SSLContext | None) -> None:
        self.peer = tls.wrap_socket(peer, server_side=True) if tls else peer
        self.writes, self.buffer, self.last = writes, b"", ""

    def close(self) -> None:
        self.peer.close()

    def _more(self) -> bool:
        data = self.peer.recv(65_536)
        self.writes.append(data)
        self.buffer += data
        return bool(data)

    def line(self) -> bytes | None:
        while b"\r\n" not in self.buffer:
            if not self._more():
                return None
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def message(self, fault: str) -> bytes | None:
        """The message without its dot-stuffing; with a fault the connection goes before the dot."""
        lines = []
        while (line := self.line()) is not None:
            if fault:
                if fault == RESET:
                    self.reset()
                return None
            if line == b".":
                return b"".join(lines)
            lines.append(line.removeprefix(b".") + b"\r\n")
        return None

    def write(self, text: str) -> None:
        self.peer.sendall(text.encode() + b"\r\n")

    def reset(self) -> None:
        self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.peer.close()


def make_certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """A certificate of its own authority, for one name, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    options = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={name} -addext subjectAltName=DNS:{name}".split()
    subprocess.run(["openssl", *options, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


Answering = Callable[[dict[str, str | list[str]]], Scripted]
