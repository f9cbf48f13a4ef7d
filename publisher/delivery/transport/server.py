"""An address such as ``smtp+starttls://user:password@host`` in, a mail server's particulars out; wrong ones are refused in words. Nothing is connected to.

The password may stand in the address (percent-encoded) or come beside it, so that it need not be kept in a settings file. A password goes
over an encrypted connection only, and a certificate is always verified, but for a relay on this very machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import parse_qsl, unquote, urlsplit

from publisher.delivery.transport.protocol import TransportError

#: Where the parts of a log-in may come from when the address does not hold them.
PASSWORD_VARIABLE = "PUBLISHER_SMTP_PASSWORD"  # noqa: S105
TOKEN_VARIABLE = "PUBLISHER_SMTP_TOKEN"  # noqa: S105
TOKEN_COMMAND_VARIABLE = "PUBLISHER_SMTP_TOKEN_COMMAND"  # noqa: S105
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")
_HELO_NAME = re.compile(r"[A-Za-z0-9.-]+|\[[A-Za-z0-9.:]+\]")


class Security(Enum):
    """How the connection is encrypted; the value is the scheme of its address."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"  # RFC 3207; never goes on without it
    TLS = "smtps"  # RFC 8314


_PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True, slots=True)
class Server:
    """A server to hand mail to. Seconds for ``timeout`` (each command) and ``last_timeout`` (the answer to the message)."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)  # OAuth 2 access token, for XOAUTH2
    token_command: str = ""  # a command that prints one; they last an hour
    is_verified: bool = True
    authorities: str = ""  # a file of certificates to trust in place of the system's
    helo: str = ""
    timeout: float = 60
    last_timeout: float = 600  # RFC 5321 section 4.5.3.2.6: giving up earlier makes doubles

    @property
    def is_loopback(self) -> bool:
        return bool(_LOOPBACK.fullmatch(self.host))


def parse_server(url: str, environ: Mapping[str, str]) -> Server:
    """Read an address with what the environment adds to it; raises `TransportError` (permanent)."""
    try:
        parts = urlsplit(url.strip())
        security = Security(parts.scheme)
        host, port = parts.hostname or "", parts.port or _PORTS[security]
    except ValueError as error:
        raise _wrong("要写成 smtp://主机、smtp+starttls://用户:密码@主机 或 smtps://用户:密码@主机", "not an SMTP address") from error
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = options.keys() - {"verify", "auth", "ca", "helo", "timeout", "last_timeout"}
    if not host or parts.path.strip("/") or parts.fragment or unknown:
        named = sorted(unknown)
        raise _wrong(f"有不认识的部分：{'、'.join(named) or '主机名后面的路径'}", f"unknown part: {', '.join(named) or 'no host, or a path after it'}")
    is_oauth = _choice(options, "auth", "password", "xoauth2") == "xoauth2"
    server = Server(
        host=host,
        port=port,
        security=security,
        user=unquote(parts.username or ""),
        password="" if is_oauth else unquote(parts.password or "") or environ.get(PASSWORD_VARIABLE, ""),
        token=environ.get(TOKEN_VARIABLE, "") if is_oauth else "",
        token_command=environ.get(TOKEN_COMMAND_VARIABLE, "") if is_oauth else "",
        is_verified=_choice(options, "verify", "yes", "no") == "yes",
        authorities=options.get("ca", ""),
        helo=options.get("helo", ""),
        timeout=_seconds(options, "timeout", 60),
        last_timeout=_seconds(options, "last_timeout", 600),
    )
    _refuse_unsafe(server, is_oauth=is_oauth)
    return server


def _refuse_unsafe(server: Server, *, is_oauth: bool) -> None:
    if not server.is_verified and not server.is_loopback:
        raise _wrong("verify=no 只能用于本机的中转服务器", "verify=no is for a relay on this machine only")
    if server.user and server.security is Security.NONE and not server.is_loopback:
        raise _wrong("不加密就不发密码，请用 smtp+starttls:// 或 smtps://", "no password over a plain connection: use smtp+starttls:// or smtps://")
    if is_oauth and not (server.user and (server.token or server.token_command)):
        words = f"{TOKEN_VARIABLE} or {TOKEN_COMMAND_VARIABLE}"
        raise _wrong(f"auth=xoauth2 需要用户名，和环境变量 {words.replace('or', '或')}", f"auth=xoauth2 needs a user, and {words}")
    if not is_oauth and bool(server.user) != bool(server.password) and (server.user or not server.is_loopback):
        if server.user:
            raise _wrong(f"有用户名，没有密码；密码可以写在环境变量 {PASSWORD_VARIABLE}", f"a user without a password; it may stand in {PASSWORD_VARIABLE}")
        raise _wrong("有密码，没有用户名", "a password without a user")
    if server.helo and not _HELO_NAME.fullmatch(server.helo):
        raise _wrong("helo 要写主机名", "helo is not a host name")


def _choice(options: Mapping[str, str], name: str, *words: str) -> str:
    word = options.get(name, words[0])
    if word not in words:
        raise _wrong(f"{name} 只能是 {' 或 '.join(words)}", f"{name} is one of {', '.join(words)}")
    return word


def _seconds(options: Mapping[str, str], name: str, default: float) -> float:
    try:
        seconds = float(options.get(name, default))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise _wrong(f"{name} 要写秒数，大于 0、不超过 3600", f"{name} is a number of seconds, up to 3600")
    return seconds


def _wrong(zh: str, en: str) -> TransportError:
    # The address itself is not repeated: it may hold a password.
    return TransportError(f"发信地址（PUBLISHER_SMTP_URL）不对：{zh}", f"the SMTP address (PUBLISHER_SMTP_URL) is wrong: {en}", is_permanent=True)
