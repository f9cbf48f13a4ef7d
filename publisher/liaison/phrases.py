"""What all parts of a report say in the same way: shares, sentences with figures in them, names."""

from __future__ import annotations

from decimal import Decimal

from publisher.liaison.document import Cell, Paragraph
from publisher.liaison.scope import Scope


def percent(part: int | Decimal, whole: int | Decimal) -> Decimal:
    """A share in percent with one decimal; none of nothing is 0."""
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1")) if whole else Decimal(0)


def say(*parts: str | Cell) -> Paragraph:
    """A sentence with figures in it."""
    return Paragraph(tuple(Cell(part) if isinstance(part, str) else part for part in parts))


def named(scope: Scope, enterprise: str) -> Cell:
    """The name of an enterprise."""
    return Cell(scope.register.name_of(enterprise))
