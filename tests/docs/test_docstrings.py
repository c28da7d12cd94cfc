"""What is public has a docstring, and the examples in it run."""

from __future__ import annotations

import doctest
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import furnish

import relsim

pytest.importorskip("pandas")


def public() -> Iterator[tuple[str, Any]]:
    """Public names, and the public methods and properties of public classes."""
    for name in relsim.__all__:
        value = getattr(relsim, name)
        yield name, value
        if inspect.isclass(value) and value.__module__.startswith("relsim.api"):
            for own, member in vars(value).items():
                if not own.startswith("_") and (callable(member) or isinstance(member, property | classmethod)):
                    yield f"{name}.{own}", member


PUBLIC = dict(public())


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_says_what_it_is(name: str) -> None:
    assert len(inspect.getdoc(PUBLIC[name]) or "") > 20, name


@pytest.mark.parametrize("name", [name for name, value in PUBLIC.items() if inspect.isfunction(value)])
def test_a_function_tells_of_its_parameters(name: str) -> None:
    text = inspect.getdoc(PUBLIC[name]) or ""
    for parameter in inspect.signature(PUBLIC[name]).parameters:
        assert parameter == "self" or parameter in text, f"{name}: nothing on '{parameter}'"


@pytest.mark.parametrize(
    "name",
    [
        n
        for n, value in PUBLIC.items()
        if "." not in n and not (inspect.isclass(value) and "errors" in value.__module__)
    ],
)
def test_a_public_name_has_an_example(name: str) -> None:
    assert ">>> " in (inspect.getdoc(PUBLIC[name]) or ""), name


@pytest.mark.parametrize("name", [n for n, value in PUBLIC.items() if ">>> " in (inspect.getdoc(value) or "")])
def test_its_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(tmp_path)
    monkeypatch.chdir(tmp_path)
    text = inspect.getdoc(PUBLIC[name]) or ""
    example = doctest.DocTestParser().get_doctest(text, {"relsim": relsim}, name, None, 0)
    said: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=said.append)
    assert not said, "".join(said)


def test_public_names_have_one_place() -> None:
    """The list of names, where each stands, and what type checkers see agree."""
    from relsim import api

    seen = re.findall(r"from ([\w.]+) import (\w+) as \2$", inspect.getsource(api), re.MULTILINE)
    assert {name: module for module, name in seen} == api.HOMES
    assert sorted(api.HOMES) == sorted(relsim.__all__)


def test_what_is_not_public_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'laod'"):
        _ = relsim.laod
    assert set(relsim.__all__) <= set(dir(relsim))
