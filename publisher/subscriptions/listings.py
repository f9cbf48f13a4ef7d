"""The page behind the link of a renewal mail: it asks a lister whether a listing still holds.

GET shows, POST keeps the answer; no file is changed here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from publisher.delivery.renewals import ANSWERS, PARTNER_LENGTH, answer, find_renewal
from publisher.delivery.token import Purpose, TokenError

if TYPE_CHECKING:
    from publisher.subscriptions.app import Desk, Form

_THANKS = {
    "holds": "记下了：仍有效。编辑更新后，有效期顺延。",
    "reached": "记下了：已对接。恭喜，编辑登记成果后不再登出。",
    "withdrawn": "记下了：撤下。编辑处理后不再登出。",
}


def listing_routes(desk: Desk, route: Callable[..., Route]) -> list[Route]:
    """The routes of this page; ``desk`` is the one the application was made with."""
    assert desk is not None
    return [route("/l/{token}", "listing", _show, "GET"), route("/l/{token}", "listing", _keep, "POST")]


def _find(desk: Desk, request: Request) -> Any:
    """The reminder that the link is about; raises HTTPException for a link that is none."""
    try:
        token = desk.signer.read(request.path_params["token"], Purpose.LISTING, desk.clock())
    except TokenError as error:
        raise HTTPException(404) from error
    with desk.database.begin() as connection:
        row = find_renewal(connection, token.subscriber_id)
    if row is None:
        raise HTTPException(404)
    return row


def _page(desk: Desk, row: Any, note: str = "", status: int = 200) -> Response:
    view = {"listing": row, "answers": ANSWERS, "note": note, "length": PARTNER_LENGTH, "is_over": row.applied_at is not None}
    return HTMLResponse(desk.pages.render("listing.html", **view), status)


def _show(desk: Desk, request: Request, _form: Form) -> Response:
    return _page(desk, _find(desk, request))


def _keep(desk: Desk, request: Request, form: Form) -> Response:
    row = _find(desk, request)
    chosen = (form.get("answer") or [""])[0]
    if chosen not in ANSWERS:
        return _page(desk, row, "请选一项，再按“提交”。", 422)
    with desk.database.begin() as connection:
        is_kept = answer(connection, row.id, chosen, (form.get("partner") or [""])[0], desk.clock())
    row = _find(desk, request)
    return _page(desk, row, _THANKS[chosen] if is_kept else "")
