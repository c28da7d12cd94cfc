"""Plain data → document, with every fault found in it, in the project's own words. Floor 2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from relsim.errors import Problem, nearest, seen, suggestion
from relsim.spec.document import Document
from relsim.spec.outcomes import ACTS, MEASURES, PREDICATES
from relsim.spec.shape import Shape, shape_of

M = TypeVar("M", bound=BaseModel)

_EXPECTED = {
    "string_type": "text was expected (in quotes if it looks like a number)",
    "bool_type": "true or false was expected",
    "list_type": "a list was expected",
    "dict_type": "a mapping was expected, NAME: …",
    "model_type": "a mapping was expected",
    "model_attributes_type": "a mapping was expected",
}
_QUESTION_KEYS = (
    *(
        "each",
        "title",
        "criteria",
        "source",
        "void_if",
        "opened",
        "crowd",
        "base_rate",
        "from",
        "by",
        "to",
        "on",
        "above",
        "below",
        "for",
        "is",
    ),
    *("at_least", "at_most", "within", "mean_over", "highest_over", "lowest_over"),
)


_FORMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "outcomes": (PREDICATES, _QUESTION_KEYS),
    "quantities": (MEASURES, _QUESTION_KEYS),
    "interventions": (ACTS, ("event", "shift", "set", "from", "to")),
}
"""Sections whose items are told apart by the key that names their form: the forms, and the other keys."""


def check(model: type[M], data: object) -> tuple[M | None, list[Problem]]:
    """Validate plain data.

    Returns
    -------
    The document, or None where something is at fault; and the problems, by their path in ``data``.
    """
    if data is None:
        data = {}
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [_fault(model, data, e) for e in error.errors(include_url=False)]


def json_schema() -> dict[str, Any]:
    """JSON Schema of the document, for editors; ``null`` removes what a layer below states."""
    schema = Document.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "relsim document"
    return schema


def _fault(model: type[BaseModel], data: object, error: Any) -> Problem:
    key = False
    steps: list[str] = []
    for step in error["loc"]:
        if step == "[key]":
            key = True
        elif not (isinstance(step, str) and step.startswith("<") and step.endswith(">")):
            steps.append(str(step))
    kind = error["type"]
    context = error.get("ctx", {})
    if kind == "fault":
        steps += [str(k) for k in context["at"]]
        return Problem("/".join(steps), context["message"], key or context["key"], hint=context["hint"])
    if kind == "missing":
        return Problem("/".join(steps[:-1]), f"'{steps[-1]}' is missing")
    if kind == "extra_forbidden":
        return _unknown(model, data, error["loc"], steps)
    found = seen(error["input"])
    if kind == "expected":
        return Problem("/".join(steps), f"found {found}; {error['msg']} was expected")
    if kind == "too_short":
        return Problem("/".join(steps), "found an empty list; at least one item was expected")
    expected = _EXPECTED.get(kind, error["msg"][:1].lower() + error["msg"][1:])
    return Problem("/".join(steps), f"found {found}; {expected}", key)


def _unknown(model: type[BaseModel], data: object, loc: tuple[Any, ...], steps: list[str]) -> Problem:
    key = steps[-1]
    siblings = _at(data, steps[:-1])
    known = _known(model, loc)
    section = next((s for s in steps[:3:2] if s in _FORMS), None)
    if section is not None:
        forms, keys = _FORMS[section]
        form = next((f for f in forms if isinstance(siblings, Mapping) and f in siblings), None)
        if form is None:
            known = (*forms, *keys)
        elif key in (*keys, *forms):
            return Problem("/".join(steps), f"'{key}' does not go with '{form}'", True)
        else:
            known = known or keys
    near = nearest(key, known)
    hint = suggestion(key, known, most=len(known) if len(known) <= 16 else 0)
    if len(known) > 16:
        hint = f"did you mean '{near}'?" if near else ""
    return Problem("/".join(steps), f"unknown key '{key}'", True, hint=hint)


def _at(data: object, steps: list[str]) -> object:
    for step in steps:
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list):
            data = data[int(step)]
    return data


def _known(model: type[BaseModel], loc: tuple[Any, ...]) -> tuple[str, ...]:
    """Keys known where the last step of a place stands."""
    annotation: object = model
    for step in loc[:-1]:
        annotation = _descend(annotation, step)
    shape = shape_of(annotation)
    return shape.keys if isinstance(shape, Shape) else ()


def _descend(annotation: object, step: object) -> object:
    """Annotation of what stands under a step of a place: a key, an index or a tag of a choice."""
    import types
    import typing

    origin = typing.get_origin(annotation)
    args = typing.get_args(annotation)
    if origin is typing.Annotated:
        return _descend(args[0], step)
    if origin in (typing.Union, types.UnionType):
        if isinstance(step, str) and step.startswith("<"):
            for member in args:
                if any(getattr(m, "tag", None) == step for m in getattr(member, "__metadata__", ())):
                    return member
        found = [m for m in args if m is not type(None)]
        return _descend(found[0], step) if len(found) == 1 else None
    if origin is list:
        return args[0] if isinstance(step, int) else None
    if origin is dict:
        return args[1]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if (field.alias or name) == step:
                return field.annotation
    return None
