"""The rules of the liaison records as values: working days, clocks, ways through a procedure, spells of days, likeness, forbidden words."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.checks.indicators import forbidden_by
from publisher.content.model.vocabulary import IssueType, SubjectType
from publisher.liaison.duties import count_spells, services_owed
from publisher.liaison.matters import check_steps
from publisher.liaison.months import Month, months_between
from publisher.liaison.procedures import ACCOMPANIED, AGENCY, ISSUE, Procedure, clock_of, is_done, state_on
from publisher.liaison.records import Case, Enterprise, Holidays, Issue, Matter, Place, Step
from publisher.liaison.similarity import fingerprint, likeness
from publisher.liaison.vocabulary import AccompanyState, AgencyState, Feature, IssueState, Satisfaction, Stage
from publisher.liaison.wording import find_empty_promises
from publisher.liaison.workdays import WorkCalendar
from publisher.settings import LiaisonSettings

DAY = timedelta(days=1)
DAYS = st.dates(date(2025, 12, 1), date(2026, 11, 30))
PLACE = Place("content/liaison/cases/qy-001.yml", 1)


def case(steps: list[tuple[date, AgencyState | AccompanyState]], days: int = 5, *, is_agency: bool = True) -> Case:
    rows = tuple(Step(day, state, "gb-001", "说明", "凭据", None, "当面送达", "签收单") for day, state in steps)
    return Case(PLACE, "qy-001", "db-1", is_agency, "事项", None, "gb-001", days, "委托书", rows, ())


def issue(states: list[IssueState]) -> Issue:
    rows = tuple(Step(date(2026, 10, 9) + DAY * index, state, None, "说明", "凭据", "依据") for index, state in enumerate(states))
    about = (IssueType.LABOUR, Stage.OPERATION, Feature.SINGLE, "缺人", "示例部门", date(2026, 12, 31))
    return Issue(PLACE, "qy-001", "wt-1", *about, rows, Satisfaction.UNRATED, ())


# --- working days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        ("2026-09-20", True),  # a Sunday that is worked for the National Day
        ("2026-09-25", False),  # 中秋节, a Friday
        ("2026-10-07", False),
        ("2026-10-10", True),  # a Saturday that is worked
        ("2026-10-11", False),
        ("2026-11-23", True),
    ],
)
def test_the_calendar_knows_shifted_weekends(day: str, is_worked: bool) -> None:
    calendar = WorkCalendar()
    assert calendar.is_workday(date.fromisoformat(day)) is is_worked
    assert calendar.guessed == set()


def test_a_year_that_nobody_knows_is_guessed_and_told() -> None:
    calendar = WorkCalendar()
    assert calendar.is_workday(date(2027, 1, 1))  # a Friday; that it is New Year's Day is not known
    assert calendar.guessed == {2027}
    assert calendar.notes == ["没有2027年的放假安排，工作日只按周一到周五算。"]


def test_a_file_overrides_a_year() -> None:
    calendar = WorkCalendar([Holidays(PLACE, 2027, (date(2027, 1, 1),), (date(2027, 1, 9),))])
    assert [calendar.is_workday(date(2027, 1, day)) for day in (1, 2, 4, 9)] == [False, False, True, True]
    assert not calendar.guessed


def test_the_third_working_day_after_the_national_day() -> None:
    assert WorkCalendar().nth_from(date(2026, 10, 1), 3) == date(2026, 10, 10)
    assert WorkCalendar().nth_from(date(2026, 11, 1), 3) == date(2026, 11, 4)


@given(DAYS, st.integers(1, 40))
def test_a_limit_holds_exactly_its_working_days(start: date, count: int) -> None:
    calendar = WorkCalendar()
    end = calendar.after(start, count)
    assert calendar.is_workday(end)
    assert calendar.between(start, end) == count
    assert calendar.between(start, end - DAY) == count - 1


@given(DAYS, DAYS)
def test_working_days_between_are_counted_day_by_day(one: date, other: date) -> None:
    calendar = WorkCalendar()
    expected = sum(calendar.is_workday(one + DAY * n) for n in range(1, (other - one).days + 1))
    assert calendar.between(one, other) == expected


@given(DAYS, st.integers(0, 30), st.integers(0, 30))
def test_limits_add_up(start: date, one: int, other: int) -> None:
    calendar = WorkCalendar()
    assert calendar.after(calendar.after(start, one), other) == calendar.after(start, one + other)


# --- clocks ----------------------------------------------------------------------------------------------------------


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case that goes a way its procedure allows, with any days between its steps."""
    procedure, is_agency = draw(st.sampled_from([(AGENCY, True), (ACCOMPANIED, False)]))
    states = walk(draw, procedure)
    day, steps = draw(DAYS), []
    for state in states:
        steps.append((day, state))
        day += DAY * draw(st.integers(0, 20))
    return case(steps, draw(st.integers(1, 20)), is_agency=is_agency)


def walk(draw: st.DrawFn, procedure: Procedure) -> list:
    states = [procedure.first]
    for _ in range(draw(st.integers(0, 9))):
        allowed = procedure.follows.get(states[-1], ())
        if not allowed:
            break
        states.append(draw(st.sampled_from(allowed)))
    return states


@given(cases(), st.integers(0, 120))
def test_a_clock_counts_the_working_days_that_are_nobodys_supplement(one: Case, later: int) -> None:
    """The oracle walks day by day: a day counts unless the state at its beginning was 补正, or the matter was decided."""
    calendar = WorkCalendar()
    as_of = one.steps[0].day + DAY * later
    used, day = 0, one.steps[0].day
    ends = {AgencyState.DECIDED, AgencyState.RETURNED, AgencyState.ENDED, AccompanyState.DONE, AccompanyState.ENDED, AgencyState.DELIVERED}
    while day < as_of and not any(step.day <= day and step.state in ends for step in one.steps):
        state = [step.state for step in one.steps if step.day <= day][-1]
        day += DAY
        used += calendar.is_workday(day) and state not in (AgencyState.SUPPLEMENT, AccompanyState.SUPPLEMENT)
    clock = clock_of(one, calendar, as_of)
    assert clock.used == used
    assert clock.is_overdue == (used > one.days)


@given(cases(), st.integers(0, 120))
def test_a_running_case_is_overdue_exactly_after_its_last_day(one: Case, later: int) -> None:
    calendar = WorkCalendar()
    as_of = one.steps[0].day + DAY * later
    clock = clock_of(one, calendar, as_of)
    if clock.due is None or clock.is_over:
        return
    # on rest days after the last day nothing more is used up: late begins with the next working day
    assert clock.is_overdue == (calendar.between(clock.due, as_of) > 0)


def test_a_supplement_stops_the_clock() -> None:
    steps = [(date(2026, 11, 9), AgencyState.ACCEPTED), (date(2026, 11, 10), AgencyState.CHECKED), (date(2026, 11, 11), AgencyState.SUPPLEMENT)]
    calendar = WorkCalendar()
    stopped = clock_of(case(steps), calendar, date(2026, 11, 20))
    assert (stopped.used, stopped.due, stopped.is_stopped, stopped.is_overdue) == (2, None, True, False)
    going = clock_of(case([*steps, (date(2026, 11, 18), AgencyState.SUBMITTED)]), calendar, date(2026, 11, 20))
    assert (going.used, going.due, going.is_overdue) == (4, date(2026, 11, 23), False)
    late = clock_of(case([*steps, (date(2026, 11, 18), AgencyState.SUBMITTED)]), calendar, date(2026, 11, 24))
    assert late.is_overdue


def test_a_case_that_was_decided_on_its_last_day_is_on_time_for_good() -> None:
    steps = [(date(2026, 11, 9), AgencyState.ACCEPTED), (date(2026, 11, 9), AgencyState.CHECKED), (date(2026, 11, 10), AgencyState.SUBMITTED)]
    decided = case([*steps, (date(2026, 11, 16), AgencyState.DECIDED)])
    clock = clock_of(decided, WorkCalendar(), date(2026, 12, 31))
    assert (clock.used, clock.is_over, clock.is_overdue) == (5, True, False)


# --- procedures ------------------------------------------------------------------------------------------------------

PROCEDURES: list[tuple[Procedure, type]] = [(ISSUE, IssueState), (AGENCY, AgencyState), (ACCOMPANIED, AccompanyState)]


def matter(procedure: Procedure, states: list) -> Matter:
    if procedure is ISSUE:
        return issue(states)
    return case([(date(2026, 10, 9) + DAY * index, state) for index, state in enumerate(states)], is_agency=procedure is AGENCY)


@given(st.data())
def test_every_allowed_way_is_sound(data: st.DataObject) -> None:
    procedure, _ = data.draw(st.sampled_from(PROCEDURES))
    states = walk(data.draw, procedure)
    assert [fault.code for fault in check_steps(matter(procedure, states)) if fault.code != "liaison-asked-twice"] == []


@given(st.data())
def test_a_way_without_faults_ends_as_it_must(data: st.DataObject) -> None:
    """Whatever the order of steps: what has no fault closes only after confirmation, delivers only what is decided, and stops where it ends."""
    procedure, vocabulary = data.draw(st.sampled_from(PROCEDURES))
    states = data.draw(st.lists(st.sampled_from(list(vocabulary)), min_size=1, max_size=8))
    one = matter(procedure, states)
    if any(fault.code != "liaison-asked-twice" for fault in check_steps(one)):
        return
    before = dict(zip(states[1:], states, strict=False))
    assert states[0] in (IssueState.REGISTERED, AgencyState.ACCEPTED, AccompanyState.AGREED)
    if IssueState.CLOSED in states:
        assert before[IssueState.CLOSED] is IssueState.CONFIRMED
        assert IssueState.ANSWERED in states[: states.index(IssueState.CONFIRMED)]
    if AgencyState.DELIVERED in states:
        assert before[AgencyState.DELIVERED] is AgencyState.DECIDED
        assert AgencyState.SUBMITTED in states[: states.index(AgencyState.DECIDED)]
    if AccompanyState.DONE in states:
        assert before[AccompanyState.DONE] is AccompanyState.ACCOMPANIED
    finals = {
        IssueState.CLOSED,
        IssueState.UNSOLVABLE,
        AgencyState.DELIVERED,
        AgencyState.RETURNED,
        AgencyState.ENDED,
        AccompanyState.DONE,
        AccompanyState.ENDED,
    }
    assert not finals & set(states[:-1])


@given(st.data())
def test_a_jump_is_told_at_the_step_that_jumps(data: st.DataObject) -> None:
    procedure, vocabulary = data.draw(st.sampled_from(PROCEDURES))
    states = walk(data.draw, procedure)
    wrong = [state for state in vocabulary if state not in procedure.follows.get(states[-1], ())]
    jump = data.draw(st.sampled_from(wrong))
    codes = [(fault.code, fault.steps[1]) for fault in check_steps(matter(procedure, [*states, jump])) if fault.code != "liaison-asked-twice"]
    expected = "liaison-closed-unconfirmed" if jump is IssueState.CLOSED else "liaison-state-jump"
    assert codes == [(expected, len(states))]


def test_every_state_can_be_reached_and_left_or_is_final() -> None:
    for procedure, vocabulary in PROCEDURES:
        reached = {procedure.first} | {state for states in procedure.follows.values() for state in states}
        assert reached == set(vocabulary)
        assert set(vocabulary) - set(procedure.follows) == procedure.finals


def test_what_was_known_on_a_day() -> None:
    one = issue([IssueState.REGISTERED, IssueState.ASSIGNED, IssueState.ANSWERED, IssueState.CONFIRMED, IssueState.CLOSED])
    assert state_on(one, date(2026, 10, 8)) is None
    assert state_on(one, date(2026, 10, 10)) is IssueState.ASSIGNED
    assert not is_done(one, date(2026, 10, 12))
    assert is_done(one, date(2026, 10, 13))


# --- spells, months, likeness ----------------------------------------------------------------------------------------


@given(st.lists(st.tuples(DAYS, st.one_of(st.none(), DAYS)), max_size=6), DAYS, st.integers(0, 80))
def test_spells_say_how_many_cover_each_day(spans: list[tuple[date, date | None]], first: date, length: int) -> None:
    spans = [(start, end) for start, end in spans if end is None or end >= start]
    last = first + DAY * length
    spells = list(count_spells(spans, first, last))
    assert spells[0].first == first
    assert spells[-1].last == last
    assert all(one.last + DAY == other.first for one, other in pairwise(spells))
    for spell in spells:
        for n in range((spell.last - spell.first).days + 1):
            day = spell.first + DAY * n
            assert spell.times == sum(start <= day and (end is None or day <= end) for start, end in spans)


@given(st.integers(2000, 2099), st.integers(1, 12), st.integers(-50, 50))
def test_months_count_on_and_back(year: int, number: int, by: int) -> None:
    month = Month(year, number)
    assert month.plus(by).plus(-by) == month
    assert month.last + DAY == month.plus(1).first
    assert len(list(months_between(month, month.plus(abs(by))))) == abs(by) + 1
    assert Month.parse(str(month)) == month


@pytest.mark.parametrize(
    ("start", "end", "owed"),
    [("2026-08-01", None, 2), ("2026-10-15", None, 2), ("2026-10-16", None, 1), ("2026-08-01", "2026-10-15", 1), ("2026-08-01", "2026-10-16", 2)],
)
def test_a_part_of_a_month_needs_fewer_services(start: str, end: str | None, owed: int) -> None:
    days = (date.fromisoformat(start), date.fromisoformat(end) if end else None)
    enterprise = Enterprise(PLACE, "qy-001", "示例", SubjectType.ENTERPRISE, "52", None, Stage.OPERATION, *days)
    assert services_owed(enterprise, Month(2026, 10), LiaisonSettings()) == owed


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_symmetrical_and_whole_only_for_the_same(one: str, other: str) -> None:
    a, b = fingerprint(one), fingerprint(other)
    assert likeness(a, b) == likeness(b, a)
    assert 0 <= likeness(a, b) <= 100
    assert (likeness(a, b) == 100) == bool(a and a == b)


def test_a_note_with_other_numbers_is_the_same_note() -> None:
    note = "到示例茶庄走访，了解经营情况和用工情况，宣传惠企政策，企业表示满意。"
    assert likeness(fingerprint(note), fingerprint(note.replace("。", "，第2次。"))) >= 90
    other = "电话回访围挡一事，转告施工单位答复的拆除时间，企业没有其他要协调的事情。"
    assert likeness(fingerprint(note), fingerprint(other)) < 50


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("这件事保证办成，百分百没问题", ["保证", "百分百"]),
        ("窗口说包过", ["包过"]),
        ("不能保证当天出证，保证金按合同退", []),
        ("需缴纳保证金，另保证三天办好", ["保证"]),
        ("可能适用，是否符合还要核实", []),
        (None, []),
    ],
)
def test_empty_promises_are_found(text: str | None, found: list[str]) -> None:
    assert list(find_empty_promises(text)) == found


@pytest.mark.parametrize("name", ["个体工商户增长率", "辖区个体户年报率", "个体工商户年度报告率"])
def test_what_the_law_forbids_to_count_is_known(name: str) -> None:
    assert "第三十二条" in (forbidden_by(name) or "")


@pytest.mark.parametrize("name", ["每月服务不少于两次", "企业年报辅导场次", "营业收入增长率", "个体工商户服务次数"])
def test_other_indicators_are_free(name: str) -> None:
    assert forbidden_by(name) is None
