"""A run's folder that was damaged is refused in one message that names the file, whatever is asked of it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from relsim.api.template import starting_scenario
from relsim.cli import main
from relsim.result.files import sha256

Damage = Callable[[Path, Path], None]
"""Does something to a run; takes its folder and another run's."""

COMMANDS = {
    "plot": ["plot", "{run}", "--out", "{out}"],
    "drivers": ["drivers", "{run}", "--no-figures"],
    "watch": ["watch", "{run}", "--no-figures"],
    "story": ["story", "{run}", "--path", "0", "--futures", "0", "--no-figures"],
    "score": ["score", "{run}", "--resolution", "{resolution}"],
    "ledger": ["ledger", "--ledger", "{out}.csv", "add", "{run}"],
    "compare": ["compare", "{run}", "{other}", "--no-figures", "--seed", "5", "--out", "{out}"],
    "weights": ["weights", "table", "{run}"],
}
RESOLUTION = "relsim: 1\nresolution: {accusations: {value: 3, source: s}}\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damaged")
    text = starting_scenario("us,ru")
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    (folder / "resolution.yaml").write_text(RESOLUTION, encoding="utf-8")
    for name, seed in (("run", 5), ("other", 6)):
        words = ["--paths", "300", "--seed", str(seed), "--no-figures", "--out", str(folder / name)]
        ran = CliRunner().invoke(main, ["run", str(folder / "scenario.yaml"), *words])
        assert ran.exit_code == 0, ran.stderr
    return folder


def edited(file: str, change: Callable[[Any], Any], *, digest: bool = True) -> Damage:
    """A JSON file with other content, and a manifest that has its digest where ``digest``."""

    def damage(run: Path, other: Path) -> None:
        content = json.loads((run / file).read_text(encoding="utf-8"))
        content = change(content)
        (run / file).write_text(json.dumps(content), encoding="utf-8")
        if digest and file != "manifest.json":
            renewed(run, file)

    return damage


def renewed(run: Path, file: str) -> None:
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"][file] = sha256(run / file)
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def put(path: str, value: Any) -> Callable[[Any], Any]:
    """Set what stands at a path of keys."""

    def change(content: Any) -> Any:
        *keys, last = path.split("/")
        inner = content
        for key in keys:
            inner = next(iter(inner.values())) if key == "*" else inner[key]
        inner[last] = value
        return content

    return change


def without(path: str) -> Callable[[Any], Any]:
    def change(content: Any) -> Any:
        *keys, last = path.split("/")
        inner = content
        for key in keys:
            inner = next(iter(inner.values())) if key == "*" else inner[key]
        del inner[last]
        return content

    return change


def overwritten(file: str, change: Callable[[bytes], bytes]) -> Damage:
    return lambda run, other: void((run / file).write_bytes(change((run / file).read_bytes())))


def void(_: object) -> None:
    return None


def table(file: str, query: str) -> Damage:
    """Another table in a Parquet file's place, its digest renewed."""

    def damage(run: Path, other: Path) -> None:
        made = run / "made"
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE t AS SELECT * FROM '{run / file}'")
            connection.execute(f"COPY ({query}) TO '{made}' (FORMAT parquet)")
        made.replace(run / file)
        renewed(run, file)

    return damage


def swapped(file: str) -> Damage:
    return lambda run, other: void(shutil.copy(other / file, run / file))


def both_swapped(*files: str) -> Damage:
    """Files of another run, and their digests."""

    def damage(run: Path, other: Path) -> None:
        for file in files:
            shutil.copy(other / file, run / file)
            renewed(run, file)

    return damage


def forecast_and_manifest_swapped(run: Path, other: Path) -> None:
    for file in (F, M):
        shutil.copy(other / file, run / file)


NEEDED = ("forecast.json", "scenario.yaml", "paths.parquet", "draws.parquet", "manifest.json")
F, M, P, D = "forecast.json", "manifest.json", "paths.parquet", "draws.parquet"
DAMAGES: dict[str, tuple[str, Damage]] = {
    **{f"{file} missing": ("run", lambda run, other, f=file: (run / f).unlink()) for file in NEEDED},
    **{f"{file} empty": (file, overwritten(file, lambda text: b"")) for file in NEEDED},
    **{f"{file} cut": (file, overwritten(file, lambda text: text[: len(text) // 2])) for file in NEEDED},
    **{f"{file} of another run": (file, swapped(file)) for file in NEEDED if file != M},
    "manifest of another run": ("run", swapped(M)),
    "forecast with another byte": (F, overwritten(F, lambda text: text.replace(b"500", b"501") + b" ")),
    "a folder for a file": (F, lambda run, other: ((run / F).unlink(), (run / F).mkdir(), None)[2]),
    "not text": (M, overwritten(M, lambda text: b"\xff\xfe\x00" + text)),
    "a list for a manifest": (M, overwritten(M, lambda text: b"[1, 2]")),
    "nested deep": (M, overwritten(M, lambda text: b"[" * 100_000 + b"]" * 100_000)),
    "no digests": (M, edited(M, without("outputs"))),
    "digests of another kind": (M, edited(M, put("outputs", [1, 2]))),
    "a digest edited": (F, edited(M, put("outputs/forecast.json", "0" * 64))),
    "a digest taken out": (M, edited(M, without("outputs/paths.parquet"))),
    "of a later relsim": ("run", edited(M, put("relsim", "99.0.0"))),
    "of no relsim": (M, edited(M, put("relsim", 1.0))),
    "another seed": (M, edited(M, put("seed", 77))),
    "medians of another kind": (M, edited(M, put("median_weights", "no"))),
    "forecast a list": (F, edited(F, lambda content: [content])),
    "a key missing": (F, edited(F, without("joint"))),
    "a key unknown": (F, edited(F, put("extra", 1))),
    "a text for a number": (F, edited(F, put("outcomes/*/probability", "often"))),
    "a probability of 7": (F, edited(F, put("outcomes/*/probability", 7.0))),
    "a probability that is none": (F, edited(F, put("outcomes/*/probability", None))),
    "NaN": (F, edited(F, put("outcomes/*/probability", float("nan")))),
    "infinite": (F, edited(F, put("outcomes/*/low", float("inf")))),
    "huge": (F, edited(F, put("seed", 10**400))),
    "no paths": (F, edited(F, put("paths", 0))),
    "paths below none": (F, edited(F, put("paths", -5))),
    "a truth for a number": (F, edited(F, put("draws", True))),
    "draws above paths": (F, edited(F, put("draws", 10**6))),
    "no dates": (F, edited(F, put("dates", []))),
    "a date that is none": (F, edited(F, put("start", "2019-02-30"))),
    "the year one": (F, edited(F, put("start", "0001-01-01"))),
    "backwards": (F, edited(F, put("end", "1990-01-01"))),
    "a short series": (F, edited(F, put("indices/*/mean", [0.1, 0.2]))),
    "quantiles missing": (F, edited(F, put("variables/*/quantiles", {}))),
    "outcomes missing": (F, edited(F, put("outcomes", {}))),
    "a joint table cut": (F, edited(F, put("joint/probability", [[0.1]]))),
    "forecast and digest of another run": ("run", both_swapped(F)),
    "forecast and manifest of another run": ("run", forecast_and_manifest_swapped),
    "other columns": (P, table(P, "SELECT 1 AS a")),
    "fewer rows": (P, table(P, "SELECT * FROM t WHERE path < 100")),
    "no rows": (P, table(P, "SELECT * FROM t WHERE path < 0")),
    "rows twice": (P, table(P, "SELECT * REPLACE (path // 2 AS path) FROM t")),
    "draws that are none": (P, table(P, "SELECT * REPLACE (draw + 1000 AS draw) FROM t")),
    "draws below none": (P, table(P, "SELECT * REPLACE (-1 AS draw) FROM t")),
    "texts for numbers": (P, table(P, "SELECT * REPLACE ('many' AS \"quantity.accusations\") FROM t")),
    "dates outside": (P, table(P, "SELECT * REPLACE (DATE '1900-01-01' AS \"date.summit\") FROM t")),
    "fewer draws": (D, table(D, "SELECT * FROM t WHERE draw < 1")),
    "no weights": (D, table(D, "SELECT draw, 'x' AS weight FROM t")),
}
READS_TABLES = {P: {"drivers", "score"}, D: {"drivers"}}
"""Who reads a table whose digest was renewed with it."""


def some(kinds: Iterable[str]) -> list[Any]:
    """Every kind under every command; in turn under one of them where time is short."""
    return [
        pytest.param(kind, command, marks=[pytest.mark.slow] if (i - j) % len(COMMANDS) else [], id=f"{kind}-{command}")
        for i, kind in enumerate(kinds)
        for j, command in enumerate(COMMANDS)
    ]


@pytest.mark.parametrize(("kind", "command"), some(DAMAGES))
def test_a_damaged_run_is_refused(kind: str, command: str, place: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(place / "run", run)
    named, damage = DAMAGES[kind]
    damage(run, place / "other")
    places = {"run": run, "other": place / "other", "out": tmp_path / "out", "resolution": place / "resolution.yaml"}
    before = sorted(os.listdir(tmp_path)), sorted(os.listdir(run))
    ran = CliRunner().invoke(main, [word.format(**places) for word in COMMANDS[command]])
    assert "defect" not in ran.stderr
    assert ran.exit_code in (0, 2), ran.stderr
    if ran.exit_code == 0:
        renewed_table = DAMAGES[kind][1].__qualname__.startswith("table")
        assert renewed_table, ran.output
        assert command not in READS_TABLES[named], ran.output
    else:
        assert len(ran.stderr.strip().splitlines()) == 1, ran.stderr
        assert named in ran.stderr
        assert (sorted(os.listdir(tmp_path)), sorted(os.listdir(run))) == before


@pytest.mark.parametrize(("name", "command"), some(["r[1]", "r*", "r?", "it's", "ein Läuf", "-r"]))
def test_a_folders_name_means_itself(name: str, command: str, place: Path, tmp_path: Path) -> None:
    run = tmp_path / name
    shutil.copytree(place / "run", run)
    places = {"run": run, "other": place / "other", "out": tmp_path / "out", "resolution": place / "resolution.yaml"}
    ran = CliRunner().invoke(main, [word.format(**places) for word in COMMANDS[command]])
    assert ran.exit_code == 0, ran.stderr
