"""Messages through listmonk's transactional endpoint, ``POST /api/tx`` (https://listmonk.app/docs/apis/transactional/).

listmonk takes no finished message: it makes one of its own from a template, so our HTML goes into a template that consists of
``{{ .Tx.Data.html }}`` alone, piped through ``Safe``. What it cannot carry is left behind: the text part (it makes one itself where so set up),
DKIM of ours, the envelope sender for bounces. Headers go along, but for those that it writes itself. An answer 200 means queued, not delivered.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
import re
from email.message import EmailMessage
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import requests

from publisher.delivery.transport.protocol import Answer, Outcome, TransportError

#: Seconds to connect, and to wait for an answer.
_PATIENCE = (10.0, 60.0)
#: What listmonk writes itself, or what describes our own body.
_NOT_PASSED_ON = frozenset({"from", "to", "subject", "date", "mime-version", "content-type", "content-transfer-encoding", "content-language", "dkim-signature"})
_WORDS = re.compile(r"\s+")


class ListmonkTransport:
    """Sessions with one listmonk, from ``listmonk+https://USER:TOKEN@HOST/?template=3``."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        template = options.pop("template", "")
        scheme = parts.scheme.partition("+")[2]
        is_plain = scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if not (scheme == "https" or is_plain) or not parts.hostname or not template.isdecimal() or options or not parts.username:
            zh = "listmonk 的地址要写成 listmonk+https://用户:令牌@主机/?template=模板号（本机可用 http）"
            raise TransportError(zh, "write listmonk's address as listmonk+https://USER:TOKEN@HOST/?template=NUMBER", is_permanent=True)
        try:
            at = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
        except ValueError as error:
            raise TransportError("listmonk 地址的端口不对", "listmonk's port is wrong", is_permanent=True) from error
        self._url = f"{scheme}://{at}{quote(parts.path.rstrip('/'))}/api/tx"
        self._login = (unquote(parts.username), unquote(parts.password or ""))
        self._template = int(template)

    def open(self) -> ListmonkSession:
        session = requests.Session()
        session.auth = self._login
        session.trust_env = False  # neither a proxy nor a password from elsewhere
        return ListmonkSession(session, self._url, self._template)


class ListmonkSession:
    """One kept connection."""

    def __init__(self, session: requests.Session, url: str, template: int) -> None:
        self._session, self._url, self._template = session, url, template

    def send(self, sender: str, recipient: str, data: bytes) -> Answer:  # noqa: ARG002  # listmonk has an envelope sender of its own
        body = json.dumps(_request(recipient, data, self._template)).encode()
        try:
            answer = self._session.post(self._url, data=body, headers={"Content-Type": "application/json"}, timeout=_PATIENCE, allow_redirects=False)
        except (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.InvalidURL) as error:
            return Answer(Outcome.TEMPORARY, 0, f"连不上 listmonk：{type(error).__name__}", is_closed=True)
        except requests.ConnectionError as error:
            outcome = Outcome.TEMPORARY if _never_connected(error) else Outcome.UNKNOWN
            return Answer(outcome, 0, f"与 listmonk 的连接断了：{type(error).__name__}", is_closed=True)
        except requests.RequestException as error:
            return Answer(Outcome.UNKNOWN, 0, f"listmonk 没有答复：{type(error).__name__}", is_closed=True)
        return _judged(answer.status_code, _WORDS.sub(" ", answer.text[:500]).strip())

    def close(self) -> None:
        with contextlib.suppress(requests.RequestException):
            self._session.close()


def _request(recipient: str, data: bytes, template: int) -> dict[str, object]:
    """The fields of a request for one message."""
    message = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    passed_on = [{name: _WORDS.sub(" ", str(value))} for name, value in message.items() if name.lower() not in _NOT_PASSED_ON]
    return {
        "subscriber_emails": [recipient],
        "subscriber_mode": "external",  # our readers are ours: listmonk need not know them
        "template_id": template,
        "from_email": str(message["From"] or ""),
        "subject": str(message["Subject"] or ""),
        "headers": passed_on,
        "content_type": "html",
        "data": {"html": html.get_content() if html else "", "text": text.get_content() if text else ""},
    }


def _judged(code: int, words: str) -> Answer:
    """HTTP's answer as one of ours. listmonk says 400 for what is wrong with the request, the template or the address alike."""
    if code == 200:
        return Answer(Outcome.ACCEPTED, code, words)
    if code == 429 or code >= 500:
        return Answer(Outcome.TEMPORARY, code, words, is_about_us=code == 429)
    return Answer(Outcome.PERMANENT, code, words, is_about_us=True)


def _never_connected(error: BaseException | None) -> bool:
    """Whether not a byte can have left: no connection was made."""
    while error is not None:
        if type(error).__name__ in {"NewConnectionError", "NameResolutionError"}:
            return True
        reason = getattr(error, "reason", None)
        error = reason if isinstance(reason, BaseException) else next((part for part in error.args if isinstance(part, BaseException)), None)
    return False
