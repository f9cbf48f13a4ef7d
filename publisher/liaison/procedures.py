"""The ways a matter may take from state to state, and the clocks that run meanwhile: pure functions over its steps.

Three procedures: an issue (问题) ends with 销号, an agency case (代办单) with 结果送达, an accompanied case (陪办单) with 办理完毕.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from publisher.liaison.records import Case, Issue, Matter, Step
from publisher.liaison.vocabulary import AccompanyState, AgencyState, IssueState
from publisher.liaison.workdays import WorkCalendar

State = IssueState | AgencyState | AccompanyState


@dataclass(frozen=True, slots=True)
class Procedure:
    """Which state may follow which, where a matter begins, where it ends, and which steps go back and need a note that says why."""

    first: State
    follows: Mapping[State, tuple[State, ...]]
    finals: frozenset[State]
    backwards: frozenset[tuple[State, State]] = frozenset()
    stops: frozenset[State] = frozenset()

    def allows(self, before: State | None, after: State) -> bool:
        """Whether a state may follow another; None stands for the beginning."""
        return after is self.first if before is None else after in self.follows.get(before, ())


_I, _A, _C = IssueState, AgencyState, AccompanyState
_I_OPEN = (_I.PASSED_ON, _I.IN_HAND, _I.ANSWERED, _I.REFERRED, _I.UNSOLVABLE)
ISSUE = Procedure(
    _I.REGISTERED,
    {
        _I.REGISTERED: (_I.ASSIGNED, _I.IN_HAND, _I.REFERRED, _I.UNSOLVABLE),
        _I.ASSIGNED: _I_OPEN,
        _I.PASSED_ON: _I_OPEN,
        _I.IN_HAND: (_I.PASSED_ON, _I.ANSWERED, _I.REFERRED, _I.UNSOLVABLE),
        _I.REFERRED: (_I.ASSIGNED, _I.PASSED_ON, _I.IN_HAND, _I.ANSWERED, _I.UNSOLVABLE),
        _I.ANSWERED: (_I.CONFIRMED, _I.IN_HAND, _I.REFERRED),
        _I.CONFIRMED: (_I.CLOSED, _I.IN_HAND),
    },
    frozenset({_I.CLOSED, _I.UNSOLVABLE}),
    frozenset({(_I.ANSWERED, _I.IN_HAND), (_I.ANSWERED, _I.REFERRED), (_I.CONFIRMED, _I.IN_HAND), (_I.REFERRED, _I.ASSIGNED)}),
)
#: 上报 and 协调 are done where they are needed; 办结 may follow 送审 at once, as for what is registered on the spot.
AGENCY = Procedure(
    _A.ACCEPTED,
    {
        _A.ACCEPTED: (_A.CHECKED, _A.RETURNED, _A.ENDED),
        _A.CHECKED: (_A.SUPPLEMENT, _A.SUBMITTED, _A.RETURNED, _A.ENDED),
        _A.SUPPLEMENT: (_A.CHECKED, _A.SUBMITTED, _A.RETURNED, _A.ENDED),
        _A.SUBMITTED: (_A.FORWARDED, _A.COORDINATED, _A.DECIDED, _A.SUPPLEMENT, _A.RETURNED, _A.ENDED),
        _A.FORWARDED: (_A.COORDINATED, _A.DECIDED, _A.SUPPLEMENT, _A.RETURNED, _A.ENDED),
        _A.COORDINATED: (_A.FORWARDED, _A.DECIDED, _A.SUPPLEMENT, _A.RETURNED, _A.ENDED),
        _A.DECIDED: (_A.DELIVERED,),
    },
    frozenset({_A.DELIVERED, _A.RETURNED, _A.ENDED}),
    frozenset({(_A.COORDINATED, _A.FORWARDED)}),
    frozenset({_A.SUPPLEMENT}),
)
ACCOMPANIED = Procedure(
    _C.AGREED,
    {
        _C.AGREED: (_C.ACCOMPANIED, _C.ENDED),
        _C.ACCOMPANIED: (_C.ACCOMPANIED, _C.SUPPLEMENT, _C.DONE, _C.ENDED),
        _C.SUPPLEMENT: (_C.ACCOMPANIED, _C.ENDED),
    },
    frozenset({_C.DONE, _C.ENDED}),
    frozenset(),
    frozenset({_C.SUPPLEMENT}),
)
#: States that say nothing without a note.
NEEDS_NOTE: frozenset[State] = frozenset({_A.SUPPLEMENT, _A.RETURNED, _A.ENDED, _C.SUPPLEMENT, _C.ENDED, _I.UNSOLVABLE, _I.REFERRED})


def procedure_of(matter: Matter) -> Procedure:
    """The procedure that a matter goes by."""
    if isinstance(matter, Issue):
        return ISSUE
    return AGENCY if matter.is_agency else ACCOMPANIED


def steps_until(matter: Matter, as_of: date) -> tuple[Step, ...]:
    """What was known of a matter on a day; that is nearly always all of it, and is asked half a million times for one report."""
    for step in matter.steps:
        if step.day > as_of:
            return tuple([step for step in matter.steps if step.day <= as_of])
    return matter.steps


def state_on(matter: Matter, as_of: date) -> State | None:
    """The state on a day; None before its first step."""
    return next((step.state for step in reversed(matter.steps) if step.day <= as_of), None)


def is_open(matter: Matter, as_of: date) -> bool:
    """Whether a matter had begun and not ended on a day."""
    state = state_on(matter, as_of)
    return state is not None and state not in procedure_of(matter).finals


def is_done(matter: Matter, as_of: date) -> bool:
    """Whether it has ended as it should: 销号, 结果送达 or 办理完毕."""
    return state_on(matter, as_of) in (_I.CLOSED, _A.DELIVERED, _C.DONE)


def ended_on(matter: Matter, as_of: date) -> date | None:
    """The day of its last step, when that ended it."""
    steps = steps_until(matter, as_of)
    return steps[-1].day if steps and steps[-1].state in procedure_of(matter).finals else None


def times_passed_on(issue: Issue, as_of: date) -> int:
    """转办次数."""
    return sum(step.state is _I.PASSED_ON for step in steps_until(issue, as_of))


class Clock(NamedTuple):
    """How a time limit stands: working days used; the last day, None while it stands still; whether it is over and on time, or overdue."""

    used: int
    due: date | None
    is_stopped: bool
    is_over: bool
    is_overdue: bool


def clock_of(case: Case, calendar: WorkCalendar, as_of: date) -> Clock:
    """The clock of a case: it runs from the day after the first step, stands still from 补正 to the next step, and ends with 办结 or 办理完毕.

    A day is counted when it is over: what is decided on the last day is on time.
    """
    steps = steps_until(case, as_of)
    if not steps:
        return Clock(0, None, False, False, False)
    procedure = procedure_of(case)
    ending = next((step.day for step in steps if step.state in procedure.finals or step.state is _A.DECIDED), None)
    until = as_of if ending is None else ending
    used, stopped_at = 0, None
    for index, step in enumerate(steps):
        if step.day > until:
            break
        upto = min(steps[index + 1].day, until) if index + 1 < len(steps) else until
        if step.state in procedure.stops:
            stopped_at = step.day
        else:
            used += calendar.between(step.day, max(step.day, upto))
            stopped_at = None
    is_stopped = stopped_at is not None and ending is None
    due = None if is_stopped else _due(case, steps, procedure, calendar)
    return Clock(used, due, is_stopped, ending is not None, used > case.days)


def _due(case: Case, steps: tuple[Step, ...], procedure: Procedure, calendar: WorkCalendar) -> date:
    """The last day of the limit, counted on from when the clock last began to run."""
    used, start = 0, steps[0].day
    for index, step in enumerate(steps[:-1]):
        following = steps[index + 1].day
        if step.state in procedure.stops:
            start = following
        else:
            gone = calendar.between(step.day, following)
            if used + gone >= case.days:
                return calendar.after(step.day, case.days - used)
            used, start = used + gone, following
    return calendar.after(start, case.days - used)


def delivery_due(case: Case, calendar: WorkCalendar, days: int, as_of: date) -> date | None:
    """Until when a decided agency case must be delivered; None when it is not decided, or delivered."""
    steps = steps_until(case, as_of)
    if not steps or steps[-1].state is not _A.DECIDED:
        return None
    return calendar.after(steps[-1].day, days)
