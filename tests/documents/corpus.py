"""The corpus of faulty documents: one valid document, and a table of edits each of which makes it faulty.

``faults/base.yaml`` is the document. ``faults/faults.yaml`` has for each case ``edits`` (text of the document and what
stands in its place), ``says`` (the whole message), where it needs them ``options`` that it is loaded with, and where
the document without the fault is another than the base, ``mended`` and ``mended_options``. After a change of words,
``python tests/documents/corpus.py`` writes the messages anew; read the difference before you keep it.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ruamel.yaml import YAML

from relsim.compose import LoadedScenario, load
from relsim.errors import DocumentError, InputError

FAULTS = Path(__file__).parent / "faults"
TABLE = FAULTS / "faults.yaml"
BASE = (FAULTS / "base.yaml").read_text(encoding="utf-8")

Edits = Sequence[Mapping[str, str]]
"""Each ``from``, text of the base that stands there once, ``to``, what stands in its place."""


@dataclass(frozen=True)
class Case:
    """One fault.

    Attributes
    ----------
    says : the whole message
    edits : of the base, that make it faulty; none where the options do
    options : of ``load``
    mended : edits of the base that give the document without the fault
    """

    name: str
    says: str
    edits: Edits = ()
    options: Mapping[str, str] = field(default_factory=dict)
    mended: Edits = ()
    mended_options: Mapping[str, str] = field(default_factory=dict)

    @property
    def document(self) -> str:
        """The document with the fault."""
        return edited(self.edits)

    @property
    def sound(self) -> str:
        """The document without the fault."""
        return edited(self.mended)


def edited(edits: Edits) -> str:
    """The base with some of its text replaced."""
    text = BASE
    for edit in edits:
        assert BASE.count(edit["from"]) == 1, edit
        text = text.replace(edit["from"], edit["to"], 1)
    return text


def cases() -> list[Case]:
    """All cases of the table."""
    table = YAML(typ="safe").load(TABLE.read_text(encoding="utf-8"))
    return [Case(name, **row) for name, row in table.items()]


def checked(path: str, options: Mapping[str, str]) -> LoadedScenario:
    """Load a document and build its model."""
    from relsim.model import build

    several = {key: (options[key],) for key in ("weights", "set") if key in options}
    loaded = load(
        path,
        whole=True,
        variant=options.get("variant"),
        weights=several.get("weights", ()),
        settings=several.get("set", ()),
    )
    assert loaded.scenario is not None
    try:
        build(loaded.scenario)
    except DocumentError as error:
        raise InputError(loaded.locate(error.problems)) from None
    return loaded


def message(case: Case) -> str:
    """What loading a faulty document says; written into the working folder, so that files are named relative to it."""
    Path(f"{case.name}.yaml").write_bytes(case.document.encode())
    try:
        checked(f"{case.name}.yaml", case.options)
    except InputError as error:
        return f"{error}\n"
    return "nothing wrong\n"


def quoted(text: str) -> str:
    """As YAML, on one line."""
    return json.dumps(text, ensure_ascii=False)


def written(table: Iterable[Case]) -> str:
    """The table as text."""
    lines = ["# Renewed by `python tests/documents/corpus.py`, which explains it."]
    for case in table:
        lines.append(f"{case.name}:")
        for key in ("edits", "mended"):
            if edits := getattr(case, key):
                lines.append(f"  {key}:")
                for edit in edits:
                    lines += [f"    - from: {quoted(edit['from'])}", f"      to: {quoted(edit['to'])}"]
        for key in ("options", "mended_options"):
            if options := getattr(case, key):
                rows = [f"{name}: {quoted(value)}" for name, value in options.items()]
                lines.append(f"  {key}: {{{', '.join(rows)}}}")
        lines.append("  says: |")
        lines += [f"    {line}" if line else "" for line in case.says.splitlines()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    table = cases()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(shutil.copytree(FAULTS / "with", Path(folder) / "with").parent)
        table = [replace(case, says=message(case)) for case in table]
    TABLE.write_text(written(table), encoding="utf-8")
    sys.stdout.write(f"{len(table)} messages written\n")
