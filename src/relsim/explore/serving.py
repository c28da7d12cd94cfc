"""Opens the server and the browser, watches the files, and closes all of it again. Floor 8; uvicorn, lazily."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from relsim.errors import InputError
from relsim.files import scratch

MOST = 32
"""Connections at a time; the rest are told 503."""
MOST_BYTES = 64 * 1024
"""Of a message."""
MOST_PATHS = 50_000
_LOOK_EVERY = 0.4
"""Seconds between two looks at the files."""
_NEEDED = ("plotly", "starlette", "uvicorn", "websockets")


def serve(
    file: str,
    *,
    paths: int,
    port: int,
    browser: bool,
    fragment: str,
    ready: Callable[[str], None],
) -> None:
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    port : on 127.0.0.1; a free one where it is 0
    browser : whether to open it
    fragment : moves to begin with, as 'Copy moves' gives them
    ready : takes the address of the file that hands the token over, once the server answers

    Raises
    ------
    InputError
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise InputError(f"explore needs {', '.join(missing)}: pip install 'relsim[explore]'")
    from relsim.explore.answers import Answers
    from relsim.explore.live import Hub
    from relsim.explore.moves import ControlMoves

    moves = ControlMoves.of_fragment(fragment)
    with _bound(port) as listening:
        answers = Answers(file, paths)
        answers.inputs_of(moves)
        _serve(Hub(answers, moves), listening, browser, ready)


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        raise InputError(f"--port: {port} cannot be had: {error.strerror}") from None
    return listening


def _serve(hub: Any, listening: socket.socket, browser: bool, ready: Callable[[str], None]) -> None:
    import uvicorn

    from relsim.explore.server import ENTER, app_of

    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(32)
    config = uvicorn.Config(
        app_of(hub, token, port, MOST),
        http="h11",
        ws="websockets-sansio",
        ws_max_size=MOST_BYTES,
        limit_concurrency=MOST + 1,
        h11_max_incomplete_event_size=MOST_BYTES,
        timeout_graceful_shutdown=1,
        access_log=False,
        log_level="critical",
        server_header=False,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    over = threading.Event()  # a thread whose join is interrupted is taken for ended
    thread = threading.Thread(target=_run, args=(server, listening, hub, over), daemon=True)
    with scratch() as folder:
        handing = folder / "explore.html"
        with open(os.open(handing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            address = f"http://127.0.0.1:{port}{ENTER}?token={token}"
            out.write(
                '<!DOCTYPE html><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
                f'<meta http-equiv="refresh" content="0; url={address}"><title>relsim explore</title>\n'
            )
        try:
            thread.start()
            while not server.started and not over.wait(0.02):
                pass
            ready(handing.as_uri())
            if browser:
                webbrowser.open(handing.as_uri())
            while not over.wait(0.2):
                pass
        finally:
            hub.ended.set()
            server.should_exit = True
            while not over.wait(0.05):
                for talk in list(hub.talks):
                    talk.cancelled.set()


def _run(server: Any, listening: socket.socket, hub: Any, over: threading.Event) -> None:
    async def all_of_it() -> None:
        watching = asyncio.ensure_future(_watch(hub))
        try:
            await server.serve(sockets=[listening])
        finally:
            watching.cancel()

    try:
        asyncio.run(all_of_it())
    finally:
        over.set()


async def _watch(hub: Any) -> None:
    """Have the document read again when one of its files has changed."""
    seen = _stamps(hub.answers.base.loaded.files)
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        now = _stamps({**dict.fromkeys(seen), **hub.answers.base.loaded.files})
        if any(now[name] != seen.get(name, now[name]) for name in now):
            seen = now
            await hub.renew()
        else:
            seen = now


def _stamps(files: Any) -> dict[str, tuple[int, int] | None]:
    """Time and size of each file; None where it is not there, or is built in."""
    stamps: dict[str, tuple[int, int] | None] = {}
    for name in files:
        try:
            state = Path(name).stat()
            stamps[name] = state.st_mtime_ns, state.st_size
        except OSError:
            stamps[name] = None
    return stamps


__all__ = ["MOST", "MOST_BYTES", "MOST_PATHS", "serve"]
