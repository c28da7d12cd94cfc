"""What became of other people's questions. Floor 6; imports ``result``."""

from __future__ import annotations

from relsim.result.asked import QuestionsReport
from relsim.show.values import Block, Column, Prose, counted, number, table, whole

_NAMED = 3
"""Questions that a reason names."""


def questions_blocks(report: QuestionsReport) -> list[Block]:
    """What ``relsim questions import`` prints."""
    left = report.read - len(report.kept)
    line = (
        f"{counted(report.read, 'question')} read: {len(report.kept):,} kept, {left:,} dropped. Of those kept "
        f"{report.with_crowd:,} have a crowd's probability, {report.with_answer:,} an answer."
    )
    rows = [(reason, whole(len(names)), _named(names)) for reason, names in report.dropped.items()]
    dropped = table("Dropped, because", [Column("Dropped"), number("questions"), Column("which")], rows)
    return [Prose(line), *([dropped] if rows else [])]


def _named(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
