"""Who may send how much: the size of a body, forms for each network, the time a person needs to fill one in.

How many forms a network has left is kept in the database, so that several processes share it and a restart forgets nothing; it is a digest, never the
network itself. How many mails an address may get is kept there too (`publisher.delivery.subscribers`): the answer to a form never depends on it.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select, update
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from publisher.delivery.schema import allowance
from publisher.delivery.subscribers import insert_unless_there

#: Bytes of a body; the whole form of preferences has some 4,000.
MAX_BODY = 64 * 1024
#: Forms that a network may send at once, and how many more in an hour; a whole carrier may stand behind one.
BURST, PER_HOUR = 30.0, 60.0
#: Seconds that a person needs at least for a form, and for how long a form may lie open.
QUICKEST, LONGEST = 3.0, 86_400.0

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_of(peer: str | None, forwarded: str, trusted: Sequence[Network]) -> str:
    """The address a request came from: the peer's, or, when that is a trusted proxy, the last in X-Forwarded-For that is none."""
    address = peer or ""
    for hop in reversed(["", *(part.strip() for part in forwarded.split(",")), address][1:]):
        try:
            found = ipaddress.ip_address(hop)
        except ValueError:
            return address
        address = str(found)
        if not any(found in network for network in trusted if network.version == found.version):
            return address
    return address


def network_of(address: str) -> str:
    """The network of an address: /24 for IPv4, /48 for IPv6; empty when there is none, as behind a socket."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))


def spend(connection: Connection, network: str, key: bytes, now: float) -> bool:
    """Take one form from a network's allowance; False when nothing is left."""
    digest = hmac.new(key, b"network\0" + network.encode(), hashlib.sha256).hexdigest()[:32]
    mine = allowance.c.network_digest == digest
    row = connection.execute(select(allowance).where(mine).with_for_update()).first()
    if row is None:
        insert_unless_there(connection, allowance, {"network_digest": digest, "tokens": BURST - 1, "filled_at": now})
        return True
    tokens = min(BURST, row.tokens + max(0.0, now - row.filled_at) * PER_HOUR / 3_600)
    connection.execute(update(allowance).where(mine).values(tokens=tokens - (tokens >= 1), filled_at=now))
    return bool(tokens >= 1)


def stamp_form(key: bytes, now: float) -> str:
    """When a form was handed out, signed: it needs no cookie and no script."""
    return f"{int(now)}.{_mac(key, str(int(now)))}"


def age_of(stamp: str, key: bytes, now: float) -> float | None:
    """How many seconds ago a form was handed out; None when nobody here did so, or too long ago."""
    at, _, mac = stamp.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) < 12 and hmac.compare_digest(mac.encode(), _mac(key, at).encode())):
        return None
    age = now - int(at)
    return age if 0 <= age <= LONGEST else None


def _mac(key: bytes, at: str) -> str:
    return hmac.new(key, b"form\0" + at.encode(), hashlib.sha256).hexdigest()[:24]


#: What every answer says. The address of a page may hold a token, so it is told to nobody; nothing is kept.
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}


class Guard:
    """Puts the security headers on every answer, and reads no body beyond `MAX_BODY`."""

    def __init__(self, app: ASGIApp, site_origin: str) -> None:
        self._app = app
        policy = f"default-src 'none'; style-src {site_origin}; img-src {site_origin} data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        self._headers = [(name.lower().encode(), value.encode()) for name, value in (_HEADERS | {"Content-Security-Policy": policy}).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI 3)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers]
            await send(message)

        body = await _read(receive)
        if body is None:
            await send_guarded({"type": "http.response.start", "status": 413, "headers": [(b"content-type", b"text/plain; charset=utf-8")]})
            await send_guarded({"type": "http.response.body", "body": "发来的内容太大".encode()})
            return
        messages: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return messages.pop() if messages else await receive()

        await self._app(scope, replay, send_guarded)


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None when it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            return None
        if not message.get("more_body"):
            return bytes(body)
