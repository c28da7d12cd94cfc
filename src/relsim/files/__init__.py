"""Every file that the program writes: whole or not at all, whatever ends it. Floor 1; standard library only.

``Writing`` is one change of one or several files and folders; ``write`` is that of a single file. ``locked`` keeps
other processes from a file while it is read and written, ``shared`` works in a folder beside them; ``clear`` settles
what a killed process left, and ``hearing`` ends a command told to end by TERM as Ctrl-C does.
"""

from relsim.files.ending import hearing, settling, told
from relsim.files.leftovers import clear
from relsim.files.locks import locked, shared
from relsim.files.places import unwritable
from relsim.files.writing import Writing, abandon, scratch, write

__all__ = [
    "Writing", "abandon", "clear", "hearing", "locked", "scratch", "settling", "shared", "told", "unwritable", "write",
]  # fmt: skip
