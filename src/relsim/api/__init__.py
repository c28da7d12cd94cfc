"""The Python door: the use cases of relsim, nothing printed, nothing written unasked. Floor 7.

``relsim`` exposes these names; the command line is built on them. A use case is a function, its docstring with an
example that is run, a line here and its name in ``relsim.__all__``.
"""

from relsim.api.answers import Answer as Answer
from relsim.api.comparison import Comparison as Comparison
from relsim.api.comparison import compare as compare
from relsim.api.forecast import Forecast as Forecast
from relsim.api.opening import open as open
from relsim.api.reasons import drivers as drivers
from relsim.api.reasons import stories as stories
from relsim.api.scenario import Scenario as Scenario
from relsim.api.scenario import load as load
from relsim.api.watching import watch as watch
from relsim.errors import DocumentError as DocumentError
from relsim.errors import InputError as InputError
