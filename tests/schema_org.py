"""What schema.org says of the types and properties that our pages use: ``schema-org.json``, made from the vocabulary as ``schema-dts`` has it.

To use a new property, write it into the table with an empty list and run ``python -m tests.schema_org``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent / "schema-org.json"
VOCABULARY = Path(__file__).parent / "node_modules/schema-dts/dist/schema.d.ts"
_INTERFACE = re.compile(r"interface (\w+) extends ([^{]+)\{(.*?)\n\}", re.DOTALL)
_PROPERTY = re.compile(r'^    "([\w-]+)"\??: SchemaValue<(.*), "[\w-]+">;$', re.MULTILINE)
_VALUES = re.compile(r'"https://schema\.org/(\w+)"')


class Vocabulary:
    """The vocabulary, read from the declarations of ``schema-dts``."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._parents: dict[str, list[str]] = {}
        self._own: dict[str, dict[str, list[str]]] = {}
        for name, parents, body in _INTERFACE.findall(text):
            self._parents[name] = re.findall(r"\w+", parents)
            self._own[name] = {name: [part for part in re.findall(r"\w+", ranges) if part != "IdReference"] for name, ranges in _PROPERTY.findall(body)}

    def lineage(self, kind: str) -> list[str]:
        """A type and all that it is a kind of."""
        found: dict[str, None] = {}
        waiting = [f"{kind}Leaf"]
        while waiting:
            name = waiting.pop(0)
            found[name.removesuffix("Leaf").removesuffix("Base")] = None
            waiting += self._parents.get(name, [])
        return [name for name in found if name not in ("Partial", "IdReference")]

    def ranges(self, kind: str, name: str) -> list[str]:
        """What a property of a type may be; a LookupError when the type has no such property."""
        waiting = [f"{kind}Leaf", f"{kind}Base"]
        while waiting:
            here = waiting.pop(0)
            if name in self._own.get(here, {}):
                return self._own[here][name]
            waiting += self._parents.get(here, [])
        raise LookupError(f"schema.org knows no {name} of {kind}")

    def values(self, kind: str) -> list[str]:
        """The members of an enumeration."""
        found = re.search(rf"^(?:export )?type {kind}(?:Leaf)? =([^;]+);", self._text, re.MULTILINE)
        return sorted(set(_VALUES.findall(found[1]))) if found else []


def make_table(used: dict[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """The table for the types and properties of another table."""
    has = {kind: {name: vocabulary.ranges(kind, name) for name in sorted(row["has"])} for kind, row in sorted(used["types"].items())}
    every = {part for row in has.values() for ranges in row.values() for part in ranges}
    values = {part: found for part in sorted(every) if (found := vocabulary.values(part))}
    return {"types": {kind: {"is": vocabulary.lineage(kind), "has": row} for kind, row in has.items()}, "values": values}


if __name__ == "__main__":
    table = make_table(json.loads(TABLE.read_text(encoding="utf-8")), Vocabulary(VOCABULARY.read_text(encoding="utf-8")))
    TABLE.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
