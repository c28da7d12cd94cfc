"""Tables and figures of a result, to paste: ``export``. Floor 7."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from relsim.errors import InputError
from relsim.files import Writing

if TYPE_CHECKING:
    from relsim.api.inputs import Inputs
    from relsim.result.comparison import Comparison
    from relsim.result.forecast import Forecast
    from relsim.scenario import Scenario
    from relsim.show.paper import Paper, Section
    from relsim.show.values import Prose

FORMS = {"xlsx": "xlsxwriter", "docx": "docx", "md": ""}
"""Form, by the end of the file's name, and the library that writes it."""
_LIBRARIES = {"xlsxwriter": "XlsxWriter", "docx": "python-docx"}


def export_file(found: ExportedForecast | ExportedComparison, file: Path, *, force: bool = False) -> Path:
    """Write outcomes, quantities, calendar, events, parameters, what is compared and the figures into one file.

    Parameters
    ----------
    file : its end says the form; figures of Markdown stand in a folder beside it
    force : whether what stands there is replaced; it is refused otherwise

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InputError
        If its end is none that is known, if the library that writes it is missing, or the file exists.
    """
    form = checked_form(file)
    folder = file.with_name(f"{file.stem}-figures")
    for place in (file, folder) if form == "md" else (file,):
        if place.exists() and not force:
            raise InputError(f"{place}: exists already; --force replaces it")
    with Writing(file) as writing:
        part = writing.file(file, replace=force)
        figures = writing.folder(folder, replace=force) if form == "md" else writing.scratch()
        _write(found.paper(tuple(found.draw(figures))), part, form, folder)
    return file


def checked_form(file: Path, form: str | None = None) -> str:
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


@dataclass(frozen=True)
class ExportedForecast:
    """A run as it is exported."""

    result: Forecast
    inputs: Inputs

    def draw(self, folder: Path) -> list[Path]:
        """Draw its figures into a folder."""
        from relsim.plots import figures, pasts_of

        return figures(self.result, self.inputs.scenario, folder, past=pasts_of(self.inputs.model))

    def paper(self, figures: tuple[Path, ...]) -> Paper:
        """Its tables, and figures that are drawn."""
        from relsim.show.forecast_tables import head

        return _paper(self.result, head(self.result), self.sections(), figures)

    def sections(self) -> Iterator[Section]:
        """A section for each table in which something stands."""
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

        scenario = self.inputs.scenario
        parameters = [row for row in number_rows(self.inputs.loaded) if row.kind != "chance"]
        for shown in (
            outcomes_table(self.result, digits=1),
            base_rates_table(self.result, scenario),
            quantities_table(self.result, scenario),
            calendar_table(self.result, scenario),
            events_table(self.result, scenario),
            parameters_table(parameters, folders=False),
        ):
            if shown.rows:
                yield Section(shown.title, (shown,))


@dataclass(frozen=True)
class ExportedComparison:
    """A comparison as it is exported: what changes, then the baseline's own tables."""

    result: Comparison
    inputs: Mapping[str, Inputs]

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """What is compared, by name."""
        return {name: inputs.scenario for name, inputs in self.inputs.items()}

    def draw(self, folder: Path) -> list[Path]:
        """Draw its figures into a folder."""
        from relsim.plots import comparison_figures

        return comparison_figures(self.result, self.scenarios, folder)

    def paper(self, figures: tuple[Path, ...]) -> Paper:
        """Its tables, and figures that are drawn."""
        from relsim.show.comparison_tables import comparison_head

        return _paper(self.result, comparison_head(self.result), self.sections(), figures)

    def sections(self) -> Iterator[Section]:
        """A section for each contrast, and for each table of the baseline."""
        from relsim.show.comparison_tables import contrast_title, contrasts
        from relsim.show.paper import Section

        for contrast, blocks in contrasts(self.result, self.scenarios, digits=1):
            yield Section(contrast_title(contrast), tuple(blocks))
        name = self.result.baseline
        for part in ExportedForecast(self.result.scenarios[name], self.inputs[name]).sections():
            yield replace(part, title=f"{part.title}, {name}")


def _paper(
    result: Forecast | Comparison, about: Prose, sections: Iterable[Section], figures: tuple[Path, ...]
) -> Paper:
    from relsim.show.paper import Paper

    lines = [about.text, f"Made by relsim {result.relsim}", *(f"Warning: {text}" for text in result.warnings)]
    return Paper(replace(about, text="\n".join(lines)), tuple(sections), figures)
