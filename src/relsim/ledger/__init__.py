"""The record of forecasts: one forecast a line of a CSV file that people read and keep under version control.

Floor 5; imports ``score``, ``result``. ``lines`` are the file's, ``entries`` what is written into it, ``standing`` says
what is open and due and how good the rest was.
"""

from relsim.ledger.entries import lines_of, resolve
from relsim.ledger.lines import LedgerLine, append, read
from relsim.ledger.standing import Standing, scores_of, standing

__all__ = ["LedgerLine", "Standing", "append", "lines_of", "read", "resolve", "scores_of", "standing"]
