"""A change of files is whole or nothing, keeps modes and links, and what a killed process left is settled."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from relsim.errors import InputError
from relsim.files import Writing, clear, leftovers, locked, settling, write
from relsim.files import ending as ends
from relsim.files.leftovers import PLAN, RenameStep, identity, plan_text


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


@pytest.fixture(scope="module")
def ended() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left(home: Path, process: int, name: str = "table.csv") -> Path:
    """A temporary folder as a process leaves it when it is killed."""
    folder = home / f".{name}.{process}-{'0' * 15}a.relsim"
    (folder / "1").mkdir(parents=True)
    (folder / "lock").touch()
    return folder


def test_a_new_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    write(tmp_path / "made", "text\n")
    (tmp_path / "usual").write_text("")
    assert (tmp_path / "made").stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert (tmp_path / "made").read_bytes() == b"text\n"
    assert names(tmp_path) == ["made", "usual"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_the_mode_is_kept(mode: int, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    file.chmod(mode)
    write(file, "new")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", mode)


@pytest.mark.parametrize("target", ["elsewhere/real", "missing"])
def test_links_are_followed(target: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "real").write_text("old")
    (tmp_path / "link").symlink_to(target)
    write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / target).read_text() == "new"
    assert names(tmp_path / "elsewhere") == ["real"]


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for name, said in (("pipe", "is a device"), ("folder", "is a folder"), ("file/x", "Not a directory")):
        with pytest.raises(InputError, match=said):
            write(tmp_path / name, "new")
    assert names(tmp_path) == ["file", "folder", "pipe"]


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "file").chmod(0o444)
    monkeypatch.setattr(os, "access", lambda place, how: False)  # as it is for all but the superuser
    with pytest.raises(InputError, match="file: cannot be written: Permission denied"):
        write(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "old"


def test_a_file_is_not_replaced_where_none_was_expected(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    with pytest.raises(InputError, match="file: cannot be written: File exists"):
        write(tmp_path / "file", "new", replace=False)
    assert (tmp_path / "file").read_text() == "old"
    assert names(tmp_path) == ["file"]


def change(home: Path) -> None:
    """Two files and a folder, one of the files removed."""
    with Writing(home / "a") as writing:
        writing.file(home / "a").write_text("new")
        (writing.folder(home / "folder") / "inner").write_text("new")
        writing.remove(home / "gone")


def old(home: Path) -> None:
    (home / "folder").mkdir()
    for name in ("a", "folder/inner", "gone"):
        (home / name).write_text("old")


class Killed(BaseException):
    """The process is no more."""


def interrupted(plan: list[RenameStep], after: int, by: BaseException, patch: pytest.MonkeyPatch) -> None:
    """Carry out a plan until so many renames are done; the next one fails, once."""
    left_over = [after]

    def counted(call: Callable[..., object]) -> Callable[..., object]:
        def renamed(*places: object) -> object:
            left_over[0] -= 1
            if left_over[0] == -1:
                raise by
            return call(*places)

        return renamed

    with patch.context() as patched:
        for name in ("rename", "replace"):
            patched.setattr(os, name, counted(getattr(os, name)))
        patched.setattr(leftovers, "exchange", counted(leftovers.exchange))
        with suppress(type(by)):
            leftovers.carry_out(plan)


def planned(home: Path, process: int) -> list[RenameStep]:
    """The change of ``change``, ready to be carried out."""
    old(home)
    folder = left(home, process, "a")
    (folder / "1" / "a").write_text("new")
    (folder / "1" / "folder").mkdir()
    (folder / "1" / "folder" / "inner").write_text("new")
    plan = []
    for new, name in (("a", "a"), ("folder", "folder"), ("", "gone")):
        staged = folder / "1" / new
        plan.append(
            RenameStep(
                new and str(staged),
                str(home / name),
                str(folder / f"{name}-old"),
                identity(staged) if new else None,
                identity(home / name),
            )
        )
    (folder / PLAN).write_text(plan_text(plan))
    return plan


@pytest.fixture(params=[True, False], ids=["exchanging", "in two steps"])
def exchanging(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that can exchange two names, and one that cannot."""
    if not request.param:
        monkeypatch.setattr(leftovers, "exchange", lambda one, other: False)


@pytest.mark.usefixtures("exchanging")
def test_all_is_new(tmp_path: Path) -> None:
    old(tmp_path)
    change(tmp_path)
    assert names(tmp_path) == ["a", "folder"]
    assert (tmp_path / "a").read_text() == (tmp_path / "folder" / "inner").read_text() == "new"


@pytest.mark.usefixtures("exchanging")
@pytest.mark.parametrize("renames", range(6))
def test_what_was_begun_goes_on(renames: int, ended: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process is killed after so many renames of a change that is planned: the next one brings it to its end."""
    interrupted(planned(tmp_path, ended), renames, Killed(), monkeypatch)
    clear(tmp_path)
    assert names(tmp_path) == ["a", "folder"]
    assert (tmp_path / "a").read_text() == (tmp_path / "folder" / "inner").read_text() == "new"


@pytest.mark.usefixtures("exchanging")
@pytest.mark.parametrize("renames", range(3))
def test_what_fails_half_way_is_undone(
    renames: int, ended: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(planned(tmp_path, ended), renames, OSError(28, "No space left on device"), monkeypatch)
    assert [name for name in names(tmp_path) if not name.startswith(".")] == ["a", "folder", "gone"]
    for name in ("a", "folder/inner", "gone"):
        assert (tmp_path / name).read_text() == "old"


def test_what_was_not_planned_never_was(ended: int, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("old")
    (left(tmp_path, ended) / "1" / "table.csv").write_text("half")
    clear(tmp_path)
    assert names(tmp_path) == ["table.csv"]
    assert (tmp_path / "table.csv").read_text() == "old"


def test_what_somebody_wrote_since_is_left(ended: int, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("old")
    folder = left(tmp_path, ended)
    new = folder / "1" / "table.csv"
    new.write_text("new")
    target = tmp_path / "table.csv"
    step = RenameStep(str(new), str(target), str(folder / "0-old"), identity(new), identity(target))
    (folder / PLAN).write_text(plan_text([step]))
    (tmp_path / "table.csv").write_text("by hand")
    os.utime(tmp_path / "table.csv", ns=(1, 1))
    clear(tmp_path)
    assert names(tmp_path) == ["table.csv"]
    assert (tmp_path / "table.csv").read_text() == "by hand"


def test_what_is_anothers_is_left(ended: int, tmp_path: Path) -> None:
    """Of a process that runs, of one that holds its lock, and names that only look so."""
    kept = [left(tmp_path, os.getppid()).name, ".table.csv.5-00.relsim", "table.csv.5-000000000000000a.relsim"]
    for name in kept[1:]:
        (tmp_path / name).mkdir()
    (tmp_path / f".file.{ended}-000000000000000a.relsim").write_text("a file")
    (tmp_path / f".link.{ended}-000000000000000a.relsim").symlink_to(tmp_path)
    before = names(tmp_path)
    held = left(tmp_path, ended, "held")
    code = (
        "import sys, time; from relsim.files.locks import take; import os\n"
        "print(take(os.open(sys.argv[1], os.O_RDWR)), flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(held / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        clear(tmp_path)
        assert names(tmp_path) == sorted([*before, held.name])
        holder.communicate()
    clear(tmp_path)
    assert names(tmp_path) == before


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"new": 1}]', "[" * 100_000])
def test_a_plan_that_is_none_stops_nothing(text: str, ended: int, tmp_path: Path) -> None:
    (left(tmp_path, ended) / PLAN).write_text(text)
    write(tmp_path / "table.csv", "new")
    assert (tmp_path / "table.csv").read_text() == "new"


def test_two_disks(tmp_path: Path) -> None:
    """A change across two disks, each name changed within its own."""
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second disk")
    other = shared / f"relsim-test-{os.getpid()}"
    try:
        with Writing(tmp_path / "a") as writing:
            writing.file(tmp_path / "a").write_text("one")
            writing.file(other / "b").write_text("two")
        assert (tmp_path / "a").read_text() + (other / "b").read_text() == "onetwo"
        assert names(tmp_path) + names(other) == ["a", "b"]
        assert not [name for name in names(shared) if name.endswith(".relsim")]
    finally:
        (other / "b").unlink(missing_ok=True)
        other.rmdir()


def test_a_lock_keeps_others_out_and_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from relsim.files import locked\n"
        "file = Path(sys.argv[1])\n"
        "for _ in range(50):\n"
        "    with locked(file):\n"
        "        file.write_text(str(int(file.read_text()) + 1))\n"
    )
    file = tmp_path / "count"
    file.write_text("0")
    adding = [subprocess.Popen([sys.executable, "-c", code, str(file)]) for _ in range(4)]
    assert [process.wait(60) for process in adding] == [0] * 4
    assert file.read_text() == "200"
    assert names(tmp_path) == ["count"]


def test_a_signal_waits_for_what_is_being_settled() -> None:
    order = []

    def told() -> None:
        with ends.hearing(lambda: order.append("last")):
            with settling():
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(0.01)
                order.append("settled")
            order.append("never")

    with pytest.raises(KeyboardInterrupt):
        told()
    assert order == ["settled", "last"]
    assert ends.told() == signal.SIGTERM


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_call_that_hears_nothing_is_ended(number: signal.Signals, status: int, tmp_path: Path) -> None:
    """In a compiled call no handler runs: the process ends all the same, and leaves nothing behind."""
    code = (
        "import hashlib, sys; from pathlib import Path; from relsim.files import Writing, abandon, ending\n"
        "ending.PATIENCE = 0.2\n"
        "with ending.hearing(abandon), Writing(Path('made')) as writing:\n"
        "    writing.file(Path('made')).write_text('half')\n"
        "    print('begun', flush=True)\n"
        "    hashlib.pbkdf2_hmac('sha256', b'', b'', 200_000_000)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(0.5)
        process.send_signal(number)
        assert process.wait(20) == status
    assert names(tmp_path) == []


def test_the_plan_is_json_of_every_step(tmp_path: Path) -> None:
    step = RenameStep("", str(tmp_path / "gone"), str(tmp_path / "aside"), None, (1, 2))
    assert json.loads(plan_text([step]))[0]["found"] == [1, 2]


def test_the_lock_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    with locked(tmp_path / "a"):
        assert names(tmp_path) == []
