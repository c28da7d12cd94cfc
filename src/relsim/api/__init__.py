"""The Python door: the use cases of relsim, nothing printed, nothing written unasked. Floor 7.

``relsim`` exposes these names, each when it is first used; the command line is built on them. A use case is a function,
its docstring with an example that is run, its name in ``relsim.__all__``, and its place here, for ``relsim`` and for
type checkers.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relsim.api.answers import Answer as Answer
    from relsim.api.backtesting import backtest as backtest
    from relsim.api.comparison import Comparison as Comparison
    from relsim.api.comparison import compare as compare
    from relsim.api.event_table import EventTable as EventTable
    from relsim.api.events_import import import_events as import_events
    from relsim.api.fitted import fit as fit
    from relsim.api.forecast import Forecast as Forecast
    from relsim.api.opening import open as open
    from relsim.api.pair_rates import rates as rates
    from relsim.api.reasons import drivers as drivers
    from relsim.api.reasons import stories as stories
    from relsim.api.scenario import Scenario as Scenario
    from relsim.api.scenario import load as load
    from relsim.api.scores import Ledger as Ledger
    from relsim.api.scores import score as score
    from relsim.api.tracking import track as track
    from relsim.api.tuned import tune as tune
    from relsim.api.watching import watch as watch
    from relsim.api.weights_file import WeightsFile as WeightsFile
    from relsim.errors import DocumentError as DocumentError
    from relsim.errors import InputError as InputError

HOMES = {
    "Answer": "relsim.api.answers",
    "Comparison": "relsim.api.comparison",
    "DocumentError": "relsim.errors",
    "EventTable": "relsim.api.event_table",
    "Forecast": "relsim.api.forecast",
    "InputError": "relsim.errors",
    "Ledger": "relsim.api.scores",
    "Scenario": "relsim.api.scenario",
    "WeightsFile": "relsim.api.weights_file",
    "backtest": "relsim.api.backtesting",
    "compare": "relsim.api.comparison",
    "drivers": "relsim.api.reasons",
    "fit": "relsim.api.fitted",
    "import_events": "relsim.api.events_import",
    "load": "relsim.api.scenario",
    "open": "relsim.api.opening",
    "rates": "relsim.api.pair_rates",
    "score": "relsim.api.scores",
    "stories": "relsim.api.reasons",
    "track": "relsim.api.tracking",
    "tune": "relsim.api.tuned",
    "watch": "relsim.api.watching",
}
"""Public name → the module that it stands in."""
