"""What tuning reports, and its JSON. Floor 2; standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relsim.result.json_text import json_lines


@dataclass(frozen=True)
class Share:
    """A probability with its 95 % Monte Carlo interval."""

    value: float
    standard_error: float
    low: float
    high: float


@dataclass(frozen=True)
class TargetResult:
    """One target before and after.

    Attributes
    ----------
    target : as stated, such as ``osaka=0.6±0.05``
    met : within what is stated, or within three standard errors of it
    reason : why it is not met; empty where it is
    cost_alone_sd : how many standard deviations the weights would have to move for this target alone, by the slopes
        at the start; None where none bears on it
    """

    target: str
    title: str
    before: Share
    after: Share
    met: bool
    reason: str
    cost_alone_sd: float | None


@dataclass(frozen=True)
class Move:
    """One number moved.

    Attributes
    ----------
    shift_sd : in its own standard deviations
    old, new : median and 90 % range, as a reader would say them
    """

    path: str
    shift_sd: float
    old: str
    new: str


@dataclass(frozen=True)
class Tuning:
    """The least change of weights that meets the targets.

    Attributes
    ----------
    distance : of all moves together, in standard deviations
    movable : how many numbers might have been moved
    standard : doubt of targets stated without one, in log-odds
    """

    relsim: str
    scenario: str
    variant: str | None
    paths: int
    seed: int
    standard: float
    targets: Mapping[str, TargetResult]
    moves: tuple[Move, ...]
    distance: float
    movable: int
    warnings: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Whether all targets are met."""
        return all(t.met for t in self.targets.values())

    def to_json(self) -> str:
        """One line for each field; the same tuning gives the same bytes."""
        return json_lines(self)
