"""All numbers of a document that may be in doubt, by their paths. Floor 2."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from relsim.quantity import Quantity
from relsim.spec.document import Document


def numbers_of(document: Document) -> Iterator[tuple[str, Quantity]]:
    """(path in the file, number) in the order of sections; keys joined by ``/``, list indices as numbers."""
    for section in type(document).model_fields:
        if section != "variants":
            yield from _under(getattr(document, section), (section,))


def _under(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, Quantity]]:
    if isinstance(value, Quantity):
        yield "/".join(path), value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _under(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _under(inner, (*path, str(key)))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _under(inner, (*path, str(i)))
