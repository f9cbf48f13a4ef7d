"""Frozen mappings with declared fields: what content, records and settings are read into.

A class body declares what may be written, ``title: Text = key("标题", "…")``; `Model.model_validate` gives every value to the one
function that its type names, and collects every `FieldError` with the way to it. Callers use the names of pydantic (``model_fields``,
``model_validate``, ``model_construct``, ``model_copy``), which did this before and took a third of an edit's time (docs/adr/0016).

What it does not do: convert or guess. A type's function understands exactly what was written, or raises a `FieldError`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import get_annotations
from types import NoneType, UnionType
from typing import Any, NamedTuple, Self, Union, get_args, get_origin

#: Where a value stands: names of fields, and numbers of items.
Way = tuple[str | int, ...]
#: Given as default to a field that must be written.
REQUIRED: Any = ...


class FieldError(ValueError):
    """What a value is not: a code, and what the message about it needs."""

    def __init__(self, code: str, **context: Any) -> None:
        super().__init__(code)
        self.code, self.context = code, context


class PlacedFault(NamedTuple):
    """A fault, and the way to the value. Beside the codes of types there are ``missing``, ``unknown``, ``not-a-mapping`` and ``not-a-list``."""

    way: Way
    code: str
    context: dict[str, Any]


class InvalidError(ValueError):
    """Values that are no such model, with every fault in the order of the fields."""

    def __init__(self, model: type[Model], faults: list[PlacedFault]) -> None:
        super().__init__(f"{model.__name__}: " + ", ".join(f"{'.'.join(map(str, fault.way))} {fault.code}" for fault in faults))
        self.faults = faults


class Scalar:
    """A type of single values, in the second place of ``Annotated``: the function that reads one, and its JSON Schema."""

    __slots__ = ("parse", "schema")

    def __init__(self, parse: Callable[[object], Any], schema: Mapping[str, Any]) -> None:
        self.parse, self.schema = parse, schema


class Shape(NamedTuple):
    """What a field holds: one value or a list, None or not, and of which: a mapping of ``inner``, or what ``scalar`` reads."""

    is_list: bool
    is_optional: bool
    inner: type[Model] | None
    scalar: Scalar | None


class ModelField:
    """A declared field: its default, `REQUIRED` if it has none, and what people are told of it.

    ``title`` is its Chinese key, ``doc`` one Chinese line for the editors' guide, ``also`` further accepted keys, ``example`` a value as
    an editor would write it; what is ``internal`` never reaches anything public.
    """

    __slots__ = ("_owner", "_shape", "also", "default", "doc", "example", "internal", "name", "scalar", "title")

    def __init__(
        self,
        default: Any,
        *,
        title: str = "",
        doc: str = "",
        also: tuple[str, ...] = (),
        example: str = "",
        internal: bool = False,
        scalar: Scalar | None = None,
    ) -> None:
        self.default, self.title, self.doc, self.also, self.example, self.internal, self.scalar = default, title, doc, also, example, internal, scalar
        self.name = ""
        self._owner: ModelType | None = None
        self._shape: Shape | None = None

    def belong(self, owner: ModelType, name: str) -> None:
        """Learn whose field this is: its type is the annotation there, which is read when it is first asked for."""
        self._owner, self.name = owner, name

    @property
    def is_required(self) -> bool:
        """Whether it must be written."""
        return self.default is REQUIRED

    @property
    def shape(self) -> Shape:
        """What it holds."""
        if self._shape is None:
            assert self._owner is not None
            _learn_shapes(self._owner)
        assert self._shape is not None
        return self._shape

    @shape.setter
    def shape(self, shape: Shape) -> None:
        self._shape = shape


def _learn_shapes(owner: ModelType) -> None:
    """Read the annotations of a class's own fields, all at once."""
    for name, annotation in get_annotations(owner, eval_str=True).items():
        field = owner.own_fields.get(name)
        if field:
            field.shape = _shape_of(annotation, field.scalar)


def _shape_of(annotation: Any, scalar: Scalar | None) -> Shape:
    is_optional = get_origin(annotation) in (Union, UnionType) and NoneType in get_args(annotation)
    if is_optional:
        (annotation,) = (option for option in get_args(annotation) if option is not NoneType)
    is_list = get_origin(annotation) is tuple
    if is_list:
        annotation = get_args(annotation)[0]
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return Shape(is_list, is_optional, annotation, None)
    return Shape(is_list, is_optional, None, scalar or _scalar_of(annotation))


def _scalar_of(annotation: Any) -> Scalar:
    """The function of a type: in its second place, or its own."""
    for part in getattr(annotation, "__metadata__", ()):
        if isinstance(part, Scalar):
            return part
    own: Scalar = annotation.as_scalar()
    return own


class ModelType(type):
    """The type of models: it collects what a class body declares."""

    #: Every field by its name, those of the bases first.
    model_fields: dict[str, ModelField]
    #: Those that the class itself declares.
    own_fields: dict[str, ModelField]

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> None:
        super().__init__(name, bases, body)
        cls.own_fields = {}
        for field_name in get_annotations(cls):
            declared = body.get(field_name, REQUIRED)
            field = declared if isinstance(declared, ModelField) else ModelField(declared)
            field.belong(cls, field_name)
            cls.own_fields[field_name] = field
            if field_name in body:
                delattr(cls, field_name)
        cls.model_fields = {**getattr(cls, "model_fields", {}), **cls.own_fields}
        cls._defaults = {name: field.default for name, field in cls.model_fields.items()}
        cls._required = frozenset(name for name, field in cls.model_fields.items() if field.is_required)
        cls._shapes: dict[str, Shape] | None = None

    def shapes(cls) -> dict[str, Shape]:
        """What each field holds."""
        if cls._shapes is None:
            cls._shapes = {name: field.shape for name, field in cls.model_fields.items()}
        return cls._shapes


class Model(metaclass=ModelType):
    """A mapping with declared fields: frozen, and closed to unknown keys."""

    def __init__(self, **values: Any) -> None:
        """Read values by the names of their fields; raises `InvalidError` with every fault."""
        faults: list[PlacedFault] = []
        state = self._read(values, (), faults)
        if faults:
            raise InvalidError(type(self), faults)
        object.__setattr__(self, "__dict__", state)

    @classmethod
    def model_validate(cls, values: Mapping[str, Any]) -> Self:
        """Read values by the names of their fields; raises `InvalidError` with every fault."""
        return cls(**values)

    @classmethod
    def model_construct(cls, **values: Any) -> Self:
        """Make one of values that are read already; what is not given has its default."""
        return cls._made_of({name: value for name, value in cls._defaults.items() if value is not REQUIRED or name in values} | values)

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """The same with some other values, which are read already."""
        return self._made_of({**self.__dict__, **update})

    @classmethod
    def _made_of(cls, state: dict[str, Any]) -> Self:
        made = cls.__new__(cls)
        object.__setattr__(made, "__dict__", state)
        return made

    @classmethod
    def _read(cls, values: Mapping[str, Any], way: Way, faults: list[PlacedFault]) -> dict[str, Any]:
        """The values of all fields, in their order; what is wrong is added to the faults."""
        shapes, state, before = cls.shapes(), cls._defaults.copy(), len(faults)
        for name, value in values.items():
            shape = shapes.get(name)
            if shape is None:
                faults.append(PlacedFault((*way, name), "unknown", {}))
            elif value is None and shape.is_optional:
                state[name] = None
            elif not shape.is_list:
                state[name] = _read_one(shape, value, (*way, name), faults)
            elif isinstance(value, list | tuple):
                state[name] = tuple([_read_one(shape, item, (*way, name, number), faults) for number, item in enumerate(value)])
            else:
                faults.append(PlacedFault((*way, name), "not-a-list", {}))
        if not cls._required <= values.keys():
            faults += [PlacedFault((*way, name), "missing", {}) for name in cls.model_fields if name in cls._required and name not in values]
        if len(faults) - before > 1:
            order = {name: number for number, name in enumerate(dict.fromkeys((*cls.model_fields, *values)))}
            faults[before:] = sorted(faults[before:], key=lambda fault: order[str(fault.way[len(way)])])
        return state

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name}")

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


def _read_one(shape: Shape, value: Any, way: Way, faults: list[PlacedFault]) -> Any:
    """One value of a field, or one item of its list; None where it cannot be read."""
    inner = shape.inner
    if inner is None:
        assert shape.scalar is not None
        try:
            return shape.scalar.parse(value)
        except FieldError as fault:
            faults.append(PlacedFault(way, fault.code, fault.context))
            return None
    if isinstance(value, inner):
        return value
    if not isinstance(value, Mapping):
        faults.append(PlacedFault(way, "not-a-mapping", {}))
        return None
    return inner._made_of(inner._read(value, way, faults))  # noqa: SLF001  # a model of ours
