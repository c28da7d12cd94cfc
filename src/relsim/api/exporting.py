"""Tables and figures of a result, to paste: ``export``. Floor 7."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from relsim.api.comparison import Comparison
from relsim.api.forecast import Forecast
from relsim.api.progress import SILENT, Progress
from relsim.errors import InputError
from relsim.files import Writing

if TYPE_CHECKING:
    from relsim.api.inputs import Inputs
    from relsim.result.forecast import Forecast as ForecastResult
    from relsim.show.paper import Paper, Section

FORMS = {"xlsx": "xlsxwriter", "docx": "docx", "md": ""}
"""Form, by the end of the file's name, and the library that writes it."""
_LIBRARIES = {"xlsxwriter": "XlsxWriter", "docx": "python-docx"}


def export_file(
    found: Forecast | Comparison,
    file: Path,
    form: str | None = None,
    *,
    force: bool = False,
    progress: Progress = SILENT,
) -> Path:
    """Write outcomes, quantities, calendar, events, parameters, what is compared and the figures into one file.

    Parameters
    ----------
    form : ``xlsx``, ``docx`` or ``md``; the end of the file's name unless given. Figures of ``md`` stand in a folder
        beside it
    force : whether what stands there is replaced; it is refused otherwise

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InputError
        If the form is none of these or not the file's, if its library is missing, or the file exists.
    """
    form = checked_form(file, form)
    folder = file.with_name(f"{file.stem}-figures")
    for place in (file, folder) if form == "md" else (file,):
        if place.exists() and not force:
            raise InputError(f"{place}: exists already; --force replaces it")
    with Writing(file) as writing:
        part = writing.file(file, replace=force)
        figures = writing.folder(folder, replace=force) if form == "md" else writing.scratch()
        with progress.wait("Drawing the figures"):
            paper = _paper(found, tuple(_figures(found, figures)))
        with progress.wait(f"Writing {file}"):
            _write(paper, part, form, folder)
    return file


def checked_form(file: Path, form: str | None) -> str:
    """The form of a file, once its library is known to be there.

    Raises
    ------
    InputError
    """
    end = file.suffix.removeprefix(".").lower()
    if form is None and end not in FORMS:
        raise InputError(f"{file}: found '{file.suffix}'; a result is exported to .xlsx, .docx or .md")
    if form is not None and end != form:
        raise InputError(f"{file}: found '{file.suffix}', and --to {form}; name a file that ends in .{form}")
    library = FORMS[end]
    if library and find_spec(library) is None:
        raise InputError(f"exporting to {end} needs {_LIBRARIES[library]}: pip install 'relsim[export]'")
    return end


def _write(paper: Paper, file: Path, form: str, folder: Path) -> None:
    from relsim.show.paper import write_markdown

    if form == "md":
        write_markdown(paper, file, folder)
    elif form == "xlsx":
        from relsim.show.workbook import write_workbook

        write_workbook(paper, file)
    else:
        from relsim.show.word import write_document

        write_document(paper, file)


def _figures(found: Forecast | Comparison, folder: Path) -> list[Path]:
    from relsim.plots import comparison_figures, figures, pasts_of

    if isinstance(found, Comparison):
        return comparison_figures(found.result, found.scenarios, folder)
    return figures(found.result, found.inputs.scenario, folder, past=pasts_of(found.inputs.model))


def _paper(found: Forecast | Comparison, figures: tuple[Path, ...]) -> Paper:
    from relsim.show.comparison_tables import comparison_head
    from relsim.show.forecast_tables import head
    from relsim.show.paper import Paper

    if isinstance(found, Comparison):
        about, baseline = comparison_head(found.result), found.result.baseline
        parts = _forecast(found.result.scenarios[baseline], found.inputs[baseline])
        sections = [*_contrasts(found), *(replace(part, title=f"{part.title}, {baseline}") for part in parts)]
    else:
        about, sections = head(found.result), list(_forecast(found.result, found.inputs))
    lines = [about.text, f"Made by relsim {found.result.relsim}", *(f"Warning: {text}" for text in found.warnings)]
    return Paper(replace(about, text="\n".join(lines)), tuple(sections), figures)


def _forecast(result: ForecastResult, inputs: Inputs) -> Iterator[Section]:
    from relsim.compose.number_rows import number_rows
    from relsim.show.forecast_tables import (
        base_rates_table,
        calendar_table,
        events_table,
        outcomes_table,
        quantities_table,
    )
    from relsim.show.paper import Section
    from relsim.show.parameter_tables import parameters_table

    scenario = inputs.scenario
    parameters = [row for row in number_rows(inputs.loaded) if row.kind != "chance"]
    for shown in (
        outcomes_table(result, digits=1),
        base_rates_table(result, scenario),
        quantities_table(result, scenario),
        calendar_table(result, scenario),
        events_table(result, scenario),
        parameters_table(parameters, folders=False),
    ):
        if shown.rows:
            yield Section(shown.title, (shown,))


def _contrasts(found: Comparison) -> Iterator[Section]:
    from relsim.show.comparison_tables import contrast_title, contrasts
    from relsim.show.paper import Section

    for contrast, blocks in contrasts(found.result, found.scenarios, digits=1):
        yield Section(contrast_title(contrast), tuple(blocks))
