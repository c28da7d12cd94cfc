"""Other people's questions: imported as outcomes to complete, and a run's own exported. Floor 5; imports ``compose``.

``forms`` reads the public forms, ``importing`` makes a document of what they ask, ``exporting`` a table of a run.
"""

from relsim.questions.exporting import exported
from relsim.questions.importing import Imported, import_questions

__all__ = ["Imported", "exported", "import_questions"]
