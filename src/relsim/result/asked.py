"""What an import of other people's questions reports, and its JSON. Floor 2; standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relsim.result.json_text import json_lines


@dataclass(frozen=True)
class QuestionsReport:
    """Every question of a file, accounted for: read = kept + the dropped.

    Attributes
    ----------
    form : ``forecastbench``, ``gjp``, ``metaculus`` or ``csv``
    read : questions in the file
    kept : names under which they stand in the document written
    dropped : the others by reason, each as the file calls it
    with_crowd, with_answer : how many of those kept have what others thought, and an answer
    """

    form: str
    read: int
    kept: tuple[str, ...]
    dropped: Mapping[str, tuple[str, ...]]
    with_crowd: int
    with_answer: int

    def to_json(self) -> str:
        """The same report gives the same bytes."""
        return json_lines(self)
