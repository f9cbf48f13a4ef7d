"""Requests in, pages out: subscribe, confirm, change, leave. GET and HEAD change nothing; a step is a POST (RFC 9110 section 9.2.1, RFC 8058).

Nobody learns here whether an address is subscribed: a form is written down as it came, whoever it names, and looked at later (`publisher.delivery.letters`).
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from publisher.delivery import retention
from publisher.delivery.address import AddressError, masked, normalise
from publisher.delivery.choice import Choice, ChoiceError, choice_of, read_choice
from publisher.delivery.database import Database
from publisher.delivery.schema import request as request_table
from publisher.delivery.subscribers import Origin, change, confirm, find_by_id, forget, withdraw
from publisher.delivery.token import Purpose, Signer, Token, TokenError
from publisher.problems import PublisherError
from publisher.settings import Settings
from publisher.subscriptions.limits import QUICKEST, Guard, Network, age_of, client_of, network_of, spend, stamp_form
from publisher.subscriptions.listings import listing_routes
from publisher.subscriptions.pages import FIELDS, Fault, Pages

_log = logging.getLogger("publisher.subscriptions")
_WRONG_ADDRESS = Fault("address", "邮箱写得不对，请检查，如 zhang@example.com")
_TOO_FAST = "提交得太快了，请核对后再按一次“订阅”。"
_AGAIN = "请选好想收的内容，再按“订阅”。"

Form = Mapping[str, Sequence[str]]


@dataclass
class Desk:
    """What every request needs."""

    database: Database
    settings: Settings
    signer: Signer
    pages: Pages
    canonical: Callable[[str], str | None]
    trusted: Sequence[Network] = ()
    clock: Callable[[], float] = time.time
    wake: Callable[[], None] = lambda: None
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def network(self, request: Request) -> str:
        """The network a request came from."""
        return network_of(client_of(request.client.host if request.client else None, request.headers.get("x-forwarded-for", ""), self.trusted))


def make_app(desk: Desk, site_origin: str) -> Starlette:
    """The whole service as an ASGI application."""

    def route(path: str, name: str, step: Callable[[Desk, Request, Form], Response], *methods: str) -> Route:
        async def answer(request: Request) -> Response:
            form = await _form_of(request) if request.method == "POST" else {}
            response = await run_in_threadpool(step, desk, request, form)
            desk.counts[name, str(response.status_code)] += 1
            return response

        return Route(path, answer, methods=methods)

    async def fail(_request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 503 if isinstance(error, PublisherError) else 500
        if status >= 500:
            _log.error("%s", error, exc_info=None if isinstance(error, PublisherError) else error)
        return _message(desk, status, *_FAILURES.get(status, _FAILURES[500]))

    handlers: dict[type[Exception] | int, Callable[[Request, Exception], Awaitable[Response]]] = {HTTPException: fail, PublisherError: fail, 500: fail}
    app = Starlette(
        routes=[
            route("/", "form", _show_form, "GET"),
            route("/subscribe", "form", _show_form, "GET"),
            route("/subscribe", "subscribe", _subscribe, "POST"),
            route("/c/{token}", "confirm", _show_confirm, "GET"),
            route("/c/{token}", "confirm", _confirm, "POST"),
            route("/p/{token}", "preferences", _show_preferences, "GET"),
            route("/p/{token}", "preferences", _change, "POST"),
            route("/u/{token}", "unsubscribe", _show_unsubscribe, "GET"),
            route("/u/{token}", "unsubscribe", _unsubscribe, "POST"),
            *listing_routes(desk, route),
            route("/health", "health", _health, "GET"),
            route("/metrics", "metrics", _metrics, "GET"),
        ],
        middleware=[Middleware(Guard, site_origin=site_origin)],
        exception_handlers=handlers,
    )
    app.router.redirect_slashes = False  # a link that is not whole is told to be none, not sent elsewhere
    return app


_FAILURES = {
    404: ("没有这一页", "链接不完整，或者已经失效。请用最近一封邮件里的链接。"),
    405: ("不能这样打开", "请用网页上的按钮。"),
    400: ("没有看懂", "发来的表单读不出来，请回到网页重新填写。"),
    429: ("请过一会儿再来", "同一个网络里登记得太多了，请一小时后再试。"),
    500: ("出了点问题", "我们的程序出错了，已经记下来。请过一会儿再试。"),
    503: ("暂时不能用", "数据库连不上，什么也没有改动。请过一会儿再试。"),
}


async def _form_of(request: Request) -> Form:
    """The texts of a form, urlencoded or multipart; files count as nothing."""
    try:
        form = await request.form(max_files=4, max_fields=400)
    except UnicodeDecodeError as error:
        raise HTTPException(400) from error
    values: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            values.setdefault(name, []).append(value)
    return values


def _first(form: Form, name: str) -> str:
    return (form.get(name) or [""])[0]


def _message(desk: Desk, status: int, title: str, words: str, link: tuple[str, str] | None = None) -> HTMLResponse:
    return HTMLResponse(desk.pages.render("message.html", title=title, words=words, link=link), status)


def _choice_in(desk: Desk, form: Form) -> tuple[Choice, list[Fault]]:
    """The choice of a form, with what is wrong with it; a wrong value is left out."""
    written = {name: list(form.get(field_name, ())) for name, field_name in FIELDS.items()}
    if _first(form, "everything"):
        written = {}
    written |= {name: list(form.get(name, ())) for name in ("frequency", "weekday")}
    faults: list[Fault] = []
    while True:
        try:
            return read_choice(written, desk.canonical), faults
        except ChoiceError as error:
            faults.append(Fault(FIELDS.get(error.field, error.field), "有一项现在不能选，已经去掉，请再看一遍"))
            written[error.field] = [value for value in written[error.field] if value.strip()[:40] != error.value]


# --- subscribe ------------------------------------------------------------------------------------------------------------------


def _show_form(desk: Desk, request: Request, _form: Form) -> Response:
    query = {name: request.query_params.getlist(name)[:100] for name in set(request.query_params)}
    choice, _ = _choice_in(desk, query)
    return HTMLResponse(desk.pages.form(choice, address="", stamp=stamp_form(desk.signer.key, desk.clock())))


def _subscribe(desk: Desk, request: Request, form: Form) -> Response:
    now, key = desk.clock(), desk.signer.key
    choice, faults = _choice_in(desk, form)
    written = _first(form, "address").strip()[:320]
    address = ""
    try:
        address = normalise(written)
    except AddressError:
        faults.insert(0, _WRONG_ADDRESS)
    age = age_of(_first(form, "stamp"), key, now)
    if faults or age is None or age < QUICKEST:
        # The form of the site has no stamp: what it brings is shown once more, with all there is to choose.
        note = "" if faults else _AGAIN if age is None else _TOO_FAST
        stamp = stamp_form(key, now) if age is None else _first(form, "stamp")
        return HTMLResponse(desk.pages.form(choice, address=written, stamp=stamp, faults=faults, note=note), 422 if faults else 200)
    is_trapped = bool(_first(form, "homepage"))
    with desk.database.begin() as connection:
        if not spend(connection, desk.network(request), key, now):
            response = _message(desk, 429, *_FAILURES[429])
            response.headers["Retry-After"] = "3600"
            return response
        if not is_trapped:
            row = {"address": address, "choice": choice.to_json(), "origin": "form", "wording": desk.pages.wording}
            connection.execute(insert(request_table).values(row | {"network": desk.network(request), "at": now}))
    desk.wake()
    return HTMLResponse(desk.pages.render("asked.html"))


# --- the pages behind links -----------------------------------------------------------------------------------------------------


def _token(desk: Desk, request: Request, purpose: Purpose) -> Token:
    """What the link says; raises HTTPException for one that is none."""
    try:
        return desk.signer.read(request.path_params["token"], purpose, desk.clock())
    except TokenError as error:
        raise HTTPException(404) from error


def _origin(desk: Desk, request: Request, wording: str) -> Origin:
    return Origin("form", wording, desk.network(request))


def _is_own(connection: Connection, token: Token) -> bool:
    """Whether a link still is its reader's."""
    row = find_by_id(connection, token.subscriber_id)
    return row is not None and row.generation == token.generation


def _show_confirm(desk: Desk, request: Request, _form: Form) -> Response:
    token = _token(desk, request, Purpose.CONFIRM)
    with desk.database.begin() as connection:
        row = find_by_id(connection, token.subscriber_id)
    if row is None or row.generation != token.generation or (row.requested_at is None and row.state != "active"):
        raise HTTPException(404)
    choice = Choice.from_json(row.wanted) if row.wanted else choice_of(row)
    return HTMLResponse(desk.pages.render("confirm.html", masked=masked(row.address), choices=choice.described()))


def _confirm(desk: Desk, request: Request, _form: Form) -> Response:
    token = _token(desk, request, Purpose.CONFIRM)
    with desk.database.begin() as connection:
        choice = None
        if _is_own(connection, token):
            choice = confirm(connection, token.subscriber_id, _origin(desk, request, desk.pages.wording), key=desk.signer.key, now=desk.clock())
    if choice is None:
        raise HTTPException(404)
    link = desk.signer.sign(Purpose.PREFERENCES, token.subscriber_id, token.generation)
    return HTMLResponse(desk.pages.render("confirmed.html", choices=choice.described(), preferences=f"../p/{link}"))


def _show_preferences(desk: Desk, request: Request, _form: Form) -> Response:
    token = _token(desk, request, Purpose.PREFERENCES)
    with desk.database.begin() as connection:
        row = find_by_id(connection, token.subscriber_id)
    if row is None or row.generation != token.generation:
        raise HTTPException(404)
    if row.state != "active":
        return _message(desk, 200, "现在没有订阅", "这个邮箱现在不收简报。想再收，请重新登记。", ("../subscribe", "重新登记"))
    return HTMLResponse(desk.pages.preferences(choice_of(row), masked=masked(row.address)))


def _change(desk: Desk, request: Request, form: Form) -> Response:
    token, now = _token(desk, request, Purpose.PREFERENCES), desk.clock()
    act = _first(form, "act")
    choice, faults = _choice_in(desk, form)
    with desk.database.begin() as connection:
        row = find_by_id(connection, token.subscriber_id)
        if row is None or row.generation != token.generation:
            raise HTTPException(404)
        if act == "export":
            data = json.dumps(retention.held(connection, row.address, desk.signer.key), ensure_ascii=False, indent=2)
            return Response(data, media_type="application/json", headers={"Content-Disposition": 'attachment; filename="my-data.json"'})
        if act == "forget":
            forget(connection, row.address, key=desk.signer.key, now=now)
            return _message(desk, 200, "已经删除", "您的数据已经全部删除，不会再收到邮件。我们只留着邮箱的一个摘要，用来保证不再给您寄信；它还原不出邮箱。")
        if act != "save":
            raise HTTPException(400)
        if not faults and not change(connection, row.id, choice, _origin(desk, request, "更改偏好"), now=now):
            return _message(desk, 200, "现在没有订阅", "这个邮箱现在不收简报。想再收，请重新登记。", ("../subscribe", "重新登记"))
    note = "" if faults else "已经保存，从下一期开始照新的选择寄。"
    return HTMLResponse(desk.pages.preferences(choice, masked=masked(row.address), faults=faults, note=note), 422 if faults else 200)


def _show_unsubscribe(desk: Desk, request: Request, _form: Form) -> Response:
    _token(desk, request, Purpose.UNSUBSCRIBE)
    return HTMLResponse(desk.pages.render("unsubscribe.html"))


def _unsubscribe(desk: Desk, request: Request, form: Form) -> Response:
    """RFC 8058 section 3.2: no cookie, no redirect, no question. An older generation's link does it too: it can only lead to silence."""
    token = _token(desk, request, Purpose.UNSUBSCRIBE)
    if _first(form, "List-Unsubscribe") != "One-Click":
        return HTMLResponse(desk.pages.render("unsubscribe.html"))
    with desk.database.begin() as connection:
        withdraw(connection, token.subscriber_id, _origin(desk, request, "退订"), key=desk.signer.key, now=desk.clock())
    return _message(desk, 200, "已经退订", "不会再寄简报给您了。已经在路上的一封也许还会到。是不小心按的，可以重新登记。", ("../subscribe", "重新登记"))


# --- for machines ---------------------------------------------------------------------------------------------------------------


def _health(desk: Desk, _request: Request, _form: Form) -> Response:
    with desk.database.begin() as connection:
        retention.count_waiting(connection)
    return PlainTextResponse("ok\n")


def _metrics(desk: Desk, _request: Request, _form: Form) -> Response:
    """Prometheus text format 0.0.4."""
    with desk.database.begin() as connection:
        states = retention.count_states(connection)
        waiting = retention.count_waiting(connection)
    lines = ["# TYPE publisher_requests_total counter"]
    lines += [f'publisher_requests_total{{route="{route}",status="{status}"}} {count}' for (route, status), count in sorted(desk.counts.items())]
    lines += ["# TYPE publisher_subscribers gauge", *(f'publisher_subscribers{{state="{state}"}} {count}' for state, count in sorted(states.items()))]
    lines += ["# TYPE publisher_waiting gauge", *(f'publisher_waiting{{queue="{queue}"}} {count}' for queue, count in sorted(waiting.items()))]
    return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4; charset=utf-8")
