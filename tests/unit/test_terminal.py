"""What a person at a terminal sees, and what a program reads from a pipe."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
import time
from contextlib import redirect_stderr
from pathlib import Path
from typing import TextIO, cast

import pytest
from click.testing import CliRunner

from relsim.cli import main, progress
from relsim.cli.progress import progress_bar, waiting

fcntl = pytest.importorskip("fcntl", reason="no such terminals here")
pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

RELSIM = (sys.executable, "-c", "from relsim.cli import main; main(prog_name='relsim')")
SCENARIO = """\
relsim: 1
title: "A title with \\e[31mcolour\\e[0m, [red]markup[/red] and 首脳会談"
window: {start: 2019-01-01, end: 2019-03-31}
variables: {tone: {baseline: -2, half_life: 2 to 5 weeks}}
events: {strike: {rate: 3 to 8 per year, effects: {tone: -1 ± 0.4}}}
outcomes: {struck: {title: "首脳会談 in a label that is so long that it is broken at eighty columns", happens: strike}}
"""


def at_a_terminal(folder: Path, *words: str, columns: int = 80, **environment: str) -> str:
    """Both streams of a command whose terminal has so many columns."""
    own, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "TERM")}
    with subprocess.Popen(
        [*RELSIM, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env={**kept, "TERM": "xterm-256color", **environment},
    ) as child:
        os.close(theirs)
        out = b""
        while True:
            try:
                part = os.read(own, 4096)
            except OSError:
                break
            if not part:
                break
            out += part
        assert child.wait() == 0, out.decode()
    os.close(own)
    return out.decode().replace("\r\n", "\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("terminal")
    (place / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    return place


def test_colours_are_the_program_s_own_and_the_answer_comes_first(folder: Path) -> None:
    text = at_a_terminal(folder, "run", "s.yaml", "--paths", "300", "--out", "coloured")
    assert "\x1b[1m" in text
    assert "\x1b[31m" not in text
    assert "A title with  [31mcolour [0m, [red]markup[/red]" in text
    assert text.index("OUTCOMES") < text.index("Written to")
    if "Drawing" in text:
        assert text.index("OUTCOMES") < text.index("Drawing the figures …") < text.index("Written to")


@pytest.mark.parametrize("columns", [40, 120])
def test_under_no_color_there_is_no_escape_code_and_no_line_is_too_wide(folder: Path, columns: int) -> None:
    from rich.cells import cell_len

    out = f"plain{columns}"
    words = ("run", "s.yaml", "--paths", "300", "--no-figures", "--out", out)
    text = at_a_terminal(folder, *words, columns=columns, NO_COLOR="1")
    assert "\x1b" not in text
    assert max(map(cell_len, text.splitlines())) <= columns


@pytest.mark.parametrize(("columns", "widest"), [("60", 60), ("", 80), ("many", 80), ("0", 80)])
def test_a_pipe_is_eighty_columns_wide_unless_told(
    folder: Path, columns: str, widest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    done = subprocess.run(
        [*RELSIM, "validate", "s.yaml"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, "COLUMNS": columns},
        check=True,
    )
    text = done.stdout.decode()
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= widest


def test_json_keeps_what_a_title_holds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(main, ["run", "s.yaml", "--paths", "300", "--no-figures", "--json", "--out", "json"])
    assert done.stdout == (folder / "json" / "forecast.json").read_text(encoding="utf-8")


class Teletype:
    """A stream that says that it is a terminal."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return True


@pytest.fixture
def teletype(monkeypatch: pytest.MonkeyPatch) -> Teletype:
    monkeypatch.setattr(progress, "_PATIENCE", 0.05)
    return Teletype()


def test_a_wait_is_named_while_it_lasts(teletype: Teletype) -> None:
    with redirect_stderr(cast(TextIO, teletype)), waiting("Drawing the figures"):
        time.sleep(0.3)
        assert teletype.text == "Drawing the figures …\n"
    before = threading.active_count()
    with redirect_stderr(cast(TextIO, teletype)), waiting("Reading"):
        pass
    assert "Reading" not in teletype.text
    assert threading.active_count() <= before


def test_a_bar_appears_before_its_first_step_is_done(teletype: Teletype) -> None:
    with redirect_stderr(cast(TextIO, teletype)), progress_bar(10, "Simulating") as update:
        time.sleep(0.3)
        assert "Simulating" in teletype.text
        assert "0%" in teletype.text
        update(10)
    assert "100%" in teletype.text
    with redirect_stderr(cast(TextIO, teletype)), pytest.raises(ValueError, match="within"), progress_bar(9, "Failing"):
        raise ValueError("within")
    assert "Failing" not in teletype.text
