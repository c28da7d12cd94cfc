"""The document and nothing else: what may stand in it, of what kind. Floor 2; only here pydantic is known."""

from relsim.spec.document import Chronicle, Document
from relsim.spec.quantities import numbers_of
from relsim.spec.shape import Shape, shape_of
from relsim.spec.validation import check, json_schema

__all__ = ["Chronicle", "Document", "Shape", "check", "json_schema", "numbers_of", "shape_of"]
