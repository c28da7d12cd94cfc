"""The corpus of faulty documents: how its files are read.

Each ``invalid/NAME.yaml`` holds one fault, and ends in comments: ``# fixed 7: TEXT`` gives line 7 without it,
``# options: set=PATH=VALUE`` the options it is loaded with, ``# fixed options: …`` those without the fault.
``invalid/NAME.txt`` holds the whole message. After a change of words, ``python tests/documents/corpus.py``
writes the messages anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from relsim.compose import LoadedScenario, load
from relsim.errors import DocumentError, InputError

HERE = Path(__file__).parent
INVALID = HERE / "invalid"
NAMES = sorted(path.stem for path in INVALID.glob("*.yaml"))


def options(text: str, fixed: bool = False) -> dict[str, object]:
    """Options of ``load`` that a document's comment states."""
    match = re.search(rf"^# {'fixed ' if fixed else ''}options: (\w+)=(.*)$", text, re.MULTILINE)
    if not match:
        return {}
    key, value = match.groups()
    return {"variant": value} if key == "variant" else {{"set": "settings"}.get(key, key): (value,)}


def fixed(text: str) -> str:
    """The document without its fault."""
    lines = text.splitlines()
    for number, line in re.findall(r"^# fixed (\d+): ?(.*)$", text, re.MULTILINE):
        lines[int(number) - 1] = line.replace("\\n", "\n")
    return "\n".join(lines) + "\n"


def checked(path: str, **given: object) -> LoadedScenario:
    """Load a document and build its model."""
    from relsim.model import build

    loaded = load(path, whole=True, **given)  # type: ignore[arg-type]
    assert loaded.scenario is not None
    try:
        build(loaded.scenario)
    except DocumentError as error:
        raise InputError(loaded.locate(error.problems)) from None
    return loaded


def message(name: str) -> str:
    """What loading a faulty document says; run within its folder, so that files are named relative to it."""
    text = (INVALID / f"{name}.yaml").read_text(encoding="utf-8")
    try:
        checked(f"{name}.yaml", **options(text))
    except InputError as error:
        return f"{error}\n"
    return "nothing wrong\n"


if __name__ == "__main__":
    os.chdir(INVALID)
    for each in NAMES:
        (INVALID / f"{each}.txt").write_text(message(each), encoding="utf-8")
    sys.stdout.write(f"{len(NAMES)} messages written\n")
