"""YAML 1.2 with places: core scalars, guards, and the two scanners held together."""

from __future__ import annotations

from pathlib import Path

import pytest

from relsim.compose import load, reader
from relsim.compose.nodes import Node, Source
from relsim.compose.reader import core_scalar, decode, read
from relsim.errors import InputError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("2019-05-15", "2019-05-15"),
        ("1_000", "1_000"),
        ("0o17", 15),
        ("017", 17),
        ("0x1F", 31),
        ("1e-3", 0.001),
        ("-.5", -0.5),
        ("5.", 5.0),
        ("+3", 3),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("~", None),
        ("null", None),
        ("", None),
        (".inf", float("inf")),
        ("-.INF", float("-inf")),
        ("0b1", "0b1"),
        ("1e", "1e"),
        ("<<", "<<"),
    ],
)
def test_core_scalars(text: str, value: object) -> None:
    found = core_scalar(text)
    assert found == value
    assert type(found) is type(value)


def tree(text: str) -> Node:
    node, found = read(Source("f.yaml", tuple(text.splitlines())), text)
    assert not found
    assert node is not None
    return node


def test_places_count_from_one() -> None:
    root = tree('a: 1\nb:\n  - x\n  - {c: "é", d: ± y}\n')
    assert [tuple(root.keys[k])[1:] for k in "ab"] == [(1, 1), (2, 1)]
    node, found = root.find(("b", "1", "d"))
    assert found == ("b", "1", "d")
    assert (node.place.line, node.place.column) == (4, 17)
    assert root.find(("b", "7", "x"))[1] == ("b",)


def test_a_text_with_a_byte_order_mark_and_windows_line_ends() -> None:
    text, found = decode(Source("f"), "\ufeffa: 1\r\nb: [2\r\n]\r\n".encode())
    assert not found
    assert tree(text).plain() == {"a": 1, "b": [2]}


def test_both_scanners_read_the_built_in_model_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(reader.__file__).parent.parent / "models" / "bilateral.yaml").read_text(encoding="utf-8")

    def places(node: Node) -> list[object]:
        own = (node.place.line, node.place.column, node.value if not list(node.children()) else None)
        return [own, *(p for _, child in node.children() for p in places(child))]

    fast = places(tree(text))
    monkeypatch.setattr(reader, "_compiled_events", reader._pure_events)
    assert places(tree(text)) == fast


def test_what_only_yaml_1_2_allows_is_read() -> None:
    assert tree("{a: [x:y, http://z]}").plain() == {"a": ["x:y", "http://z"]}


@pytest.mark.parametrize(
    ("data", "line", "column", "says"),
    [
        (b"", 1, 1, "empty"),
        (b"# only a comment\n", 1, 1, "empty"),
        (b"- a\n", 1, 1, "mapping"),
        (b"relsim: 1\ntitle: caf\xe9\n", 2, 11, "0xe9 is not UTF-8"),
        (b"relsim: 1\n" + b"#" * (5 * 1024 * 1024), 1, 1, "5 MiB"),
        (b"relsim: 1\ntitle: a\x07b\n", 2, 9, "U+0007"),
        (b"relsim: 1\ntitle: " + b"[" * 500, 2, 108, "nested more than"),
        (b"relsim: 1\n---\nrelsim: 1\n", 2, 1, "second document"),
    ],
)
def test_refused_files(tmp_path: Path, data: bytes, line: int, column: int, says: str) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(data)
    with pytest.raises(InputError) as error:
        load(path)
    (found,) = error.value.problems
    assert (found.line, found.column) == (line, column)
    assert says in found.message


def test_a_million_laughs_end_quickly(tmp_path: Path) -> None:
    lines = ["relsim: 1", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    path = tmp_path / "f.yaml"
    path.write_text("\n".join(lines))
    with pytest.raises(InputError, match="past 100,000 nodes"):
        load(path)


def test_many_nodes_without_aliases_are_fine() -> None:
    assert len(tree("a: [" + "1, " * 120_000 + "1]").plain()["a"]) == 120_001  # type: ignore[index, call-overload]
