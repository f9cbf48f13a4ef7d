"""Mistakes of authors as values: what is wrong, where, and how to mend it; and the two other kinds of failure.

An author's mistake is a `Problem`; the world's failure (disk, network) a `PublisherError`; our own bug a traceback.
"""

from publisher.failure import PublisherError
from publisher.problems.codes import CODES, Code, Severity
from publisher.problems.problem import Problem, Span, has_errors, suggestion

__all__ = ["CODES", "Code", "Problem", "PublisherError", "Severity", "Span", "has_errors", "suggestion"]
