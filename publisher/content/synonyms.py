"""``content/taxonomy/synonyms.yml`` in, groups of words out that search takes for one another."""

from __future__ import annotations

from pathlib import Path

from publisher.content.decode import decode, locate_field
from publisher.content.model.fields import Term, key
from publisher.content.source import decode as decode_bytes
from publisher.content.source import read_bytes
from publisher.model import Model
from publisher.problems import Problem
from publisher.yamltext import YamlText

SYNONYMS_PATH = "content/taxonomy/synonyms.yml"

#: Groups of words; each word stands in one group.
Synonyms = tuple[tuple[str, ...], ...]


class Group(Model):
    """Words that mean the same to who searches."""

    words: tuple[Term, ...] = key("词", "意思一样的几个词", example="[补贴, 补助, 奖补]")


class SynonymTable(Model):
    """The file."""

    groups: tuple[Group, ...] = key("同义词", "同义词表，每行一组", (), example="")


def load_synonyms(source: YamlText) -> tuple[Synonyms, list[Problem]]:
    """Read the table; a group with a mistake is told and left out."""
    table, problems = decode(source, SynonymTable, "同义词表")
    if not isinstance(table, SynonymTable):
        return (), problems
    seen: set[str] = set()

    def tell(code: str, index: int, value: str) -> None:
        problems.append(source.problem(code, locate_field(source, SynonymTable, ("groups", index, "words")), value=value))

    for index, group in enumerate(table.groups):
        if len(group.words) < 2:
            tell("synonym-alone", index, "、".join(group.words))
        for word in group.words:
            if word.lower() in seen:
                tell("synonym-twice", index, word)
            seen.add(word.lower())
    return tuple(group.words for group in table.groups), problems


def read_synonyms(root: Path) -> tuple[Synonyms, list[Problem]]:
    """Read the table of a project; what cannot be read of it is told where the file is read with all others."""
    path = root / SYNONYMS_PATH
    if not path.is_file():
        return (), []
    data = read_bytes(path, SYNONYMS_PATH)
    text, faults = ("", []) if isinstance(data, Problem) else decode_bytes(data, SYNONYMS_PATH)
    return load_synonyms(YamlText(SYNONYMS_PATH, text)) if text and not faults else ((), [])
