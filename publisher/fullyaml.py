"""A YAML text in; its nodes, every fault and the place of each part out: what PyYAML is asked for, and nothing else is.

PyYAML takes its time to load, so `publisher.strictyaml` does that when a text is not plain or a place is asked for. What it does not do:
types, and deciding which text may do without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from publisher.problems import Problem, Span
from publisher.yamltext import MAX_DEPTH, MAX_VALUES, Parsed, Step, Value, YamlText

_KEYLIKE = r"[^\s:：#\[\]{},&*!|>'\"%@`?-][^\s:：]{0,29}"
#: Patterns of what is wrong are compiled when something is.
_FULL_WIDTH_COLON = rf"^(\s*(?:-\s+)?)({_KEYLIKE})\s*：\s*(.*)$"
_MISSING_SPACE = r"^(\s*(?:-\s+)?)([一-鿿\w]{1,20}):([^\s/:].*)$"
_TAG = re.compile(r"![^\s,\]}]*")
_COMMENT = re.compile(r"[ \t]+(#.*)")
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "null", "bool", "int", "float", "timestamp", "merge", "value", "seq", "map"))


def parse_in_full(source: YamlText) -> Parsed:
    """Read a text as PyYAML does, plain or not; all problems come from here."""
    node, problem = compose(source)
    if node is None:
        return Parsed(None, [problem] if problem else [], {})
    reader = _Reader(source)
    value = reader.read(node, 0)
    return Parsed(None if reader.is_stopped else value, reader.problems, _rows_of(node))


def _rows_of(node: yaml.Node) -> dict[str, list[int]]:
    rows = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode):
            items = value.value if isinstance(value, yaml.SequenceNode) else [value]
            rows[key.value.strip(" \t")] = [item.start_mark.line for item in items]
    return rows


class _Loader(yaml.CSafeLoader):
    """PyYAML's C loader without its guesses: what a scalar means is not looked up at all, which halves the time."""

    def resolve(self, kind: type[yaml.Node], value: object, implicit: object) -> str:  # noqa: ARG002  # the signature of Resolver
        """The tag of a node that was written without one."""
        return _TAGS[kind]


_TAGS = {yaml.ScalarNode: "tag:yaml.org,2002:str", yaml.SequenceNode: "tag:yaml.org,2002:seq", yaml.MappingNode: "tag:yaml.org,2002:map"}


def compose(source: YamlText) -> tuple[yaml.Node | None, Problem | None]:
    """Read a text as nodes; a text that cannot be read is a problem. Nesting is measured first: the C composer would not survive it."""
    try:
        if too_deep := _find_depth(source):
            return None, too_deep
        return yaml.compose(source.text, _Loader), None
    except yaml.YAMLError as error:
        return None, _syntax_problem(source, error)


_DEEP_LINE = re.compile(rf"^[ \t?:-]{{{MAX_DEPTH},}}", re.MULTILINE)


def _find_depth(source: YamlText) -> Problem | None:
    """The place where a text nests deeper than the limit; texts that cannot be deep are not walked."""
    text = source.text
    if text.count("[") + text.count("{") <= MAX_DEPTH and not _DEEP_LINE.search(text):
        return None
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH + 1:
            mark = event.start_mark
            return source.problem("too-deep", source.span(mark.line, mark.column) if mark else source.span(0, 0), limit=MAX_DEPTH)
    return None


class _StopReadingError(Exception):
    """The text is a bomb, a cycle or too deep: reading it further would not end."""


class _Reader:
    """One walk over the nodes: values out, problems aside."""

    def __init__(self, source: YamlText) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.is_stopped = False
        self._count = 0
        self._open: set[int] = set()
        self._has_tag_sign = "!" in source.text
        self._has_comment_sign = " #" in source.text or "\t#" in source.text
        self._lines: list[str] | None = None

    def read(self, node: yaml.Node, depth: int) -> Value:
        try:
            return self._value(node, depth)
        except _StopReadingError:
            self.is_stopped = True
            return None

    def _value(self, node: yaml.Node, depth: int) -> Value:
        self._count += 1
        if self._count > MAX_VALUES:
            self._stop("alias-bomb", node, limit=MAX_VALUES)
        if depth > MAX_DEPTH:
            self._stop("too-deep", node, limit=MAX_DEPTH)
        self._check_tag(node)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._open:
            self._stop("alias-cycle", node, value="…")
        self._open.add(id(node))
        value: Value = self._mapping(node, depth) if isinstance(node, yaml.MappingNode) else [self._value(item, depth + 1) for item in node.value]
        self._open.discard(id(node))
        return value

    def _scalar(self, node: yaml.ScalarNode) -> str | None:
        text: str = node.value
        if not node.style:
            if self._has_comment_sign:
                self._check_comment(node)
            if not text:
                return None
        return text

    def _check_tag(self, node: yaml.Node) -> None:
        """An explicit ``!!int`` may leave no trace in the node but stands where the node starts."""
        if not self._has_tag_sign:
            return
        written = _TAG.match(self._line(node.start_mark.line), node.start_mark.column)
        if written:
            self._add("yaml-tag", node, value=written[0])
        elif node.tag not in _PLAIN_TAGS:
            self._add("yaml-tag", node, value=node.tag.replace("tag:yaml.org,2002:", "!!"))

    def _check_comment(self, node: yaml.ScalarNode) -> None:
        mark = node.end_mark
        line = self._line(mark.line)
        match = _COMMENT.match(line, mark.column)
        if match and node.value and node.start_mark.line == mark.line:
            head = line[: node.start_mark.column]
            fixed = f'{head.strip()} "{node.value} {match[1]}"'.strip()
            span = self.source.span(mark.line, match.start(1), len(match[1]))
            self.problems.append(self.source.problem("comment-cuts-value", span, value=match[1], fixed=fixed))

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Value]:
        value: dict[str, Value] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._add("yaml-syntax", key_node, reason="键不能是列表或映射", english="a key must be a word")
                continue
            name = key_node.value.strip(" \t")
            if name in value:
                self._add("duplicate-key", key_node, value=name, line=lines[name])
                continue
            lines[name] = self.source.first_line + key_node.start_mark.line
            value[name] = self._value(value_node, depth + 1)
        return value

    def _line(self, index: int) -> str:
        if self._lines is None:
            self._lines = self.source.text.split("\n")
        return self._lines[index] if index < len(self._lines) else ""

    def _add(self, code: str, node: yaml.Node, **context: object) -> None:
        self.problems.append(self.source.problem(code, node_span(self.source, node), **context))

    def _stop(self, code: str, node: yaml.Node, **context: object) -> None:
        self._add(code, node, **context)
        raise _StopReadingError


def node_span(source: YamlText, node: yaml.Node) -> Span:
    """The place of a node: its first line only."""
    start, end = node.start_mark, node.end_mark
    length = end.column - start.column if end.line == start.line else 1
    return source.span(start.line, start.column, length)


def locate(
    source: YamlText, steps: tuple[Step, ...], is_same_key: Callable[[str, Step, tuple[Step, ...]], bool], node: yaml.Node | None = None
) -> tuple[Span, bool]:
    """Find the place of a part of the value by its steps; the flag says whether the whole way was found.

    ``is_same_key(written, step, way)`` says whether a written key is the step looked for. The text must have parsed before; ``node`` is
    what it was composed to, when many places of it are asked for.
    """
    node = yaml.compose(source.text, _Loader) if node is None else node
    if node is None:
        return source.span(0, 0), False
    for depth, step in enumerate(steps):
        if isinstance(node, yaml.MappingNode) and not isinstance(step, int):
            found = [v for k, v in node.value if isinstance(k, yaml.ScalarNode) and is_same_key(k.value.strip(" \t"), step, steps[:depth])]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            found = node.value[step : step + 1]
        else:
            found = [node] if step == 0 else []  # one value where a list may stand
        if not found:
            return node_span(source, node), False
        node = found[0]
    return node_span(source, node), True


def locate_key(source: YamlText, steps: tuple[Step, ...]) -> Span:
    """Find the place of a written key; every step is as written."""
    node = yaml.compose(source.text, _Loader)
    span = source.span(0, 0)
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if isinstance(k, yaml.ScalarNode) and k.value.strip(" \t") == step), None)
            if pair is None:
                return span
            span, node = node_span(source, pair[0]), pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
    return span


_REASONS = (
    ("mapping values are not allowed", "这一行有两个冒号，或上一行没写完；值里有冒号就加引号"),
    ("could not find expected ':'", "这一行少了冒号，或上一行的缩进不对"),
    ("did not find expected key", "缩进没有对齐，或引号前后多了字"),
    ("did not find expected '-' indicator", "列表的“- ”没有对齐"),
    ("did not find expected ',' or ']'", "方括号没有配对，或项目之间少了半角逗号"),
    ("did not find expected ',' or '}'", "花括号没有配对，或项目之间少了半角逗号"),
    ("found unexpected end of stream", "引号没有配对"),
    ("cannot start any token", "这个字符不能放在值的开头，给整个值加引号"),
    ("found undefined alias", "“*”开头的值是引用，给整个值加引号"),
    ("found unexpected ':'", "值里有冒号，给整个值加引号"),
    ("found unknown escape character", "双引号里的“\\”要写成“\\\\”"),
    ("expected <document start>", "内容后面又出现了别的东西，检查缩进"),
    ("expected a single document", "多了一行“---”"),
    ("while scanning an alias", "“*”开头的值会当成引用，给整个值加引号"),
    ("while scanning an anchor", "“&”开头的值会当成标记，给整个值加引号"),
    ("block sequence entries are not allowed", "“- ”不能和键写在同一行，另起一行再写列表"),
    ("while scanning a block scalar", "“|”或“>”后面不能再写字，另起一行写内容"),
)


def _syntax_problem(source: YamlText, error: yaml.YAMLError) -> Problem:
    """Say what YAML's reader stumbled over in words an editor knows; the usual slips have codes of their own."""
    mark = getattr(error, "problem_mark", None)
    text = f"{getattr(error, 'problem', None) or ''}; {getattr(error, 'context', None) or ''}"
    if "quoted scalar" in text:
        mark = getattr(error, "context_mark", None) or mark  # where the quotation mark opens
    line = min(mark.line, source.text.count("\n")) if mark else 0
    is_clear = any(words in text for words in ("quoted scalar", "scanning an alias", "scanning an anchor", "block scalar"))
    if not is_clear and (slip := _find_slip(source, line, text)):
        return slip
    reason = next((zh for en, zh in _REASONS if en in text), "")
    english = text.strip("; ")
    return source.problem("yaml-syntax", source.span(line, mark.column if mark else 0), reason=reason or english, english=english)


def _find_slip(source: YamlText, near: int, reason: str) -> Problem | None:
    """The usual slip at or near a line that YAML stumbled over; where it knows the very sign, only that line is looked at."""
    lines = source.text.split("\n")
    is_colon_missing = "expected ':'" in reason or "mapping values" in reason
    reach = 1 if "cannot start any token" in reason else 6
    for index in sorted(range(len(lines)), key=lambda i: (abs(i - near), -i))[:reach]:
        line = lines[index].rstrip("\r")
        number = source.first_line + index
        if re.match(r" *\t", line):
            return source.problem("tab-indent", source.span(index, line.index("\t")), line=number)
        if re.match(r"[ \t]*\u3000", line):
            return source.problem("full-width-indent", source.span(index, line.index("\u3000")), line=number)
        if colon := full_width_colon(source, index, line):
            return colon
        is_at_fault = index == near or (is_colon_missing and index == near - 1)
        if is_at_fault and (match := re.match(_MISSING_SPACE, line)):
            _, name, rest = match.groups()
            return source.problem("missing-space-after-colon", source.span(index, match.end(2)), line=number, fixed=f"{name}: {rest.strip()}")
    return None


def full_width_colon(source: YamlText, index: int, line: str) -> Problem | None:
    """A line that looks like ``键：值``, as a problem."""
    match = re.match(_FULL_WIDTH_COLON, line)
    if not match or ": " in line[: match.end(2)]:
        return None
    fixed = f"{match[2]}: {match[3]}".rstrip()
    return source.problem("full-width-colon", source.span(index, line.index("：", match.end(2))), line=source.first_line + index, fixed=fixed)
