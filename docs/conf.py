"""How the documentation is built: ``sphinx-build -W docs docs/_build``."""

from relsim import __version__

project = "relsim"
author = "relsim contributors"
copyright = "2026, relsim contributors"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.mathjax", "sphinx_click"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

smartquotes = False
"""Quotes and dashes of commands stay what they are."""

html_theme = "furo"
html_title = "relsim"
