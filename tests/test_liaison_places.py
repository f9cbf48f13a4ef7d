"""Places of faults taken from the lines of plain files are those that composing gives: on the demo's records and on the cases of all problems."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from publisher import plainplaces
from publisher.clock import read_as_of
from publisher.engine.prepare import prepare
from publisher.liaison import faults
from publisher.liaison.checks import check_liaison
from publisher.plainplaces import PlainText
from publisher.settings import LiaisonSettings
from tests.test_problem_codes import CASES, write_case

ROOT = Path(__file__).parent.parent


def check_twice(root: Path, settings: LiaisonSettings, as_of: date, monkeypatch: pytest.MonkeyPatch) -> set[bool]:
    """Check by lines and by nodes; gives whether files were plain."""
    were_plain: set[bool] = set()

    def open_plain(text: str) -> PlainText | None:
        plain = plainplaces.open_plain(text)
        were_plain.add(plain is not None)
        return plain

    monkeypatch.setattr(faults, "open_plain", open_plain)
    by_lines = check_liaison(root, settings, as_of)
    monkeypatch.setattr(faults, "open_plain", lambda _: None)
    assert by_lines == check_liaison(root, settings, as_of)
    return were_plain


def test_places_of_the_demo_are_those_of_its_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_twice(ROOT, LiaisonSettings(pairs=66), date(2026, 11, 23), monkeypatch) == {True}


@pytest.mark.parametrize("case", [case for case in CASES if case.stem.startswith("liaison-")], ids=lambda case: case.stem)
def test_places_of_cases_are_those_of_their_nodes(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day, _ = write_case(case, tmp_path)
    prepared = prepare(tmp_path, read_as_of(day))
    check_twice(tmp_path, prepared.settings.liaison, prepared.as_of.date(), monkeypatch)
