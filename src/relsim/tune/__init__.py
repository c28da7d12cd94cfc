"""The least change of weights that meets stated probabilities. Floor 5.

``tune`` is the door. Rooms: ``targets`` (what is stated), ``target_model`` (the model, cut to the days the targets
need, and its paths at moved weights), ``slopes`` (which weights bear on a target, and how much), ``solve`` (the
least change), ``search`` (from step to step), ``conflicts`` (what cannot be met, and why), ``report`` (the results).
"""

from relsim.tune.report import Tuned, tune
from relsim.tune.targets import Target, read_targets

__all__ = ["Target", "Tuned", "read_targets", "tune"]
