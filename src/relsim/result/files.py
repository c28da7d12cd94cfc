"""The files of a run's, a comparison's or a backtest's folder beside tables of paths and figures. Floor 2."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relsim import __version__
from relsim.files import Writing, locked
from relsim.result.backtest import Backtest
from relsim.result.comparison import Comparison
from relsim.result.folder import COMPARISON, MANIFEST
from relsim.result.forecast import Forecast
from relsim.result.hub import write_hub
from relsim.result.paths import write_draws

BACKTEST = "backtest.json"
_LIBRARIES = ("numpy", "numba", "llvmlite", "scipy", "duckdb", "pydantic", "ruamel.yaml", "matplotlib")


def save_run(
    folder: Path,
    forecast: Forecast,
    *,
    scenario: str,
    weights: Sequence[str],
    theta: NDArray[np.float64],
) -> None:
    """Write ``forecast.json``, ``scenario.yaml``, ``draws.parquet`` and ``hub.csv``; ``finish_run`` follows.

    Parameters
    ----------
    folder : Path
        An open ``RunFolder``'s path.
    scenario : str
        The resolved document.
    weights, theta : names and (draws, weights) values of the uncertain weights
    """
    (folder / "forecast.json").write_text(forecast.to_json(), encoding="utf-8", newline="\n")
    (folder / "scenario.yaml").write_text(scenario, encoding="utf-8", newline="\n")
    write_draws(folder / "draws.parquet", weights, theta)
    write_hub(folder / "hub.csv", forecast)


def finish_run(
    folder: Path,
    forecast: Forecast,
    *,
    median_weights: bool,
    command: Sequence[str],
    files: Mapping[str, str],
    started: datetime,
    seconds: float,
) -> None:
    """Write ``manifest.json``, when all else stands in the folder.

    Parameters
    ----------
    median_weights : whether all paths ran under the medians of the weights
    command : the command line
    files : path to SHA-256 of every file read
    started, seconds : time of the run
    """
    write_manifest(
        folder,
        {
            "scenario": forecast.scenario,
            "variant": forecast.variant,
            "seed": forecast.seed,
            "paths": forecast.paths,
            "draws": forecast.draws,
            "median_weights": median_weights,
        },
        command,
        files,
        started,
        seconds,
    )


def save_comparison(
    folder: Path,
    comparison: Comparison,
    *,
    scenarios: Mapping[str, str],
    median_weights: bool,
    command: Sequence[str],
    files: Mapping[str, str],
    started: datetime,
    seconds: float,
) -> None:
    """Write ``comparison.json``, ``scenarios/NAME.yaml`` and last ``manifest.json``.

    Parameters
    ----------
    scenarios : name to resolved document
    """
    (folder / COMPARISON).write_text(comparison.to_json(), encoding="utf-8", newline="\n")
    (folder / "scenarios").mkdir()
    for name, text in scenarios.items():
        (folder / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8", newline="\n")
    about = {
        "comparison": list(comparison.scenarios),
        "seed": comparison.seed,
        "paths": comparison.paths,
        "draws": comparison.draws,
        "median_weights": median_weights,
    }
    write_manifest(folder, about, command, files, started, seconds)


def save_backtest(
    folder: Path,
    found: Backtest,
    *,
    scenario: str,
    command: Sequence[str],
    files: Mapping[str, str],
    started: datetime,
    seconds: float,
) -> None:
    """Write ``backtest.json``, ``scenario.yaml`` and last ``manifest.json``.

    Parameters
    ----------
    scenario : the resolved document
    """
    with (folder / BACKTEST).open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(found.pieces())
    (folder / "scenario.yaml").write_text(scenario, encoding="utf-8", newline="\n")
    about = {"backtest": found.scenario, "seed": found.seed, "paths": found.paths, "draws": found.draws}
    write_manifest(folder, about, command, files, started, seconds)


def write_manifest(
    folder: Path,
    about: Mapping[str, Any],
    command: Sequence[str],
    files: Mapping[str, str],
    started: datetime,
    seconds: float,
) -> None:
    """Write ``manifest.json``: what made the folder, from what, and digests of all that stands in it.

    Parameters
    ----------
    about : what is said of the content
    command, files, started, seconds : as of ``finish_run``
    """
    manifest: dict[str, Any] = {
        "relsim": __version__,
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "command": list(command),
        **about,
        "inputs": dict(files),
        "outputs": {
            file.relative_to(folder).as_posix(): sha256(file) for file in sorted(folder.rglob("*")) if file.is_file()
        },
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "machine": {"system": platform.platform(), "processor": platform.machine(), "node": platform.node()},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")


class Addition:
    """Results added to a folder that relsim wrote: all of them or none, and listed in its manifest.

    Parameters
    ----------
    folder : folder of a run or a comparison; no other process adds to it meanwhile

    Raises
    ------
    InputError
        If it cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._listed: dict[str, str | None] = {}
        self._restated: dict[str, Any] = {}

    def __enter__(self) -> Addition:
        self._stack.enter_context(locked(self._folder / MANIFEST))
        try:
            self._writing = self._stack.enter_context(Writing(self._folder / MANIFEST))
        except BaseException:
            self._stack.close()
            raise
        return self

    def into(self, name: str) -> Path:
        """A folder to fill, whose files shall stand in the folder of this name, in the place of their namesakes."""
        return self._writing.into(self._folder / name)

    def file(self, name: str) -> Path:
        """Where to write what shall stand in the file of this name."""
        return self._writing.file(self._folder / name)

    def remove(self, name: str) -> None:
        """Remove a file."""
        self._writing.remove(self._folder / name)

    def restate(self, *, command: Sequence[str], inputs: Mapping[str, str]) -> None:
        """Say in the manifest what command made the folder what it is, from which files (path to SHA-256)."""
        self._restated = {"command": list(command), "inputs": dict(inputs)}

    def keep(self, file: Path, *, done: bool) -> None:
        """List a file that stands in the folder already; without a digest while it still grows."""
        self._listed[file.relative_to(self._folder).as_posix()] = sha256(file) if done else None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if error is not None:
                self._stack.__exit__(kind, error, trace)
                return
            outputs = dict(self._listed)
            gone = set()
            for place, staged in self._writing.content().items():
                name = place.relative_to(self._folder).as_posix()
                if staged is None:
                    gone.add(name)
                else:
                    outputs[name] = sha256(staged)
            manifest = json.loads((self._folder / MANIFEST).read_text(encoding="utf-8"))
            listed = {name: digest for name, digest in manifest["outputs"].items() if name not in gone}
            manifest = {**manifest, **self._restated, "outputs": {**listed, **outputs}}
            text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
            self._writing.file(self._folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")


def sha256(file: Path) -> str:
    """Digest of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
