"""A question asked beside other work: the answer is that of asking it here, whatever becomes of the process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_SCRIPT = """
import os, sys
from publisher.engine import beside
beside.can_fork = lambda: True
from publisher.engine.beside import Beside

here = os.getpid()

def told():
    return [os.getpid() != here, "街区", 1.5]

def dies():
    if os.getpid() != here:
        os._exit(9)
    return "asked again"

def fails():
    raise LookupError("no such thing")

with Beside(told) as question:
    print(question.answer())
with Beside(told, forks=False) as question:
    print(question.answer())
with Beside(dies) as question:
    print(question.answer())
try:
    with Beside(fails) as question:
        question.answer()
except LookupError as error:
    print(error)
with Beside(told):
    pass
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("nobody is left")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only")
def test_an_answer_is_the_same_however_it_is_come_by(tmp_path: Path) -> None:
    # In a process of its own: the test runner has threads, beside which nothing is forked.
    told = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=False, cwd=tmp_path)
    answers = ["[True, '街区', 1.5]", "[False, '街区', 1.5]", "asked again", "no such thing", "nobody is left"]
    lines = [line for line in told.stdout.splitlines() if line]
    assert lines == answers, told.stderr
