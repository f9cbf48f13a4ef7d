"""YAML text in; strings, lists and mappings out, and the place of each: nothing is guessed, nothing silently lost.

Every scalar stays the string that was written (``010``, ``no``, ``9:30``). A repeated key, a tag, a cyclic alias, a bomb, a
full-width colon or a tab is a `Problem`. Plain texts are read by `publisher.plainyaml`, all others, and those of which a place is asked for, by
`publisher.fullyaml`, which is loaded then. What it does not do: types (the model gives those) and writing YAML.
"""

from __future__ import annotations

from publisher.plainyaml import read_plain
from publisher.yamltext import Parsed, YamlText


def parse(source: YamlText) -> Parsed:
    """Read a text."""
    if plain := read_plain(source.text):
        return Parsed(plain.value, [], plain.rows)
    from publisher.fullyaml import parse_in_full

    return parse_in_full(source)
