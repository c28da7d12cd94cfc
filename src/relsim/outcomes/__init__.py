"""Outcomes and quantities: predicates over recorded paths.

Floor 3; imports ``scenario``, ``model.axes``, ``kernels``. ``compile_outcomes`` resolves names and dates to
array positions once; ``evaluate`` runs the program on one simulated block, and alone needs compiled kernels.
"""

from relsim.outcomes.bounds import out_of_reach
from relsim.outcomes.build import compile_outcomes
from relsim.outcomes.evaluate import Evaluated, evaluate
from relsim.outcomes.program import NEVER, Program
from relsim.outcomes.resolution_day import last_days, told_by

__all__ = ["NEVER", "Evaluated", "Program", "compile_outcomes", "evaluate", "last_days", "out_of_reach", "told_by"]
