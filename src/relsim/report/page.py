"""The whole page: sections in order, the style, the scripts, and nothing that is fetched. Floor 6."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from relsim.show.hypertext import Html, element, together


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading; ``short`` is its name in the list of contents."""

    name: str
    title: str
    short: str
    content: Html


def page(title: str, head: Html, sections: Sequence[Section], foot: str) -> str:
    """A complete HTML file.

    The policy in its head forbids every request and every script but the two that are in it, known by their
    digests: were a text of the scenario ever taken for a script, it would not run.
    """
    scripts = [_plotly(), _file("page.js")]
    digests = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    policy = (
        f"default-src 'none'; script-src {digests}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    contents = element(
        "nav",
        {"aria-label": "Contents"},
        element(
            "ul",
            {},
            *(element("li", {}, element("a", {"href": f"#{s.name}"}, s.short)) for s in sections),
        ),
    )
    body = [
        element("a", {"class": "skip", "href": "#main"}, "Skip to the forecast"),
        element("header", {}, head),
        contents,
        element("main", {"id": "main"}, *map(_section, sections)),
        element("footer", {}, foot),
        *(element("script", {}, Html(script)) for script in scripts),
    ]
    top = [
        element("meta", {"charset": "utf-8"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("title", {}, title),
        element("style", {}, Html(_file("page.css"))),
    ]
    parts = [element("head", {}, together(top, "\n")), element("body", {}, together(body, "\n"))]
    return "<!DOCTYPE html>\n" + element("html", {"lang": "en"}, *parts) + "\n"


def _section(section: Section) -> Html:
    heading = f"{section.name}-heading"
    return element(
        "section",
        {"id": section.name, "aria-labelledby": heading},
        element("h2", {"id": heading}, section.title),
        section.content,
    )


def _plotly() -> str:
    """plotly.js as it comes with plotly, on its own at the end of the page."""
    from plotly.offline import get_plotlyjs

    script: str = get_plotlyjs()
    return script.replace("\r\n", "\n").replace("</script", "<\\/script")


def _file(name: str) -> str:
    return files("relsim.report").joinpath(name).read_text(encoding="utf-8")
