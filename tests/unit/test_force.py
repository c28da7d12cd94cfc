"""``--force`` replaces what relsim wrote, all of it listed, and nothing that somebody else put there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relsim.api.template import starting_scenario
from relsim.cli import main
from relsim.result.files import sha256

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
FIT = [str(EXAMPLES / "fit.yaml"), "--events", str(EXAMPLES / "fit.csv")]


def relsim(*words: object) -> Result:
    return CliRunner().invoke(main, list(map(str, words)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("force")
    (folder / "s.yaml").write_text(starting_scenario("us,ru"), encoding="utf-8")
    for words in (
        ["run", folder / "s.yaml", "--paths", 300, "--no-figures", "--out", folder / "run"],
        ["drivers", folder / "run"],
        ["story", folder / "run", "--path", 3, "--futures", 0],
        ["plot", folder / "run", "--format", "svg"],
        ["compare", folder / "run", "--given", "summit", "--no-figures", "--out", folder / "compare"],
        ["plot", folder / "compare"],
    ):
        ran = relsim(*words)
        assert ran.exit_code == 0, (words, ran.stderr)
    return folder


def command(place: Path, kind: str, out: Path) -> list[object]:
    """The command that wrote ``kind``, told to replace ``out``."""
    if kind == "run":
        return ["run", place / "s.yaml", "--paths", 128, "--no-figures", "--out", out, "--force"]
    return ["compare", place / "run", "--given", "summit", "--no-figures", "--out", out, "--force"]


@pytest.mark.parametrize("kind", ["run", "compare"])
def test_results_added_later_are_listed(kind: str, place: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(place / kind, out)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    held = {file.relative_to(out).as_posix() for file in out.rglob("*") if file.is_file()}
    assert set(manifest["outputs"]) == held - {"manifest.json"}
    for name, digest in manifest["outputs"].items():
        assert sha256(out / name) == digest
    ran = relsim(*command(place, kind, out))
    assert ran.exit_code == 0, ran.stderr
    assert not (out / "figures").exists()


def strange(name: str) -> Callable[[Path], None]:
    def add(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("mine", encoding="utf-8")

    return add


def manifest(text: str) -> Callable[[Path], None]:
    def add(folder: Path) -> None:
        (folder / "manifest.json").write_text(text, encoding="utf-8")

    return add


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (strange("notes.txt"), "notes.txt"),
        (strange("figures/mine.png"), "figures/mine.png"),
        (strange("new/notes.txt"), "new/notes.txt"),
        (strange(".hidden"), ".hidden"),
        (lambda folder: (folder / "link").symlink_to("/etc"), "link"),
        (manifest('{"name": "app", "version": "1.0"}'), "scenario"),
        (manifest("{}"), "scenario"),
        (manifest("["), "scenario"),
        (manifest('{"relsim": 1, "outputs": {}}'), "scenario"),
        (lambda folder: (folder / "manifest.json").unlink(), "scenario"),
    ],
)
@pytest.mark.parametrize("kind", ["run", "compare"])
def test_what_relsim_did_not_write_is_named_and_kept(
    kind: str, change: Callable[[Path], None], named: str, place: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(place / kind, out)
    change(out)
    before = sorted(out.rglob("*"))
    ran = relsim(*command(place, kind, out))
    assert ran.exit_code == 2
    assert f"{out}: " in ran.stderr
    assert "--force would destroy" in ran.stderr
    if named != "scenario":
        assert named in ran.stderr
    assert sorted(out.rglob("*")) == before


def test_fit_and_backtest_keep_what_is_not_theirs(tmp_path: Path) -> None:
    fit = ["fit", *FIT, "--only", "events/talks/*", "--no-figures", "--out", tmp_path / "w.yaml"]
    backtest = ["backtest", *FIT, "--from", "2018-10-01", "--every", "60d", "--refit", "never", "--paths", "128"]
    backtest += ["--baselines", "climatology", "--workers", "1", "--no-figures", "--out", tmp_path / "b"]
    for words, folder in ((fit, "w-fit"), (backtest, "b")):
        assert relsim(*words).exit_code == 0
        assert relsim(*words).exit_code == 2
        assert relsim(*words, "--force").exit_code == 0
        (tmp_path / folder / "notes.txt").write_text("mine")
        ran = relsim(*words, "--force")
        assert ran.exit_code == 2
        assert "notes.txt" in ran.stderr
        assert (tmp_path / folder / "notes.txt").read_text() == "mine"


def test_an_empty_folder_is_replaced(place: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert relsim(*command(place, "run", tmp_path / "out")).exit_code == 0


def test_a_link_to_a_folder_is_followed(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "run", tmp_path / "real")
    (tmp_path / "real").chmod(0o750)
    (tmp_path / "link").symlink_to("real")
    assert relsim(*command(place, "run", tmp_path / "link")).exit_code == 0
    assert (tmp_path / "link").is_symlink()
    assert not (tmp_path / "real" / "drivers.json").exists()
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o750
