"""``relsim explore``: the page with controls on it. Floor 8."""

from __future__ import annotations

import click


@click.command(epilog="Example:\n\n\b\n  relsim explore scenarios/osaka_2019/scenario.yaml")
@click.argument("file")
@click.option("--paths", type=click.IntRange(1, 50_000), default=5000, show_default=True, help="Paths of each answer.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; a free one unless given.")
@click.option("--no-browser", is_flag=True, help="Open no browser; print the file that a browser is to open.")
@click.option("--moves", default="", metavar="FRAGMENT", help="Begin with these moves, as 'Copy moves' gives them.")
def explore(file: str, paths: int, port: int, no_browser: bool, moves: str) -> None:
    """Move a scenario's numbers by hand, and see what follows.

    Opens a page in the browser, served from this machine for you alone, with sliders and switches. Nothing is written
    but by its buttons 'Keep' and 'Compare'. Ctrl-C ends it.
    """
    from relsim.explore.serving import serve

    def ready(address: str) -> None:
        click.echo(f"Open {address}" if no_browser else f"Opened {address}")
        click.echo("Ctrl-C ends it.", err=True)

    serve(file, paths=paths, port=port, browser=not no_browser, fragment=moves, ready=ready)
