"""The office's records in, the artifacts of their pages out: months, enterprises, officers, what is overdue, owed, shared, scored. Nothing is rendered here.

The pages of months, scores, enterprises and officers come in parts that several processes can make; each tells its line of the list that leads to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

from markupsafe import Markup

from publisher.internal.frame import NAVIGATION
from publisher.internal.office import Office
from publisher.internal.records import show_case, show_issue, show_service, told
from publisher.liaison import model as models
from publisher.liaison.document import Ledger, Report, Section, spoken
from publisher.liaison.duties import Duty, counted, duty_of, months_of
from publisher.liaison.figures import plan_report
from publisher.liaison.figures_matters import plan_overdue, plan_shared
from publisher.liaison.months import Month
from publisher.liaison.procedures import is_open
from publisher.liaison.records import Enterprise, Officer
from publisher.liaison.scope import Scope
from publisher.liaison.score import Point, book_of, plan_score
from publisher.liaison.writers.html import write_body
from publisher.model import Model
from publisher.site.artifacts import Artifact, Frame
from publisher.site.pages import page

View = dict[str, Any]
Rows = list[dict[str, str]]
#: What the navigation calls each part.
_SECTIONS = {url: title for title, url in NAVIGATION.items()}
ENTERPRISES, OFFICERS = "liaison/enterprises/", "liaison/officers/"


#: A page, and what the list that leads to it says of it.
Listed = tuple[Artifact, View]
_T = TypeVar("_T")
#: Enterprises or officers in one part.
_PART = 100


class Part(NamedTuple):
    """Pages that can be made apart from all others, and the list that leads to them."""

    list: str
    plan: Callable[[], Iterator[Listed]]


def plan_parts(office: Office) -> list[Part]:
    """The pages that grow in number with the records; those that take longest come first."""
    scopes = [scope for scope in office.scopes.values() if book_of(office.register.books, scope.month)]
    parts = [Part("scores", partial(_plan_score, scope)) for scope in scopes]
    parts += [Part("months", partial(_plan_month, scope)) for scope in office.scopes.values()]
    parts += [Part("enterprises", partial(_plan_enterprises, office, some)) for some in _cut(office.register.enterprises)]
    return parts + [Part("officers", partial(_plan_officers, office, some)) for some in _cut(office.register.officers)]


def _cut(every: Sequence[_T]) -> list[Sequence[_T]]:
    return [every[at : at + _PART] for at in range(0, len(every), _PART)]


def plan_lists(office: Office, rows: Mapping[str, list[View]]) -> Iterator[Artifact]:
    """The lists that lead to the pages of the parts."""
    for name, title in (("months", "月报"), ("scores", "评分")):
        yield office_page(f"liaison/{name}/", title, "months.html", {"rows": rows[name], "what": title}, section=f"liaison/{name}")
    view = {"rows": rows["enterprises"], "month": office.months[0].label}
    yield office_page(ENTERPRISES, "企业", "enterprises.html", view, section="liaison/enterprises")
    view = {"rows": rows["officers"], "months": [month.label for month in office.months]}
    yield office_page(OFFICERS, "干部", "officers.html", view, section="liaison/officers")


def plan_office(office: Office) -> Iterator[Artifact]:
    """The other pages of the records, of which there is one each."""
    yield _report("liaison/overdue/", "超期", _section(office, plan_overdue, "超期的问题、办件和承诺"))
    yield _report("liaison/shared/", "共性问题", _section(office, plan_shared, "共性问题"))
    yield _plan_reminders(office)
    yield _plan_records(office)


def office_page(url: str, title: str, template: str, view: View, *, section: str = "", is_wide: bool = True) -> Artifact:
    """A page of the office; the way to it leads over its section."""
    crumbs = [{"title": "首页", "url": ""}]
    if section and f"{section}/" != url:
        crumbs.append({"title": _SECTIONS[f"{section}/"], "url": f"{section}/"})
    frame = Frame(url, title, title, section or url.rstrip("/"), is_wide=is_wide)
    return page(frame, f"office/{template}", {"title": title, "crumbs": crumbs} | view)


# --- reports ---------------------------------------------------------------------------------------------------------


def _report(url: str, title: str, report: Report, section: str = "") -> Artifact:
    """A report, with each figure a link to the records behind it."""
    written = write_body(report).replace('<div class="scroll" tabindex="0"><table>', "<div><table>")  # the site frames its tables itself
    view = {"subtitle": report.subtitle, "notes": list(report.notes), "body": Markup(written)}  # noqa: S704  # the writer escapes
    return office_page(url, title, "report.html", view, section=section, is_wide=False)


def _section(office: Office, plan: Callable[[Scope, Ledger], Section], title: str) -> Report:
    """One part of a month's report, as it stands today."""
    ledger = Ledger(office.register)
    section = plan(office.scopes[office.months[0]], ledger)
    records, groups = ledger.close()
    return Report(title, f"截至{spoken(office.day)}", tuple(office.calendar.notes), (section,), records, groups)


def _plan_month(scope: Scope) -> Iterator[Listed]:
    report, url = plan_report(scope), f"liaison/months/{scope.month}/"
    short = sum(bool(scope.lacks(row)) for row in scope.duties)
    row = {"name": scope.month.label, "url": url, "services": len(scope.services), "enterprises": len(scope.duties), "short": short}
    yield _report(url, report.title, report, "liaison/months"), row


def _plan_score(scope: Scope) -> Iterator[Listed]:
    book = book_of(scope.register.books, scope.month)
    assert book is not None
    report, url = plan_score(scope, book), f"liaison/scores/{scope.month}/"
    yield _report(url, report.title, report, "liaison/scores"), {"name": scope.month.label, "url": url}


def _plan_reminders(office: Office) -> Artifact:
    groups = [
        {"officer": officer, "unit": office.register.unit_of(officer), "rows": [one.said(office.day) for one in rows]}
        for officer, rows in sorted(office.reminders.items())
    ]
    return office_page("liaison/reminders/", "提醒", "reminders.html", {"groups": groups, "day": spoken(office.day)})


def _plan_records(office: Office) -> Artifact:
    """What belongs to no single enterprise or officer."""
    register = office.register
    meetings = sorted(register.meetings, key=lambda one: one.day, reverse=True)
    groups = {
        "会议": [_record(one.name, one, models.MeetingModel, ("name", "agenda"), _parts(one.agenda, models.AgendaModel)) for one in meetings],
        "指标": [
            _record(one.name, one, models.IndicatorModel, ("name", "progress"), _parts(one.progress, models.ProgressModel)) for one in register.indicators
        ],
        "考核规则": [_record(one.name, one, models.RulesFile, ("name", "rules"), _parts(one.rules, models.RuleModel)) for one in register.books],
        "联系领导": [_record(one.post, one, models.LeaderModel, ("post",)) for one in register.leaders],
        "放假安排": [_record(f"{one.year}年", one, models.HolidaysFile) for one in register.holidays],
    }
    return office_page("liaison/records/", "台账", "records.html", {"groups": [{"name": name, "rows": rows} for name, rows in groups.items()]})


def _record(title: str, record: Any, model: type[Model], skip: tuple[str, ...] = (), parts: Sequence[Rows] = ()) -> View:
    """One record with what it says and what its parts say."""
    return {"title": title, "rows": told(record, model, *skip), "parts": parts, "place": str(record.place)}


def _parts(records: Iterable[Any], model: type[Model]) -> list[Rows]:
    return [told(record, model) for record in records]


# --- enterprises -----------------------------------------------------------------------------------------------------


def _plan_enterprises(office: Office, enterprises: Sequence[Enterprise]) -> Iterator[Listed]:
    for enterprise in enterprises:
        view = _enterprise(office, enterprise)
        row = {name: view[name] for name in ("id", "title", "officer", "unit", "leader", "duty", "open", "late")}
        yield office_page(f"{ENTERPRISES}{enterprise.id}/", enterprise.name, "enterprise.html", view, section="liaison/enterprises", is_wide=False), row


def _enterprise(office: Office, enterprise: Enterprise) -> View:
    """All that is known of an enterprise."""
    register, today = office.register, office.today
    pairing = office.pairing_of(enterprise)
    issues = [show_issue(one, today) for one in office.issues.get(enterprise.id, ())]
    cases = [show_case(one, today) for one in office.cases.get(enterprise.id, ())]
    duties = [duty_of(register, enterprise, month, office.settings, office.day) for month in reversed(months_of(enterprise, office.day))]
    return {
        "id": enterprise.id,
        "title": enterprise.name,
        "facts": told(enterprise, models.EnterpriseModel, "name"),
        "place": str(enterprise.place),
        "officer": pairing.officer if pairing else "",
        "unit": register.unit_of(pairing.officer) if pairing else "",
        "leader": office.posts.get(pairing.leader, pairing.leader) if pairing else "",
        "pairings": [told(one, models.PairingModel, "enterprise") for one in register.pairings_of_enterprise.get(enterprise.id, ())],
        "duty": _duty_words(duties[0], office) if duties else "",
        "months": [_month(duty, office) for duty in duties],
        "issues": _open_first(issues),
        "cases": _open_first(cases),
        "open": sum(one["is_open"] for one in (*issues, *cases)),
        "late": sum(one["tone"] == "late" and one["is_open"] for one in (*issues, *cases)),
    }


def _open_first(rows: list[View]) -> list[View]:
    return sorted(rows, key=lambda row: not row["is_open"])


def _duty_words(duty: Duty, office: Office) -> str:
    done = counted(duty.services, office.day)
    return f"{done}/{duty.owed}"


def _month(duty: Duty, office: Office) -> View:
    """One month of an enterprise: what it got, and how it stands."""
    lacks = duty.month < Month.of(office.day) and bool(duty.missing)
    services = [show_service(one) for one in sorted(duty.services, key=lambda one: one.day, reverse=True)]
    situation = told(duty.situation, models.SituationModel) if duty.situation else []
    return {"name": duty.month.label, "duty": _duty_words(duty, office), "lacks": lacks, "services": services, "situation": situation}


# --- officers --------------------------------------------------------------------------------------------------------


def _plan_officers(office: Office, officers: Sequence[Officer]) -> Iterator[Listed]:
    for officer in officers:
        view = _officer(office, officer)
        told_here = {"services": view["counts"], "owed": len(view["owed"]), "points": view["points"]}
        row = {"id": officer.id, "name": officer.name or "", "unit": officer.unit} | told_here
        yield office_page(f"{OFFICERS}{officer.id}/", view["title"], "officer.html", view, section="liaison/officers", is_wide=False), row


def _officer(office: Office, officer: Officer) -> View:
    """All that is known of an officer's work."""
    register = office.register
    services = office.services_by_officer.get(officer.id, [])
    shown = [one for one in services if one.month in office.scopes]
    cases = [show_case(one, office.today) for one in office.cases_by_officer.get(officer.id, ()) if is_open(one, office.day)]
    return {
        "id": officer.id,
        "title": f"{officer.name}（{officer.id}）" if officer.name else officer.id,
        "facts": told(officer, models.OfficerModel, "name"),
        "place": str(officer.place),
        "pairings": [
            {"enterprise": one.enterprise, "name": register.name_of(one.enterprise), "rows": told(one, models.PairingModel, "enterprise", "officer")}
            for one in register.pairings_of_officer.get(officer.id, ())
        ],
        "owed": [one.said(office.day) for one in office.reminders.get(officer.id, ())],
        "counts": [sum(one.month == month for one in shown) for month in office.months],
        "months": [month.label for month in office.months],
        "services": [show_service(one, one.enterprise) for one in sorted(shown, key=lambda one: one.day, reverse=True)],
        "names": {one.enterprise: register.name_of(one.enterprise) for one in shown},
        "cases": cases,
        "points": [str(standing.total) for _, standing in office.standings.get(officer.id, [])],
        "scores": [
            {
                "month": month.label,
                "total": str(standing.total),
                "points": [_point(point) for point in standing.points],
            }
            for month, standing in office.standings.get(officer.id, [])
        ],
    }


def _point(point: Point) -> View:
    """A point with the fact it stands for, and the records that show it."""
    event = point.event
    return {"amount": f"{point.amount:+}", "rule": point.rule.name, "words": event.words, "places": [str(record.place) for record in event.records]}
