"""Paths told as dated lines. Floor 6."""

from __future__ import annotations

from datetime import date

from relsim.plots.style import CENTRE, FAINT, SOFT, say
from relsim.result import rounded
from relsim.result.stories import NEAR_MISS, TYPICAL, Line, Stories, Story
from relsim.show.hypertext import Html, bullets, details, element, paragraph, together

_HEADINGS = {TYPICAL: "A typical path", NEAR_MISS: "A near miss"}
WIDTH, HEIGHT = 640, 70
"""Pixels of the curve above a story."""


def stories_section(stories: Stories) -> Html:
    """Each story as a list of dated lines, under the course of the outcome's chance."""
    parts: list[str] = []
    if stories.title is not None:
        parts.append(
            paragraph(f"Paths about “{stories.title}”, chosen for being like many others, not for being nice.")
        )
    parts += [bullets(list(stories.notes))] if stories.notes else []
    start = stories.dates[0] if stories.dates else None
    for told in (stories.typical, stories.near_misses, stories.chosen):
        for i, story in enumerate(told):
            heading, content = _heading(story, again=i > 0), _story(story, start)
            parts.append(details(heading, content) if i else together([element("h3", {}, heading), content]))
    if any(line.marked for story in stories.stories for line in story.lines):
        parts.append(paragraph("Bold: turning points, where the outcome’s chance moved most.", kind="kind"))
    return together(parts)


def _heading(story: Story, *, again: bool) -> str:
    name = _HEADINGS.get(story.category, "A path")
    return f"{name.replace('A ', 'Another ', 1) if again else name} (number {story.path:,})"


def _story(story: Story, start: date | None) -> Html:
    missing = [f" Missing: {story.missing}."] if story.missing else []
    parts: list[str] = [paragraph(story.summary, *missing)]
    if len(story.chance) > 1:
        parts.append(_curve(story))
    parts.append(element("ol", {"class": "timeline"}, *(_line(line, start) for line in story.lines)))
    return together(parts)


def _line(line: Line, start: date | None) -> Html:
    year = start is None or line.on.year != start.year
    when = say(line.on, year=year)
    if line.until is not None:
        when = f"{when} – {say(line.until, year=line.until.year != line.on.year)}"
    words = [element("time", {"datetime": line.on.isoformat()}, when), " ", element("span", {}, line.text)]
    return element("li", {"class": "marked"} if line.marked else {}, *words)


def _curve(story: Story) -> Html:
    """The chance along the path, a small line from 0 to 100 %."""
    first, last = story.chance[0].on, story.chance[-1].on
    days = max(1, (last - first).days)
    places = [((point.on - first).days / days * WIDTH, HEIGHT * (1 - point.probability)) for point in story.chance]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    grid = [
        element("line", {"x1": "0", "x2": f"{WIDTH}", "y1": f"{y:g}", "y2": f"{y:g}", "stroke": FAINT})
        for y in (0, HEIGHT / 2, HEIGHT)
    ]
    drawn = element("polyline", {"points": line, "fill": "none", "stroke": CENTRE, "stroke-width": "2.5"})
    before, after = story.chance[0].probability, story.chance[-1].probability
    says = (
        f"The chance along this path, between lines at 0, 50 and 100 %: from {rounded(before)} on "
        f"{say(first, year=True)} to {rounded(after)} on {say(last, year=True)}."
    )
    view = {"viewBox": f"-2 -3 {WIDTH + 4} {HEIGHT + 6}", "role": "img", "aria-label": says, "class": "chance"}
    colour = {"style": f"color:{SOFT}"}
    return element(
        "figure", {}, element("svg", view, *grid, drawn), element("figcaption", {"class": "kind", **colour}, says)
    )
