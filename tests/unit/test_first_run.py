"""Where compiled kernels are kept, and that what a run calls is compiled before it begins."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import relsim

SOURCE = Path(relsim.__file__).parent

WHERE = "from relsim.kernels.tallies import count_grades as k; print(k._dispatcher._cache.cache_path)"

REHEARSED = """
import numpy as np
from relsim.kernels.ahead import rehearsal, telling
from relsim.kernels.start import reflect_rows
from relsim.kernels.tallies import count_in_force

rows, low, high = np.full((1, 128), 3.0), np.full(1, -2.0), np.full(1, 2.0)
in_force, out = np.ones((4, 1, 128), np.uint8), np.zeros((1, 4), np.int64)
left = []

def work():
    reflect_rows(rows, low, high)
    count_in_force(in_force, 100, out)
    count_in_force(in_force, 128, out)

with telling(left.append):
    with rehearsal():
        work()
    print(left, reflect_rows.known, count_in_force.known, rows[0, 0], out.tolist())
    with rehearsal():
        work()
    work()
    print(left, rows[0, 0], out.tolist())
"""


def python(code: str, source: Path = SOURCE.parent, **environment: str) -> str:
    """What a process of its own prints."""
    env = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    env |= {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_is_rehearsed_is_compiled_and_not_run(tmp_path: Path) -> None:
    first, second = python(REHEARSED, NUMBA_CACHE_DIR=str(tmp_path)).splitlines()
    assert first == "[2, 1, 0] True True 3.0 [[0, 0, 0, 0]]"
    assert second == "[2, 1, 0] 1.0 [[228, 228, 228, 228]]"
    assert len(list(tmp_path.glob("kernels-*/*.nbc"))) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="the user's cache folder has another name elsewhere")
def test_kernels_are_kept_by_their_own_sources_in_the_users_cache(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    here = python(WHERE, XDG_CACHE_HOME=str(cache))
    assert Path(here).parent == cache / "relsim"

    other = tmp_path / "site" / "relsim"  # another installation, later, with another version
    shutil.copytree(SOURCE, other, ignore=shutil.ignore_patterns("__pycache__"))
    for file in other.rglob("*.py"):
        os.utime(file, (1, 1))
    init = other / "__init__.py"
    init.write_text(init.read_text(encoding="utf-8") + "\n# a later version\n", encoding="utf-8")
    assert python(WHERE, other.parent, XDG_CACHE_HOME=str(cache)) == here

    changed = other / "kernels" / "rows.py"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert python(WHERE, other.parent, XDG_CACHE_HOME=str(cache)) != here

    nowhere = tmp_path / "nowhere"
    nowhere.write_text("", encoding="utf-8")
    beside = python(WHERE, other.parent, XDG_CACHE_HOME=str(nowhere))
    assert Path(beside).parent == other / "kernels" / "__pycache__"
    assert Path(python(WHERE, NUMBA_CACHE_DIR=str(tmp_path / "named"))).parent == tmp_path / "named"
