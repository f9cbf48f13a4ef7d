"""``content/taxonomy/tags.yml`` in, `Taxonomy` out: the site's tags, their slugs, their other names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from publisher.content.decode import decode, locate_field
from publisher.content.model.fields import Id, Term, Text, key
from publisher.content.source import decode as decode_bytes
from publisher.content.source import read_bytes
from publisher.model import Model
from publisher.problems import Problem
from publisher.yamltext import YamlText

TAXONOMY_PATH = "content/taxonomy/tags.yml"


class Tag(Model):
    """A tag: its name, the slug its URL is made of, other names that count as the same."""

    name: Term = key("名称", "标签的名称", example="税收")
    slug: Id = key("网址名", "网址里的英文名，定下后不再改", example="tax")
    description: Text = key("说明", "这个标签收什么", "", example="税收政策和办税提示")
    aliases: tuple[Term, ...] = key("别名", "同义的写法，会归到这个标签", (), example="[税务]")
    replaced_by: Term | None = key("被替代", "不再使用时，写由哪个标签接替", None)


class TagTable(Model):
    """The file."""

    tags: tuple[Tag, ...] = key("标签", "标签表", (), example="")


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The tags by name; a name or alias that is not in the table still works, as itself."""

    tags: Mapping[str, Tag] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)

    def canonical(self, name: str) -> str:
        """The name that a written tag counts as."""
        return self.aliases.get(name, name)

    def slug(self, name: str) -> str:
        """The part of the URL for a tag: its slug, or the name itself made safe for a path."""
        tag = self.tags.get(name)
        return tag.slug if tag else "-".join(name.replace("/", " ").replace("\\", " ").replace(".", " ").split()).lower() or "tag"


def load_taxonomy(source: YamlText | None) -> tuple[Taxonomy, list[Problem]]:
    """Read the table of tags; without a file every tag is welcome."""
    if source is None:
        return Taxonomy(), []
    table, problems = decode(source, TagTable, "标签表")
    if not isinstance(table, TagTable):
        return Taxonomy(), problems
    seen: set[str] = set()
    aliases: dict[str, str] = {}
    for index, tag in enumerate(table.tags):
        for spelling in (tag.name, *tag.aliases, f"/{tag.slug}"):
            if spelling in seen:
                span = locate_field(source, TagTable, ("tags", index))
                problems.append(source.problem("duplicate-term", span, value=spelling.strip("/")))
            seen.add(spelling)
        aliases |= dict.fromkeys(tag.aliases, tag.replaced_by or tag.name)
        if tag.replaced_by:
            aliases[tag.name] = tag.replaced_by
    return Taxonomy({tag.name: tag for tag in table.tags}, aliases), problems


def read_taxonomy(root: Path) -> tuple[Taxonomy, list[Problem]]:
    """Read the table of tags; what cannot be read of it is told where the file is read with all others."""
    path = root / TAXONOMY_PATH
    if not path.is_file():
        return Taxonomy(), []
    data = read_bytes(path, TAXONOMY_PATH)
    text, faults = ("", []) if isinstance(data, Problem) else decode_bytes(data, TAXONOMY_PATH)
    return load_taxonomy(YamlText(TAXONOMY_PATH, text)) if text and not faults else (Taxonomy(), [])
