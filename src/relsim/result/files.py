"""The files of a run's, a comparison's or a backtest's folder beside tables of paths and figures. Floor 2."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relsim import __version__
from relsim.result.backtest import Backtest
from relsim.result.comparison import Comparison
from relsim.result.folder import COMPARISON, MANIFEST
from relsim.result.forecast import Forecast
from relsim.result.hub import write_hub
from relsim.result.paths import write_draws

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
    _manifest(
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
    _manifest(folder, about, command, files, started, seconds)


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
    (folder / "backtest.json").write_text(found.to_json(), encoding="utf-8", newline="\n")
    (folder / "scenario.yaml").write_text(scenario, encoding="utf-8", newline="\n")
    about = {"backtest": found.scenario, "seed": found.seed, "paths": found.paths, "draws": found.draws}
    _manifest(folder, about, command, files, started, seconds)


def _manifest(
    folder: Path,
    about: Mapping[str, Any],
    command: Sequence[str],
    files: Mapping[str, str],
    started: datetime,
    seconds: float,
) -> None:
    """Write ``manifest.json``: what made the folder, from what, and digests of all that stands in it."""
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
