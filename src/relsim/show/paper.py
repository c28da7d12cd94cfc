"""Results to paste: tables under headings, and figures, for a workbook or a document. Floor 6."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from relsim.show.markdown import escaped, markdown_text
from relsim.show.values import Block, Prose


@dataclass(frozen=True)
class Section:
    """Blocks of one subject; a sheet of a workbook."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Paper:
    """All that is exported of a result.

    Attributes
    ----------
    figures : PNG files
    """

    head: Prose
    sections: tuple[Section, ...]
    figures: tuple[Path, ...]


def caption(figure: Path) -> str:
    """A figure's name in words: ``by_when`` is ``By when``."""
    words = figure.stem.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def fitted(figure: Path, width: float, height: float) -> tuple[float, float]:
    """Width and height of a figure, as large as fits, in the unit of those given."""
    from PIL import Image

    with Image.open(figure) as image:
        scale = min(width / image.width, height / image.height)
        return scale * image.width, scale * image.height


def write_markdown(paper: Paper, file: Path, folder: Path) -> None:
    """Write a paper as Markdown.

    Parameters
    ----------
    folder : the figures' folder as the file shall name it
    """
    file.write_text("\n".join(_parts(paper, folder)), encoding="utf-8", newline="\n")


def _parts(paper: Paper, folder: Path) -> Iterator[str]:
    yield f"# {escaped(paper.head.title)}\n"
    yield markdown_text([Prose(paper.head.text)])
    for section in paper.sections:
        yield f"## {escaped(section.title)}\n"
        yield markdown_text(section.blocks)
    if paper.figures:
        yield "## Figures\n"
        yield from (f"![{escaped(caption(figure))}](<{folder.name}/{figure.name}>)\n" for figure in paper.figures)
