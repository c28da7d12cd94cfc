"""Commands that are ended, or told that the disk is full, at their n-th operation on a file.

Reads cases, a line of JSON each, and answers each with a line: each runs in a fork of this process, which has compiled
and imported what they need. An operation is a call that makes, writes, syncs, renames or removes something within the
case's folder; a write of a whole file counts twice, so that it is also ended half way.

``{"folder", "words", "action", "at"}`` → ``{"status", "operations", "said"}``; action ``count``, a signal or an error.
``{"folder", "together": [words, …]}`` → statuses of commands that all run at once.
"""

from __future__ import annotations

import builtins
import errno
import importlib
import io
import json
import os
import pathlib
import pkgutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "examples"
COMPILING = [["fit", str(EXAMPLES / "fit.yaml"), "--events", str(EXAMPLES / "fit.csv"), "--evaluate"]]
"""Commands that have further kernels compiled and write nothing."""
_WRITES = ("open", "mkdir", "rename", "replace", "link", "fsync", "write", "exchange", "lock")


class Injection:
    """Counts operations within a folder and does what is asked at one of them."""

    def __init__(self, folder: str, action: str, at: int) -> None:
        self.folder, self.action, self.at = os.path.realpath(folder), action, at
        self.count = 0

    def operation(self, name: str, place: Any) -> None:
        if isinstance(place, str | bytes | os.PathLike):
            absolute = os.path.realpath(os.path.dirname(os.path.abspath(os.fsdecode(place))))
            if not (absolute + "/").startswith(self.folder + "/"):
                return
        failing = self.action in ("ENOSPC", "EACCES")
        if failing and name not in _WRITES:
            return
        self.count += 1
        if self.count != self.at or self.action == "count":
            return
        if failing:
            number = getattr(errno, self.action)
            raise OSError(number, os.strerror(number), place if isinstance(place, str | os.PathLike) else None)
        os.kill(os.getpid(), getattr(signal, f"SIG{self.action}"))

    def install(self) -> None:
        for name in ("mkdir", "rename", "replace", "link", "unlink", "remove", "rmdir", "fsync"):
            setattr(os, name, self._before(name, getattr(os, name)))
        low, high = os.open, io.open

        def open_low(place: Any, flags: int, *rest: Any, **more: Any) -> Any:
            if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
                self.operation("open", place)
            return low(place, flags, *rest, **more)

        def open_high(place: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
            if set(mode) & set("wxa+") and not isinstance(place, int):
                self.operation("open", place)
            return high(place, mode, *rest, **more)

        os.open, io.open, builtins.open = open_low, open_high, open_high  # type: ignore[assignment]
        for name in ("write_text", "write_bytes"):
            setattr(pathlib.Path, name, self._in_halves(getattr(pathlib.Path, name)))
        from relsim.files import exchange, leftovers

        leftovers.exchange = self._before("exchange", exchange.exchange)

    def _before(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(place: Any, *rest: Any, **more: Any) -> Any:
            self.operation(name, place)
            return call(place, *rest, **more)

        return counted

    def _in_halves(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def written(path: pathlib.Path, content: Any, *rest: Any, **more: Any) -> Any:
            call(path, content[: len(content) // 2], *rest, **more)
            self.operation("write", path)
            return call(path, content, *rest, **more)

        return written


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Run one case in a fork."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        _child(case, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        text = stream.read()
    _, status = os.waitpid(child, 0)
    said = pathlib.Path(case["folder"] + ".said")
    answer = {
        "status": -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status),
        "operations": int(text or b"0"),
        "said": said.read_text(encoding="utf-8", errors="replace"),
    }
    said.unlink()
    return answer


def together(case: dict[str, Any]) -> list[int]:
    """Run many commands at once, each in a fork; their statuses."""
    children = []
    for words in case["together"]:
        child = os.fork()
        if not child:
            _, writer = os.pipe()
            _child({**case, "words": words, "action": "count", "at": 0}, writer)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _child(case: dict[str, Any], writer: int) -> None:
    from relsim.cli import main

    said = os.open(case["folder"] + ".said", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(said, 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.chdir(case["folder"])
    sys.argv = ["relsim", *case["words"]]
    injection = Injection(case["folder"], case["action"], case["at"])
    injection.install()
    status = 0
    try:
        main(case["words"], prog_name="relsim")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    sys.stderr.flush()
    os.write(writer, str(injection.count).encode())
    os._exit(status)


def warm() -> None:
    """Import and compile here what each fork would."""
    import relsim
    from relsim.api.template import starting_scenario
    from relsim.cli import main
    from relsim.result import paths

    for module in pkgutil.walk_packages(relsim.__path__, "relsim."):
        importlib.import_module(module.name)
    with tempfile.TemporaryDirectory() as place, redirect_stdout(io.StringIO()):
        file = pathlib.Path(place) / "s.yaml"
        file.write_text(starting_scenario("us,ru"), encoding="utf-8")
        for words in (["run", str(file), "--paths", "128", "--workers", "1", "--out", f"{place}/r"], *COMPILING):
            main(words, standalone_mode=False)
    paths._database.cache_clear()


def main() -> None:
    warm()
    for line in sys.stdin:
        case = json.loads(line)
        print(json.dumps(together(case) if "together" in case else run(case)), flush=True)


if __name__ == "__main__":
    main()
