"""Numbers with units and doubt. Floor 1.

``parse`` reads a number as the file writes it, ``written`` writes it again, ``moved`` shifts it by some of its own
standard deviations; a ``Quantity`` is what it means: one value, or a family of values with its inverse distribution
function. Rates are per day, durations in days.
"""

from relsim.quantity.describe import Described, described, sign_undetermined
from relsim.quantity.family import Kind, Quantity
from relsim.quantity.limits import MOST_POINTS, QuantityError
from relsim.quantity.move import moved
from relsim.quantity.parse import exactly, parse
from relsim.quantity.write import written

__all__ = [
    "MOST_POINTS",
    "Described",
    "Kind",
    "Quantity",
    "QuantityError",
    "described",
    "exactly",
    "moved",
    "parse",
    "sign_undetermined",
    "written",
]
