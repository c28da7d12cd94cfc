"""What moves each outcome of a run: weights and events, and the JSON of it. Floor 2; standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relsim.result.json_text import json_lines
from relsim.result.typed import read_json

RISING, FALLING, TURNING = "rising", "falling", "turning"
"""How a target goes with a weight: up, down, or up and down again (lowest or highest inside the range)."""


@dataclass(frozen=True)
class WeightDoubt:
    """An uncertain weight as it was drawn; its path in the file is its key.

    Attributes
    ----------
    label : what it is, in words
    as_written : as the file has it
    low, median, high : 5 %, 50 % and 95 % of the draws, in base units (rates per day, durations in days)
    """

    label: str
    as_written: str
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class End:
    """A target where a weight is low, or high: over the lowest or highest fifth of the draws.

    Attributes
    ----------
    weight, text : median of the weight there, in base units and in words
    value, low, high : the target's mean over these draws with its 95 % interval
    """

    weight: float
    text: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Sensitivity:
    """How much a target hangs on one weight.

    Attributes
    ----------
    weight : its path in the file
    significant : whether it is distinguishable from chance; where it is not, its numbers are not to be read as findings
    p_value : probability that a weight without any bearing shows a first-order index as great
    first_order, first_low, first_high : share of the variance between draws that knowing this weight alone
        would remove, with its 95 % interval; None where the draws do not differ
    draws_needed : draws that would make an index of this size significant; None where it is, or is not above 0
    delta, delta_low, delta_high : moment-independent measure (Borgonovo's delta) with its 95 % interval; None
        where not computed
    delta_by_chance : delta that one weight in twenty without any bearing would show with as many draws
    shape : ``rising``, ``falling`` or ``turning``
    at_low, at_high : the target at either end
    fifths : mean of the target over each fifth of the draws, the weight's lowest first
    """

    weight: str
    significant: bool
    p_value: float | None
    first_order: float | None
    first_low: float | None
    first_high: float | None
    draws_needed: int | None
    delta: float | None
    delta_low: float | None
    delta_high: float | None
    delta_by_chance: float | None
    shape: str
    at_low: End
    at_high: End
    fifths: tuple[float, ...]


@dataclass(frozen=True)
class Flip:
    """The smallest single change of a weight that takes an outcome across the threshold.

    Attributes
    ----------
    weight : its path in the file; None where no single weight does it inside the drawn range
    deviations, deviations_low, deviations_high : change from the median in the weight's own standard
        deviations (of its normal score), with its 95 % interval; an end is None where it leaves the drawn range
    to, text : value at the crossing, in base units and in words
    furthest : weight that comes nearest where none crosses, None where none is significant
    reached : the probability there: the threshold where one crosses, else the nearest that ``furthest`` gets
    checked, checked_low, checked_high : probability simulated anew with the weight set so on the run's own
        paths, with its 95 % interval; None unless asked for
    sentence : all this in words
    """

    threshold: float
    weight: str | None
    deviations: float | None
    deviations_low: float | None
    deviations_high: float | None
    to: float | None
    text: str
    furthest: str | None
    reached: float | None
    checked: float | None
    checked_low: float | None
    checked_high: float | None
    sentence: str


@dataclass(frozen=True)
class Driven:
    """One target, an outcome or a quantity, and what moves it.

    Attributes
    ----------
    value : its probability or mean
    spread : standard deviation of its conditional probability or mean across draws, sampling noise taken off;
        None where the draws do not differ more than sampling noise explains
    share : part of the paths' whole variance that the weights explain
    draws : draws on which it is defined
    significant : how many weights are significant
    sum_significant : sum of their first-order indices
    detection_limit : first-order index from which on a weight is significant with so many draws
    weights : every uncertain weight, the greatest first-order index first, the significant ones before the others
    flip : outcomes only
    sentences : the first three significant ones in words, or why there is none
    """

    title: str
    value: float | None
    spread: float | None
    share: float | None
    draws: int
    significant: int
    sum_significant: float | None
    detection_limit: float | None
    weights: tuple[Sensitivity, ...]
    flip: Flip | None
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class DesignIndex:
    """A weight's place in a designed study of one target.

    Attributes
    ----------
    first_order, total : Sobol indices with 95 % intervals; None under ``morris``
    effect, effect_low, effect_high : Morris' mean absolute elementary effect, from the weight's 5 % to its 95 %
        point, sampling noise taken off, with its 95 % interval; None under ``sobol``
    sigma : standard deviation of the elementary effects: beside ``effect`` it shows nonlinearity and interactions
    """

    weight: str
    first_order: float | None
    first_low: float | None
    first_high: float | None
    total: float | None
    total_low: float | None
    total_high: float | None
    effect: float | None
    effect_low: float | None
    effect_high: float | None
    sigma: float | None


@dataclass(frozen=True)
class Design:
    """A designed study: chosen weights varied together, all points on the same paths.

    Attributes
    ----------
    method : ``sobol`` or ``morris``
    points, paths : design points, and paths simulated at each
    left_out : base samples with a point that makes an unstable model
    weights : paths of the weights that were varied; all others stood at their medians
    outcomes, quantities : by name, the greatest total index (or effect) first
    """

    method: str
    samples: int
    points: int
    paths: int
    left_out: int
    weights: tuple[str, ...]
    outcomes: Mapping[str, tuple[DesignIndex, ...]]
    quantities: Mapping[str, tuple[DesignIndex, ...]]


@dataclass(frozen=True)
class Removal:
    """A target without one event: the change when it is taken out, over paired paths.

    Attributes
    ----------
    key : place of what was taken out: ``history/NAME/events/3``, ``calendar/NAME`` or ``events/NAME``
    kind : ``history``, ``calendar`` or ``event``
    change, low, high : without it less with it, and the 95 % interval
    clear : whether the interval leaves out zero
    """

    key: str
    kind: str
    label: str
    change: float | None
    low: float | None
    high: float | None
    clear: bool


@dataclass(frozen=True)
class Attribution:
    """What each event did: every target's change when it is taken out, the greatest first."""

    paths: int
    outcomes: Mapping[str, tuple[Removal, ...]]
    quantities: Mapping[str, tuple[Removal, ...]]
    sentences: Mapping[str, str]
    """By target: the first in words."""


@dataclass(frozen=True)
class Restriction:
    """A bound of a box of parameters; None on the side that has none.

    Attributes
    ----------
    parameter : its path in the file
    label, as_written : what it is in words, and the number as the file has it
    above, below : the bounds in base units (rates per day, durations in days)
    above_text, below_text : the same in the unit of the file; empty where there is none
    quasi_p_value : probability that as many draws, taken at random from the box without this restriction, have as
        extreme a mean
    support : share of the resamples in which the parameter is restricted on the same side again
    """

    parameter: str
    label: str
    as_written: str
    above: float | None
    below: float | None
    above_text: str
    below_text: str
    quasi_p_value: float
    support: float


@dataclass(frozen=True)
class DiscoveredBox:
    """A box of parameters in which the outcome is far more, or far less, likely than elsewhere.

    Attributes
    ----------
    direction : ``higher`` or ``lower``
    probability, low, high : the outcome's on the paths inside, with its 95 % interval, which does not know that the
        box was sought out
    elsewhere : the outcome's probability on all other paths
    held_out : its probability inside boxes found without the draws that it is counted on; None where there are none
    mass : share of the paths inside
    coverage : share of what the box is about (paths with the outcome, or without it) that lies inside
    density : share of the paths inside that are what the box is about
    explained : share of the variance between draws that inside or outside explains
    p_value : probability that so much is explained where no parameter has a bearing
    restrictions : the surest first
    sentence : all this in words
    """

    direction: str
    probability: float
    low: float | None
    high: float | None
    elsewhere: float
    held_out: float | None
    mass: float
    coverage: float
    density: float
    explained: float
    p_value: float
    restrictions: tuple[Restriction, ...]
    sentence: str


@dataclass(frozen=True)
class Discovery:
    """Where in the space of the parameters one outcome hangs together.

    Attributes
    ----------
    title, probability : of the outcome, over all paths
    draws, searched : draws of the parameters, and how many parameters were searched, of all those uncertain
    boxes : at most one of either direction; none where chance explains as much
    """

    title: str
    probability: float
    draws: int
    searched: int
    boxes: tuple[DiscoveredBox, ...]


@dataclass(frozen=True)
class Drivers:
    """All of ``drivers.json``."""

    relsim: str
    scenario: str
    variant: str | None
    paths: int
    draws: int
    seed: int
    threshold: float
    weights: Mapping[str, WeightDoubt]
    outcomes: Mapping[str, Driven]
    quantities: Mapping[str, Driven]
    design: Design | None
    events: Attribution | None
    warnings: tuple[str, ...]
    discovery: Mapping[str, Discovery] | None = None
    """By outcome that was asked for; None where none was."""

    def to_json(self) -> str:
        """The text of ``drivers.json``: the same run gives the same bytes."""
        return json_lines(self)

    @classmethod
    def from_json(cls, text: str) -> Drivers:
        """The drivers of a ``drivers.json``.

        Raises
        ------
        ValueError
            With the place of what it cannot be.
        """
        return read_json(cls, text)
