"""What a run leaves behind: the forecast and the run's folder.

Floor 2. ``forecast`` holds the numbers and their JSON, ``rounding`` how a probability is said, ``paths``
the table of all paths, ``folder`` a run's folder written whole or not at all, ``hub`` the rows for
exchange.
"""

from relsim.result.forecast import QUANTILES, Forecast
from relsim.result.rounding import rounded, said

__all__ = ["QUANTILES", "Forecast", "rounded", "said"]
