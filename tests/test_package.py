"""What is handed out: everything the package needs and nothing else, under one version."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from click.testing import CliRunner

from relsim import __version__
from relsim.cli import main
from relsim.page.document import SCRIPTS

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DATA = {
    "py.typed",
    "ingest/cameo.csv",
    "ingest/countries.csv",
    "ingest/plover.csv",
    "models/bilateral.yaml",
    "models/record.yaml",
    "page/page.css",
    "page/page.html",
    "page/explore.html",
    *(f"page/js/{name}.js" for name in (*SCRIPTS, "report", "controls", "explore")),
    "spec/meanings.yaml",
}
"""What the package reads beside its code."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of this tree, by the build backend that ``pyproject.toml`` names."""
    folder = tmp_path_factory.mktemp("wheel")
    code = "import sys, hatchling.build; print(hatchling.build.build_wheel(sys.argv[1]))"
    built = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return zipfile.ZipFile(folder / built.stdout.split()[-1])


def packed(wheel: zipfile.ZipFile) -> set[str]:
    """Files of the package in a wheel."""
    return {name.removeprefix("relsim/") for name in wheel.namelist() if name.startswith("relsim/")}


def test_a_wheel_holds_the_data_that_the_package_reads(wheel: zipfile.ZipFile) -> None:
    assert {name for name in packed(wheel) if not name.endswith(".py")} == DATA


def test_a_wheel_holds_all_modules(wheel: zipfile.ZipFile) -> None:
    package = ROOT / "src" / "relsim"
    assert {name for name in packed(wheel) if name.endswith(".py")} == {
        path.relative_to(package).as_posix() for path in package.rglob("*.py")
    }


def test_a_wheel_holds_nothing_beside_the_package(wheel: zipfile.ZipFile) -> None:
    """No tests and no scenarios land among other people's packages; the licence goes along."""
    about = f"relsim-{__version__}.dist-info/"
    others = {name for name in wheel.namelist() if not name.startswith("relsim/")}
    assert {name.removeprefix(about) for name in others} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_the_version_is_written_in_one_place(wheel: zipfile.ZipFile) -> None:
    metadata = Parser().parsestr(wheel.read(f"relsim-{__version__}.dist-info/METADATA").decode())
    assert metadata["Version"] == __version__
    assert __version__ in CliRunner().invoke(main, ["--version"]).output
    assert "version" not in PROJECT["project"]
    for name in ("CITATION.cff", "docs/conf.py", "README.md"):
        assert __version__ not in (ROOT / name).read_text(encoding="utf-8"), name


def test_the_change_log_begins_with_this_version() -> None:
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first is not None
    assert first[1] == __version__
