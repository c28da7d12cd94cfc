"""A run's questions with its probabilities, for platforms that take files. Floor 5; imports ``score``."""

from __future__ import annotations

from typing import Any

from relsim.ledger.lines import cell_text, csv_row
from relsim.result import Forecast
from relsim.result.json_text import dump, plain
from relsim.scenario import Scenario
from relsim.score import due_days

COLUMNS = (
    *("run", "outcome", "title", "source", "known_to", "due", "probability"),
    *("low", "high", "weights_low", "weights_high", "crowd", "base_rate"),
)


def exported(run: str, forecast: Forecast, scenario: Scenario, form: str) -> str:
    """The questions of a run as CSV or JSON; those of a built-in model are left out.

    Cells of CSV that a spreadsheet would run are text.

    Parameters
    ----------
    run : name of the run's folder
    form : ``csv`` or ``json``
    """
    due = due_days(scenario)
    rows: list[dict[str, Any]] = []
    for name, outcome in forecast.outcomes.items():
        if outcome.built_in:
            continue
        asked = scenario.outcomes[name]
        rows.append(
            {
                "run": run,
                "outcome": name,
                "title": outcome.title,
                "source": asked.source or "",
                "known_to": scenario.known_to,
                "due": due[name],
                "probability": outcome.probability,
                "low": outcome.low,
                "high": outcome.high,
                "weights_low": outcome.weights_low,
                "weights_high": outcome.weights_high,
                "crowd": asked.crowd,
                "base_rate": None if asked.base_rate is None else asked.base_rate.value,
            }
        )
    if form == "json":
        body = ",\n".join(dump(plain(row)) for row in rows)
        return f"[\n{body}\n]\n"
    return csv_row(COLUMNS) + "".join(csv_row([cell_text(row[column]) for column in COLUMNS]) for row in rows)
