"""Numbers with units and doubt. Floor 1.

``parse`` reads a number as the file writes it, ``written`` writes it again; a ``Quantity`` is what it means: one
value, or a family of values with its inverse distribution function. Rates are per day, durations in days.
"""

from relsim.quantity.family import Kind, Quantity
from relsim.quantity.parse import QuantityError, exactly, parse
from relsim.quantity.write import written

__all__ = ["Kind", "Quantity", "QuantityError", "exactly", "parse", "written"]
