"""Code tables in, answers out: industries (GB/T 4754-2017), districts (GB/T 2260), unified social credit codes (GB 32100-2015).

What it does not do: three- and four-digit industry names (the table ends at the 97 divisions) and districts outside Xi'an.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from publisher.plainyaml import read_plain

#: Region digits of the codes that demonstration enterprises carry; no such region exists.
DEMO_REGION = "990000"

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _table(name: str) -> dict[str, str]:
    """A table of codes and names; it is plain, so that it can be read without PyYAML."""
    plain = read_plain(resources.files("publisher.content").joinpath("data", name).read_text(encoding="utf-8"))
    assert plain
    assert isinstance(plain.value, dict)
    return {code: str(value) for code, value in plain.value.items()}


@dataclass(frozen=True, slots=True)
class Industry:
    """A section (``F``) or a division (``52``) of GB/T 4754-2017."""

    code: str
    name: str
    section: str

    @property
    def is_section(self) -> bool:
        return self.code == self.section


@cache
def industries() -> dict[str, Industry]:
    """Every section and division by code, in the standard's order."""
    table: dict[str, Industry] = {}
    for code, name in _table("gbt4754-2017.yaml").items():  # A, A01, A02 and so on
        table[code[1:] or code] = Industry(code[1:] or code, name, code[0])
    return table


@cache
def _industry_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for industry in industries().values():  # a division wins over a section of the same name (教育, 国际组织)
        for name in (industry.name, industry.name.removesuffix("业")):
            names[name] = industry.code
    return names


def industry_code(text: str) -> str | None:
    """Give the code for a code (``F``, ``52``, ``F52``, ``5211``) or a name (``零售业``); None when there is none."""
    table = industries()
    if match := re.fullmatch(r"([A-T])?(\d{2,4})?", text):
        section, digits = match.groups()
        if not digits:
            return section if section in table else None
        division = table.get(digits[:2])
        return digits if division and section in (None, division.section) else None
    return _industry_names().get(text)


def industry_names() -> tuple[str, ...]:
    """Every section and division name, for guesses."""
    return tuple(industry.name for industry in industries().values())


def industry_path(code: str) -> tuple[Industry, ...]:
    """Give the section, and the division if the code has one, that a valid code lies in."""
    table = industries()
    found = table[code[:2]] if code[0].isdigit() else table[code]
    return (found,) if found.is_section else (table[found.section], found)


@cache
def districts() -> dict[str, str]:
    """District names by GB/T 2260 code."""
    return _table("gbt2260.yaml")


def district_code(text: str) -> str | None:
    """Give the GB/T 2260 code for a code or a name, None when it is not in the table."""
    table = districts()
    if text in table:
        return text
    return next((code for code, name in table.items() if text in (name, name[:-1])), None)


@dataclass(frozen=True, slots=True)
class CreditCodeCheck:
    """What is wrong with a unified social credit code: `is_valid` false is an error, the others are doubts."""

    is_valid: bool
    is_organisation_code_valid: bool = True
    is_region_known: bool = True


def check_credit_code(code: str) -> CreditCodeCheck:
    """Check the check digit (GB 32100-2015), the organisation code within (GB 11714) and the region (GB/T 2260)."""
    from stdnum.cn import uscc  # it loads the web clients of other countries' registers: 20 ms that most builds do without

    if not re.fullmatch(r"[0-9A-HJ-NP-RTUW-Y]{18}", code) or not uscc.is_valid(code):
        return CreditCodeCheck(is_valid=False)
    organisation, given = code[8:16], code[16]
    total = sum(_ALPHABET.index(digit) * weight for digit, weight in zip(organisation, _ORGANISATION_WEIGHTS, strict=True))
    expected = "0123456789X0"[11 - total % 11]
    region = code[2:8]
    return CreditCodeCheck(True, expected == given, region == DEMO_REGION or 11 <= int(region[:2]) <= 82)


def is_identity_number(digits: str) -> bool:
    """Whether 18 characters are a resident identity number with a right check digit (GB 11643)."""
    from stdnum.cn import ric

    return bool(ric.is_valid(digits))


def is_card_number(digits: str) -> bool:
    """Whether 16 to 19 digits pass the check of payment-card numbers (ISO/IEC 7812-1, Luhn)."""
    from stdnum import luhn

    return bool(luhn.is_valid(digits))
