"""Outcomes and quantities: predicates over recorded paths.

Floor 3; imports ``scenario``, ``model.axes``, ``kernels``. ``compile_outcomes`` resolves names and dates to
array positions once (without compiling anything); ``evaluate`` runs the program on one simulated block.
"""

from relsim.outcomes.build import compile_outcomes
from relsim.outcomes.evaluate import Evaluated, evaluate, out_of_reach
from relsim.outcomes.program import NEVER, Program

__all__ = ["NEVER", "Evaluated", "Program", "compile_outcomes", "evaluate", "out_of_reach"]
