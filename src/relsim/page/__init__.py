"""The page: what is shown of a run or a comparison, drawn in the browser from its JSON. Floor 6; plotly.js, lazily.

``facts`` and ``compared`` say what the results do not hold and a reader needs beside them (titles, what to compare
with, grades, dates, sources), ``document`` puts data, style and scripts into one file. What is drawn, and how, stands
in ``js/`` and ``page.css``; a number's wording is Python's.
"""

from relsim.page.compared import comparison_page
from relsim.page.document import need_plotly
from relsim.page.facts import Provenance, facts_of
from relsim.page.record import PastAccuracy, past_accuracy
from relsim.page.run import HEADLINES, run_page
from relsim.page.track import track_page

__all__ = [
    "HEADLINES",
    "PastAccuracy",
    "Provenance",
    "comparison_page",
    "facts_of",
    "need_plotly",
    "past_accuracy",
    "run_page",
    "track_page",
]
