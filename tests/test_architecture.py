"""The house: rooms import from lower floors only, and each library is known to one room."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "relsim"

FLOORS = {
    1: ("errors", "files", "parquet", "quantity", "quantiles", "streams", "estimates", "kernels", "scoring", "experts"),
    2: ("scenario", "spec", "events", "result"),
    3: ("compose", "expand", "ingest", "model", "outcomes"),
    4: ("engine", "summary", "fit"),
    5: (
        "steady_state",
        "compare",
        "score",
        "drivers",
        "story",
        "tune",
        "backtest",
        "ledger",
        "rates",
        "watch",
        "track",
        "questions",
    ),
    6: ("show", "plots", "page", "diagram"),
    7: ("api",),
    8: ("cli", "explore"),
}
FLOOR = {room: floor for floor, rooms in FLOORS.items() for room in rooms}

ONLY = {
    "pydantic": {"spec"},
    "pydantic_core": {"spec"},
    "ruamel": {"compose"},
    "matplotlib": {"plots", "api"},
    "pandas": {"api"},
    "plotly": {"page"},
    "xlsxwriter": {"show"},
    "docx": {"show"},
    "rich": {"show", "api"},
    "click": {"cli"},
    "starlette": {"explore"},
    "uvicorn": {"explore"},
    "numba": {"kernels"},
    "distributed": {"engine"},
    "dask": {"engine"},
    "llvmlite": {"kernels"},
}
"""Library → rooms that may import it."""

HEAVY = ("matplotlib", "plotly", "scipy.stats", "numba", "duckdb", "starlette", "uvicorn")
"""What start-up does without."""


SIDEWAYS = {
    ("quantity", "errors"),
    ("quantity", "quantiles"),
    ("estimates", "quantiles"),
    ("files", "errors"),
    ("compose", "expand"),
    ("compose", "ingest"),
    ("outcomes", "model"),
    ("ledger", "score"),
    ("track", "compare"),
    ("questions", "ledger"),
    ("questions", "score"),
    ("spec", "events"),
    ("page", "plots"),
    ("cli", "explore"),
    ("page", "show"),
}
"""Neighbours on one floor of which the first may import the second; never in a circle."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Absolute names that a module imports, with the line; inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            module = node.module or ""
            if module == "relsim":
                yield from ((f"relsim.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield module, node.lineno


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", modules(), ids=name)
def test_every_room_has_a_floor(path: Path) -> None:
    assert room_of(path) in {*FLOOR, "__init__"}


@pytest.mark.parametrize("path", modules(), ids=name)
def test_imports_lead_down(path: Path) -> None:
    """A room may import from lower floors, and a folder from itself; rooms of one floor as ``SIDEWAYS`` says."""
    here = room_of(path)
    for module, line in imports(path):
        parts = module.split(".")
        if parts[0] != "relsim" or len(parts) == 1 or parts[1] == "__version__" or here == "__init__":
            continue
        there = parts[1]
        if there == here or (here, there) in SIDEWAYS:
            continue
        assert FLOOR[there] < FLOOR[here], f"{path}:{line}: floor {FLOOR[here]} imports {module}"


def test_no_imports_in_a_circle() -> None:
    """Of modules either, imports inside functions included; the package itself hands the door on by name alone."""
    known = {".".join(("relsim", *path.relative_to(PACKAGE).with_suffix("").parts)): path for path in modules()}
    known = {module.removesuffix(".__init__"): path for module, path in known.items() if module != "relsim.__init__"}
    sources = {module: taken_from(path, known.keys()) - {module} for module, path in known.items()}
    while leaves := {module for module, there in sources.items() if not there & sources.keys()}:
        sources = {module: there for module, there in sources.items() if module not in leaves}
    assert not sources


def taken_from(path: Path, known: Collection[str]) -> set[str]:
    """Modules that a module imports, or takes a name from."""
    out = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            out |= {module for module in inner if module in known} or {node.module}
    return out


def test_contributors_read_of_the_same_floors() -> None:
    """The table in CONTRIBUTING.md is this one."""
    text = (PACKAGE.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \w+ \| (.+) \|$", text, re.MULTILINE)
    told = {int(floor): {name.strip("/") for name in re.findall(r"`([\w/]+)`", rooms)} for floor, rooms in rows}
    assert told == {floor: set(rooms) for floor, rooms in FLOORS.items()}


def test_neighbours_stand_on_one_floor() -> None:
    assert all(FLOOR[a] == FLOOR[b] for a, b in SIDEWAYS)
    assert not {(b, a) for a, b in SIDEWAYS} & SIDEWAYS


@pytest.mark.parametrize("path", modules(), ids=name)
def test_each_library_is_known_to_its_room(path: Path) -> None:
    for module, line in imports(path):
        rooms = ONLY.get(module.split(".")[0])
        assert rooms is None or room_of(path) in rooms, f"{path}:{line}: {module}"
        assert not module.startswith(("scipy.stats", "matplotlib.pyplot")), f"{path}:{line}: {module}"


@pytest.mark.parametrize("path", modules(), ids=name)
def test_modules_are_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


MOST_LINES = 40
"""Of a command's body: parse, one call through the door, print."""


def commands() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions of the command line that click calls."""
    for path in sorted((PACKAGE / "cli").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
            if any(re.search(r"\b(command|group)\(", ast.unparse(one)) for one in decorators):
                yield path.stem, node


@pytest.mark.parametrize("command", [pytest.param(node, id=f"{room}.{node.name}") for room, node in commands()])
def test_a_command_is_short(command: ast.FunctionDef) -> None:
    body = command.body[1:] if ast.get_docstring(command) is not None else command.body
    lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
    assert lines <= MOST_LINES, f"{command.name}: {lines} lines"


def test_commands_were_found() -> None:
    assert {node.name for _, node in commands()} >= {"run", "compare", "backtest", "fit", "ledger", "resolve"}


def loaded_by(arguments: list[str], folder: Path) -> set[str]:
    """Heavy modules in memory after a command, and rich."""
    code = (
        "import sys\n"
        "from relsim.cli import main\n"
        f"main({arguments!r}, prog_name='relsim', standalone_mode=False)\n"
        f"print('HEAVY', *(m for m in {(*HEAVY, 'rich')!r} if m in sys.modules))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["--help"],
        ["run", "--help"],
        ["drivers", "--help"],
        ["show", "scenario.yaml"],
        ["validate", "scenario.yaml"],
    ],
    ids=" ".join,
)
def test_start_up_is_light(arguments: list[str], tmp_path: Path) -> None:
    """A scenario without history is checked without the compiler."""
    from relsim.api.template import starting_scenario

    (tmp_path / "scenario.yaml").write_text(starting_scenario("us,ru"), encoding="utf-8")
    printing = {"rich"} if arguments[0] == "validate" else set()
    assert loaded_by(arguments, tmp_path) <= printing
