"""What would move a forecast: everything that can be seen in the next days, and what it says of each outcome. Floor 5.

``watchlist`` is the door; it counts on the run's own paths. Rooms: ``sights`` (what can be seen), ``counting`` (one
pass over the run), ``worth`` (movement and value of an observation), ``dates`` (the calendar, day by day), ``made``
(what changes when something is made to happen).
"""

from __future__ import annotations

from collections.abc import Callable

from relsim.engine import Job, in_threads, parameters_of
from relsim.engine.blocks import uncertain_names
from relsim.engine.parts import RunBlocks
from relsim.kernels.compiled import LANES
from relsim.model import Model
from relsim.outcomes import compile_outcomes
from relsim.result.watchlist import Watchlist
from relsim.watch.counting import count
from relsim.watch.listing import WatchListing
from relsim.watch.made import chosen_blocks, flips, makeable
from relsim.watch.sights import Sights

__all__ = ["WITHIN", "made_paths", "watchlist"]

WITHIN = (7, 30, 60)
"""Days within which things are looked for."""


def watchlist(
    model: Model,
    *,
    median_weights: bool = False,
    within: int | None = None,
    on_paths: int | None = None,
    run_blocks: RunBlocks | None = None,
    progress: Callable[[float], None] | None = None,
) -> Watchlist:
    """What would move the forecast that a run of the model's own size, seed and draws gives.

    Parameters
    ----------
    median_weights : bool
        Whether all paths run under the medians of the weights.
    within : int, optional
        Days to look ahead beside 7, 30 and 60.
    on_paths : int, optional
        Paths on which each thing is made to happen; ``made_paths`` says how many they are without it.
    run_blocks : RunBlocks, optional
        What runs the blocks; threads on all cores unless given.
    progress : callable, optional
        Told the share of the work that is done.

    Returns
    -------
    Watchlist
        Probabilities between 0 and 1; movements in the same unit, falls in its square.

    Raises
    ------
    DocumentError
        If more than 1 % of the draws of the weights are no valid model.
    """
    s = model.scenario
    run_blocks = run_blocks or in_threads()
    tell = progress or (lambda share: None)
    parameters = parameters_of(model, paths=s.paths, seed=s.seed, draws=s.draws, median_weights=median_weights)
    program = compile_outcomes(s, model.axes)
    job = Job.of(model, parameters, s.seed)
    sights = Sights.of(model, program, (*WITHIN, *([within] if within else [])))
    things = makeable(model, sights)
    distinct = list(dict.fromkeys(things.values()))
    blocks = chosen_blocks(s.paths, len(distinct), on_paths)
    part = s.paths / (s.paths + LANES * len(blocks) * (1 + len(distinct)))
    counted = count(
        job, program, sights, paths=s.paths, run_blocks=run_blocks, progress=lambda n: tell(part * n / s.paths)
    )
    flipped = flips(
        job,
        program,
        distinct,
        blocks,
        paths=s.paths,
        run_blocks=run_blocks,
        progress=lambda n: tell(part + (1 - part) * n / len(blocks)),
    )
    made = {key: distinct.index(thing) for key, thing in things.items()}
    uncertain = bool(uncertain_names(model, median_weights))
    return WatchListing(model, program, sights, counted, made, flipped, uncertain).whole()


def made_paths(model: Model, *, within: int | None = None, on_paths: int | None = None) -> int:
    """On how many of the run's paths ``watchlist`` makes each thing happen."""
    sights = Sights.of(model, compile_outcomes(model.scenario, model.axes), (*WITHIN, *([within] if within else [])))
    blocks = chosen_blocks(model.scenario.paths, len(set(makeable(model, sights).values())), on_paths)
    last = -(-model.scenario.paths // LANES) - 1
    return LANES * len(blocks) - (LANES * (last + 1) - model.scenario.paths) * (last in blocks)
