"""The commands that README and docs show: how pages are read, and how their output is written anew.

A block fenced as ``console`` holds commands, each on a line that begins with ``$ ``, and under a command the output
that it prints. A command that ends otherwise than with status 0 says so behind it, ``# exit status 3``. Commands of
``relsim`` are run, page by page, in a folder that holds copies of ``scenarios``, ``seeds`` and ``docs/examples``;
what one command of a page writes the next ones find. ``OUT`` in a command is a folder for results. Output, where
shown, must agree; a line of ``…`` stands for any number of lines.

A block fenced as ``pycon`` holds Python, which runs as one session a page, in such a folder too.

``python tests/docs/pages.py`` writes the output of every block anew: read the difference before you keep it.
"""

from __future__ import annotations

import doctest
import io
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted(p for p in (ROOT / "docs").rglob("*.md") if "_build" not in p.parts)]
ELSEWHERE = "…"
_STATUS = "  # exit status "
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """A command that a page shows, and the output under it."""

    line: str
    output: tuple[str, ...]

    @property
    def status(self) -> int:
        """The exit status with which it is to end."""
        return int(self.line.partition(_STATUS)[2] or 0)

    @property
    def arguments(self) -> list[str]:
        """Words after ``relsim``, without a redirection."""
        return shlex.split(self.line.partition(_STATUS)[0])[1:]


def blocks(text: str) -> Iterator[list[Shown]]:
    """The commands of each console block of a page."""
    for match in _BLOCK.finditer(text):
        yield list(_shown(match[1]))


def _shown(block: str) -> Iterator[Shown]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, *output = part.rstrip("\n").split("\n")
        yield Shown(line, tuple(output))


def commands(text: str) -> list[Shown]:
    """The commands of relsim of a page, in order."""
    return [shown for block in blocks(text) for shown in block if shown.line.startswith("relsim ")]


def furnish(folder: Path) -> None:
    """Put into a folder what the commands of a page may read, and where they may write."""
    (folder / "out").mkdir()
    for name in ("scenarios", "seeds", "docs/examples"):
        shutil.copytree(ROOT / name, folder / name)


@dataclass(frozen=True)
class Ran:
    """What a command left: status, standard output, standard error."""

    status: int
    output: str
    errors: str


def run(line: str) -> Ran:
    """Run one command line of relsim in the present folder; ``> FILE`` writes its output to a file."""
    from relsim.cli import main

    line = line.partition(_STATUS)[0]
    words = [word.replace("OUT/", "out/") for word in shlex.split(line)[1:]]
    target = None
    if ">" in words:
        target = Path(words[words.index(">") + 1])
        words = words[: words.index(">")]
    terminal = {"COLUMNS": "80", "NO_COLOR": None}
    result = CliRunner(env=terminal).invoke(main, words, prog_name="relsim", terminal_width=100)
    text = result.stdout.replace("out/", "OUT/")
    if target is not None:
        target.write_text(text, encoding="utf-8")
        text = ""
    return Ran(result.exit_code, text, result.stderr)


def agrees(shown: tuple[str, ...], printed: str) -> bool:
    """Whether output as shown is what was printed, ``…`` standing for any lines; blanks at line ends aside."""
    wanted = "".join(r"(?:.*\n)*?" if line == ELSEWHERE else re.escape(line.rstrip()) + r"\n" for line in shown)
    got = "".join(f"{line.rstrip()}\n" for line in printed.rstrip("\n").split("\n"))
    return re.fullmatch(wanted, got) is not None


def _same_rows(shown: list[str], printed: list[str]) -> list[str]:
    """The rows of an output that begin as those shown do, each looked for behind the one before."""
    rows, behind = [], 0
    for line in shown:
        ahead = printed[behind:]
        alike = [] if line in ("", ELSEWHERE) else [row for row in ahead if _head(row) == _head(line)]
        if alike:
            row = line if line in alike else alike[0]
            behind += ahead.index(row) + 1
        else:
            row = line
        rows.append(row)
    return rows


def _head(row: str) -> str:
    """What a row is about: its first cell."""
    return row.strip().split("  ")[0]


def renewed(text: str) -> str:
    """A page with the output under its commands written anew; of output with ``…`` the rows that are shown."""

    def block(match: re.Match[str]) -> str:
        lines = []
        for shown in _shown(match[1]):
            lines.append(f"$ {shown.line}")
            output = list(shown.output)
            if shown.line.startswith("relsim "):
                ran = run(shown.line)
                if ran.status:
                    raise SystemExit(f"{shown.line}: status {ran.status}\n{ran.errors}")
                printed = [line.rstrip() for line in ran.output.rstrip("\n").split("\n")]
                if ELSEWHERE in output:
                    output = _same_rows(output, printed)
                elif output:
                    output = printed
                if output and not agrees(tuple(output), ran.output):
                    sys.stderr.write(f"to be mended by hand: $ {shown.line}\n{ran.output}\n")
            lines += output
        return "\n".join(["```console", *lines, "```"])

    return _BLOCK.sub(block, text)


_SESSION = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def session(text: str) -> doctest.DocTest | None:
    """The Python that a page shows, as one session; None where it shows none."""
    blocks = [match[1] for match in _SESSION.finditer(text)]
    return doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "page", None, 0) if blocks else None


def resumed(text: str) -> str:
    """A page with the output of its Python written anew."""
    names: dict[str, object] = {}

    def block(match: re.Match[str]) -> str:
        lines = []
        for example in doctest.DocTestParser().get_examples(match[1]):
            source = example.source.rstrip("\n").split("\n")
            lines += [f">>> {source[0]}", *(f"... {line}".rstrip() for line in source[1:])]
            with redirect_stdout(io.StringIO()) as printed:
                exec(compile(example.source, "page", "single"), names)
            lines += [line.rstrip() for line in printed.getvalue().rstrip("\n").split("\n") if printed.getvalue()]
        return "\n".join(["```pycon", *lines, "```"])

    return _SESSION.sub(block, text)


if __name__ == "__main__":
    wanted = [Path(name).resolve() for name in sys.argv[1:]] or PAGES
    for page in wanted:
        with tempfile.TemporaryDirectory() as name, chdir(name):
            furnish(Path(name))
            page.write_text(resumed(renewed(page.read_text(encoding="utf-8"))), encoding="utf-8")
