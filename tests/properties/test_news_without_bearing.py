"""The pieces of a record add up on random scenarios, and what is said to be out of their reach is."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import numpy as np
from oracle.scenes import document, scene
from random_scenarios import START, document_of

from relsim.compare.news import cut_after, plan_news, tell_news
from relsim.engine import simulate
from relsim.model import build
from relsim.outcomes import NEVER
from relsim.result.comparison import SAME

PATHS = 256


def questions(written: dict[str, object]) -> dict[str, object]:
    """Every event, entry and condition of a document, and its first variable."""
    names = [*written["events"], *written.get("calendar", {})]
    last = START + timedelta(days=40)
    asked: dict[str, object] = {f"o_{name}": {"happens": name} for name in names}
    asked |= {f"o_{name}": {"in_force": name, "on": last} for name in written.get("conditions", {})}
    return asked | {"level": {"value": next(iter(written["variables"])), "above": 0.0037, "on": last}}


def test_pieces_add_up_and_what_is_out_of_reach_stays() -> None:
    """``SAME`` reports zero without looking: were it wrong, its pieces would not add up path by path."""
    pieces = same = 0
    for number in range(60):
        written = document_of(Random(number))
        if "as_of" not in written["window"]:
            continue
        later = scene(document({**written, "outcomes": questions(written)}))
        earlier = build(cut_after(later, START + timedelta(days=number % 3 - 1)))
        plan = plan_news(earlier, build(later), ("one", "other"))
        models = [earlier, *map(build, plan.to_simulate), build(later)][: len(plan.cuts) + 1]
        runs = [simulate(model, paths=PATHS, seed=number, fans=False) for model in models]
        told = tell_news(plan, models, runs, list(later.outcomes))
        for i, piece in enumerate(told):
            for o, name in enumerate(later.outcomes):
                before, after = runs[i].days[:, o] != NEVER, runs[i + 1].days[:, o] != NEVER
                difference = piece.outcomes[name].difference
                assert np.isclose(difference.value, after.mean() - before.mean(), atol=1e-12), (
                    number,
                    piece.sentence,
                    name,
                )
                pieces += 1
                if difference.verdict == SAME:
                    same += 1
                    assert (before == after).all(), (number, piece.sentence, name)
    assert pieces > 300
    assert same > 30
