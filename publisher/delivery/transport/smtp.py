"""Messages handed to a mail server by SMTP (RFC 5321); each becomes an `Answer`.

`smtplib` connects, encrypts and logs in. The exchange for each message is our own, because its costs there are a round trip for each command
and two regular expressions over the whole message. Where the server offers PIPELINING (RFC 2920), MAIL, RCPT and DATA travel together.

What matters is the moment of doubt. Until the last byte of the final dot has left, a lost connection means that the message was not
taken (TEMPORARY); after that, and before the answer, nobody knows (UNKNOWN).
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from typing import BinaryIO

from publisher.delivery.address import needs_smtputf8
from publisher.delivery.answers import Command, meaning_of
from publisher.delivery.transport.login import log_in
from publisher.delivery.transport.protocol import Answer, Outcome, TransportError
from publisher.delivery.transport.server import Security, Server

#: RFC 5321 allows 512 octets a line; some servers write more. No answer is longer than this many lines.
_LONGEST_LINE, _MOST_LINES = 8192, 100
#: Seconds that the farewell may take.
_FAREWELL = 3.0
#: No line end, no angle bracket, no space or control character: an address cannot become a second command.
_SAFE_ADDRESS = re.compile(r"[^\s<>\x00-\x1f\x7f]*")
_LINE_DOT = re.compile(rb"^\.", re.MULTILINE)
_GO_ON = 354


class SmtpTransport:
    """Sessions with one server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._context = _make_context(server) if server.security is not Security.NONE else None
        # `smtplib` would ask the DNS for our name again at each connection.
        self._helo = server.helo or smtplib.SMTP(timeout=server.timeout).local_hostname

    def open(self) -> SmtpSession:
        client: smtplib.SMTP | None = None
        try:
            client = self._connect()
            if self.server.security is Security.STARTTLS:
                client.starttls(context=self._context)
            client.ehlo_or_helo_if_needed()
            log_in(client, self.server)
            return SmtpSession(client, self.server)
        except (OSError, smtplib.SMTPException, TransportError) as error:
            if client is not None:
                client.close()
            raise _explained(error, self.server) from error

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        if server.security is Security.TLS:
            return smtplib.SMTP_SSL(server.host, server.port, self._helo, timeout=server.timeout, context=self._context)
        return smtplib.SMTP(server.host, server.port, self._helo, timeout=server.timeout)


class SmtpSession:
    """One connection; made by `SmtpTransport.open`."""

    def __init__(self, client: smtplib.SMTP, server: Server) -> None:
        self._client, self._server = client, server
        assert client.sock is not None
        self._socket: socket.socket = client.sock
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file: BinaryIO = client.file or self._socket.makefile("rb")
        self._is_pipelining = client.has_extn("pipelining")
        self._has_smtputf8 = client.has_extn("smtputf8")
        self._has_size = client.has_extn("size")
        size = client.esmtp_features.get("size", "")
        self._largest = int(size) if size.isdecimal() and len(size) < 19 else 0
        # Reports need to bring back the headers only: our Message-ID is all that is looked for (RFC 3461 section 4.3).
        self._parameters = " RET=HDRS" if client.has_extn("dsn") else ""
        self._is_in_transaction = False
        self._is_closed = False

    def send(self, sender: str, recipient: str, data: bytes) -> Answer:
        if not (_SAFE_ADDRESS.fullmatch(sender) and _SAFE_ADDRESS.fullmatch(recipient)):
            raise ValueError("an address with spaces, brackets or control characters")
        if self._is_closed:
            return Answer(Outcome.TEMPORARY, 0, "连接已经关闭", is_closed=True)
        if self._largest and len(data) > self._largest:
            return Answer(Outcome.PERMANENT, 552, f"5.3.4 邮件 {len(data)} 字节，服务器最多收 {self._largest} 字节")
        extra = f" SIZE={len(data)}{self._parameters}" if self._has_size else self._parameters
        if needs_smtputf8(recipient) or needs_smtputf8(sender):
            if not self._has_smtputf8:
                return Answer(Outcome.PERMANENT, 0, "5.6.7 地址里有中文等字符，发信服务器不支持（没有 SMTPUTF8）")
            extra += " BODY=8BITMIME SMTPUTF8"
        commands = [f"MAIL FROM:<{sender}>{extra}\r\n".encode(), f"RCPT TO:<{recipient}>\r\n".encode(), b"DATA\r\n"]
        try:
            refusal = self._announce(commands)
        except (OSError, _BrokenError) as error:
            return self._lost(error, Outcome.TEMPORARY)
        return refusal or self._transfer(data)

    def close(self) -> None:
        if self._is_closed:
            return
        with contextlib.suppress(OSError, _BrokenError):
            self._socket.settimeout(_FAREWELL)
            self._socket.sendall(b"QUIT\r\n")
            self._read()
        self._cut()

    def _announce(self, commands: list[bytes]) -> Answer | None:
        """The envelope; None when the server waits for the message."""
        if self._is_in_transaction:  # of a message that was refused half-way
            commands = [b"RSET\r\n", *commands]
        replies = self._pipeline(commands) if self._is_pipelining else self._one_by_one(commands)
        if self._is_in_transaction:
            code, words = replies.pop(0)
            if code != 250:
                return self._refused(code, words, Command.RSET)
            self._is_in_transaction = False
        names = (Command.MAIL, Command.RCPT, Command.DATA)
        for (code, words), name in zip(replies, names, strict=False):
            if not (code == _GO_ON if name is Command.DATA else 200 <= code < 300):
                self._is_in_transaction = name is not Command.MAIL
                if len(replies) == len(names) and name is not Command.DATA and replies[-1][0] == _GO_ON:
                    self._send_nothing()
                return self._refused(code, words, name)
        self._is_in_transaction = False
        return None

    def _pipeline(self, commands: list[bytes]) -> list[tuple[int, str]]:
        self._socket.settimeout(self._server.timeout)
        self._socket.sendall(b"".join(commands))
        replies = []
        for _ in commands:
            replies.append(self._read())
            if replies[-1][0] == 421:
                break
        return replies

    def _one_by_one(self, commands: list[bytes]) -> list[tuple[int, str]]:
        replies: list[tuple[int, str]] = []
        self._socket.settimeout(self._server.timeout)
        for command in commands:
            self._socket.sendall(command)
            replies.append(self._read())
            if replies[-1][0] >= 400:
                break
        return replies

    def _send_nothing(self) -> None:
        """A server that takes DATA although it took no recipient gets a lone dot, and nobody gets a message (RFC 2920 section 3.1)."""
        self._socket.sendall(b".\r\n")
        self._read()
        self._is_in_transaction = False

    def _transfer(self, data: bytes) -> Answer:
        """The message and the final dot, up to the answer."""
        if data[:1] == b"." or b"\n." in data:
            data = _LINE_DOT.sub(b"..", data)
        rest = memoryview(data + (b".\r\n" if not data or data.endswith(b"\r\n") else b"\r\n.\r\n"))
        try:
            while rest:  # not `sendall`: should it fail, it would not tell how much had left
                rest = rest[self._socket.send(rest) :]
        except OSError as error:
            return self._lost(error, Outcome.TEMPORARY)
        try:
            self._socket.settimeout(self._server.last_timeout)
            code, words = self._read()
        except (OSError, _BrokenError) as error:
            return self._lost(error, Outcome.UNKNOWN)
        if 200 <= code < 300:
            return Answer(Outcome.ACCEPTED, code, words)
        if code < 400:  # neither yes nor no
            return self._lost(_BrokenError(f"{code} {words}"), Outcome.UNKNOWN)
        return self._refused(code, words, Command.END)

    def _refused(self, code: int, words: str, command: Command) -> Answer:
        if code < 400:  # an answer to something else: what follows would be misunderstood
            return self._lost(_BrokenError(f"{code} {words}"), Outcome.TEMPORARY)
        meaning = meaning_of(code, words, command)
        if code == 421:
            self._cut()
        return Answer(meaning.outcome, code, words, self._is_closed, is_about_us=meaning.is_about_us)

    def _lost(self, error: Exception, outcome: Outcome) -> Answer:
        self._cut()
        return Answer(outcome, 0, f"连接断了：{_reason(error)}", is_closed=True)

    def _cut(self) -> None:
        self._is_closed = True
        self._file.close()
        self._client.close()

    def _read(self) -> tuple[int, str]:
        """One reply: its code and its words in one line."""
        lines: list[str] = []
        while len(lines) < _MOST_LINES:
            line = self._file.readline(_LONGEST_LINE)
            if not line.endswith(b"\n"):
                raise _BrokenError("对方关闭了连接" if len(line) < _LONGEST_LINE else "回答太长")
            code = line[:3]
            if not code.isdigit():
                raise _BrokenError(f"回答不是 SMTP：{line[:60]!r}")
            lines.append(line[4:].decode("utf-8", "replace").strip())
            if line[3:4] != b"-":
                return int(code), " ".join(lines)
        raise _BrokenError("回答太长")


class _BrokenError(Exception):
    """The other side does not keep to the protocol, or has gone."""


def _make_context(server: Server) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=server.authorities or None)
    except (OSError, ssl.SSLError) as error:
        words = f"读不了证书文件 {server.authorities}：{_reason(error)}"
        raise TransportError(words, f"cannot read the certificates in {server.authorities}: {_reason(error)}", is_permanent=True) from error
    if not server.is_verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "等得太久"
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else str(error.smtp_error)
        return f"{error.smtp_code} {' '.join(words.split())}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__


def _explained(error: Exception, server: Server) -> TransportError:
    """Why no session could be had, and whether trying again can help."""
    if isinstance(error, TransportError):
        return error
    at, reason = f"{server.host}:{server.port}", _reason(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return TransportError(f"邮件服务器 {at} 的证书不对：{reason}", f"the certificate of {at} is wrong: {reason}", is_permanent=True)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        words = f"邮件服务器 {at} 不让登录：{reason}", f"{at} refuses the log-in: {reason}"
        return TransportError(*words, is_permanent=error.smtp_code >= 500)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        words = f"邮件服务器 {at} 没有要用的功能（STARTTLS 或登录）：{reason}", f"{at} lacks STARTTLS or AUTH: {reason}"
        return TransportError(*words, is_permanent=True)
    if isinstance(error, smtplib.SMTPResponseException):
        words = f"邮件服务器 {at} 不接待：{reason}", f"{at} does not want us: {reason}"
        return TransportError(*words, is_permanent=error.smtp_code >= 500)
    return TransportError(f"连不上邮件服务器 {at}：{reason}", f"cannot reach {at}: {reason}")
