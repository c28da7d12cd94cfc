"""Forecasts of relations between states.

The Python door: ``relsim.load("scenario.yaml").run().outcomes``. Each name is imported when it is first used, so that
``import relsim`` is light; what it does stands in ``relsim.api``.
"""

import importlib
import sys
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relsim.api import *

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Comparison",
    "DocumentError",
    "EventTable",
    "Forecast",
    "InputError",
    "Ledger",
    "Scenario",
    "WeightsFile",
    "backtest",
    "compare",
    "drivers",
    "fit",
    "import_events",
    "load",
    "open",
    "rates",
    "score",
    "stories",
    "track",
    "tune",
    "watch",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'relsim' has no attribute '{name}'")
    homes = importlib.import_module("relsim.api").HOMES
    value = getattr(importlib.import_module(homes[name]), name)
    if (room := sys.modules.get(f"relsim.{name}")) is not None:
        value.__dict__ = room.__dict__  # a function beside its room: relsim.compare(), and relsim.compare.news
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


class _Package(types.ModuleType):
    """Keeps ``relsim.compare`` the function that it is where the room of the same name is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in __all__ or not isinstance(value, types.ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
