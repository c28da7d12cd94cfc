"""Files → one resolved document and its scenario. Floor 3; the only room that knows YAML.

Rooms: ``reader`` (YAML → nodes with places), ``nodes``, ``layers`` (files, extends), ``merge`` (layers → one tree),
``removals`` and ``mentions`` (what goes with a removed entry), ``misspelt`` (events named by mistake), ``histories``
(chronicles and tables), ``validator`` (what is wrong, each at its place), ``render`` (nodes → YAML).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from relsim.compose.base_rates import with_counts
from relsim.compose.histories import Histories
from relsim.compose.layers import BUILT_IN, Files, Given, Layer, built_in, option_layer, similar_file, working_name
from relsim.compose.merge import Merge
from relsim.compose.misspelt import misspelt_events
from relsim.compose.nodes import Node, Place, Source, diagnostic
from relsim.compose.question_order import own_first
from relsim.compose.render import text_of
from relsim.compose.validator import Validator, placed
from relsim.errors import DocumentError, Problem, suggestion
from relsim.expand import SEED
from relsim.scenario import Resolved, Scenario
from relsim.spec import Document, shape_of

__all__ = ["Given", "LoadedScenario", "load"]


_SHAPE = shape_of(Document)
assert _SHAPE is not None
_SECTIONS = _SHAPE.keys


@dataclass(frozen=True)
class Sibling:
    """Another variant of the same file, or the file itself."""

    variant: str | None
    scenario: Scenario
    root: Node


@dataclass(frozen=True)
class LoadedScenario:
    """A document read, merged, checked and made concrete."""

    name: str
    """The file, as named by the user."""
    scenario: Scenario | None
    """None for a layer, which has no window."""
    document: Document
    """The merged document, sets not expanded, histories in place."""
    root: Node
    warnings: tuple[Problem, ...]
    files: dict[str, str]
    """SHA-256 of every file read."""
    resolution: Mapping[str, Resolved] = field(default_factory=dict)
    """What came true, by outcome or quantity."""
    filed: frozenset[str] = frozenset()
    """Histories that are files of their own."""
    siblings: tuple[Sibling, ...] = ()
    """The file's other variants, and the file without one where a variant was chosen; settings are not laid over
    them.
    """

    @property
    def tree(self) -> object:
        """The merged document as plain data."""
        return self.root.plain()

    @property
    def origins(self) -> dict[str, str]:
        """``FILE:LINE`` that set each value, by path."""
        return dict(_origins(self.root, ()))

    def locate(self, problems: Iterable[Problem], severity: str = "error") -> list[Problem]:
        """Problems found later, by their paths in the document, with their places."""
        return placed(self.root, problems, severity)

    def resolved_yaml(self, origins: bool = False) -> str:
        """The merged document as YAML: loads again, alone, to the same scenario."""
        return text_of(self._alone(), origins)

    def shown_yaml(self, origins: bool = False) -> str:
        """The merged document as YAML with its variants, as ``relsim show`` prints it."""
        return text_of(self._alone(variants=True), origins)

    def _alone(self, variants: bool = False) -> Node:
        entries = dict(self.root.mapping or {})
        if self.scenario is not None and (self.scenario.variant is not None or not variants):
            entries.pop("variants", None)
        first = {"relsim": entries.pop("relsim")} if "relsim" in entries else {}
        if self.scenario is not None:
            entries.pop("title", None)
            first["title"] = Node(self.root.place, self.scenario.title)
            if (given := self.root.get("title")) is not None:
                first["title"] = given
        order = [*first, *(key for key in _SECTIONS if key in entries and key not in first)]
        return Node(self.root.place, {key: first.get(key) or entries[key] for key in order})


def _origins(node: Node, path: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    inner = list(node.children())
    if not inner:
        yield "/".join(path), f"{node.place.source.name}:{node.place.line}"
    for key, child in inner:
        yield from _origins(child, (*path, key))


def load(
    path: str | os.PathLike[str] | Given,
    *,
    variant: str | None = None,
    weights: Sequence[str | os.PathLike[str] | Given] = (),
    settings: Sequence[str] = (),
    option: str = "--set",
    whole: bool = False,
    others: bool = True,
    to_the_end: bool = False,
) -> LoadedScenario:
    """Read a document with all that it extends, check it, and make it concrete.

    Parameters
    ----------
    path : file, the name of a built-in model, or a document that is no file
    variant : name of one of its variants
    weights : files, or documents that are none, laid over it
    settings : ``path=value``, keys separated by ``/``, laid over all
    option : what messages call a setting
    whole : whether a document without a window is an error (``run``) or a layer (``validate``)
    others : whether the file's other variants are judged too
    to_the_end : whether all that the histories tell of the window is read, whatever ``as_of`` says

    Raises
    ------
    DocumentError
        With one diagnostic for each fault of the files.
    """
    files = Files()
    name = path.name if isinstance(path, Given) else working_name(path)
    running = _stack(files, path, BUILT_IN)
    layers = list(running)
    for extra in weights:
        layers += _stack(files, extra)
    options = [layer for text in settings if (layer := option_layer(option, text, files, _SHAPE)) is not None]
    validator = Validator(files)
    for layer in [*layers, *options]:
        validator.layer(layer)
    if files.unread:
        raise DocumentError(validator.sorted())
    merge = Merge()
    base: Node | None = None
    for layer in layers:
        base = merge.lay(base, layer.root, _SHAPE)
    if base is None:
        raise DocumentError(validator.sorted())
    if running:  # what the whole lacks, the file that is run lacks, and no layer laid over it
        base = Node(running[-1].root.place, base.mapping, base.keys)
    variants = {n: node for n, node in _variants(base).items() if node.mapping is not None}
    if variant is not None and variant not in variants:
        validator.found += _unknown_variant(variant, list(variants))
        variant = None
    stacked = Merge(merge)
    before_options = merge.lay(_without(base, "variants"), _untitled(variants[variant]), _SHAPE) if variant else base
    own = [*(layer.root for layer in running[-1:]), *([variants[variant]] if variant else [])]
    chosen = own_first(_laid(merge, before_options, options), [*own, *(layer.root for layer in options)])
    validator.removals(merge)
    if to_the_end:
        chosen = _known_to_the_end(chosen)
    histories = Histories(files)
    chosen, counted = with_counts(histories.attach(chosen, merge), files)
    title = path.title if isinstance(path, Given) else os.path.splitext(os.path.basename(name))[0]
    result = validator.tree(chosen, title, variant, histories, whole)
    siblings = []
    if result is not None and others:
        for other in [None, *variants]:
            if other == variant:
                continue
            merged = Merge(stacked)
            body = _untitled(variants[other]) if other else None
            tree = _without(merged.lay(base, body, _SHAPE) if body else base, "extends")
            tree = with_counts(histories.attach(tree, merged), files)[0]
            scenario = validator.sibling(tree, merged, title, other, body, histories)
            if scenario is not None:
                siblings.append(Sibling(other, scenario, tree))
    found = validator.sorted()
    if found or result is None:
        raise DocumentError(found)
    document, expanded = result
    warnings = placed(chosen, expanded.warnings, "warning") if expanded else []
    warnings += placed(chosen, misspelt_events(chosen), "warning")
    warnings += [*histories.left_out.values(), *merge.notes, *counted]
    scenario = expanded.scenario if expanded else None
    if scenario is not None and options:
        scenario = replace(scenario, own_seed=_own_seed(before_options))
    return LoadedScenario(
        name=name,
        scenario=scenario,
        document=document,
        root=chosen,
        warnings=tuple(warnings),
        files={source.name: source.digest for source in files.sources.values()},
        resolution=expanded.resolution if expanded else {},
        filed=frozenset(histories.filed),
        siblings=tuple(siblings),
    )


def _stack(files: Files, document: str | os.PathLike[str] | Given, models: Sequence[str] = ()) -> list[Layer]:
    """The layers of a document; a name among ``models`` that is no file is a built-in model's."""
    if isinstance(document, Given):
        return files.given(document)
    name, location = working_name(document), os.fspath(document)
    if name in models and not os.path.exists(location):
        location = built_in(name)
    if not os.path.isfile(location):
        kind = "is a folder, and a file was expected" if os.path.isdir(location) else "does not exist"
        hint = similar_file(name, os.path.dirname(location))
        files.found.append(Problem.at(name, 0, 0, "", f"the file {kind}", hint=hint))
        files.unread = True
        return []
    return files.stack(name, location)


def _variants(root: Node) -> dict[str, Node]:
    node = root.get("variants")
    return dict(node.mapping or {}) if node is not None else {}


def _laid(merge: Merge, root: Node, layers: Iterable[Layer]) -> Node:
    """A tree with the layers of ``--set`` over it, which stands where it stood."""
    place = root.place
    for layer in layers:
        root = merge.lay(root, layer.root, _SHAPE)
    return _without(Node(place, root.mapping, root.keys), "extends")


def _without(root: Node, key: str) -> Node:
    """A document, or a variant's body, without one of its keys."""
    return Node(root.place, {k: node for k, node in (root.mapping or {}).items() if k != key}, root.keys)


def _known_to_the_end(root: Node) -> Node:
    """A document whose record reaches to the window's last day."""
    window = root.get("window")
    end = window.get("end") if window is not None else None
    if window is None or end is None:
        return root
    reaching = Node(window.place, {**(window.mapping or {}), "as_of": end}, window.keys)
    return Node(root.place, {**(root.mapping or {}), "window": reaching}, root.keys)


def _own_seed(root: Node) -> int:
    run = root.get("run")
    seed = run.get("seed") if run is not None else None
    return seed.value if seed is not None and isinstance(seed.value, int) else SEED


def _untitled(body: Node) -> Node:
    """A variant's body without its title, which names the variant and not the scenario."""
    return _without(body, "title")


def _unknown_variant(variant: str, known: list[str]) -> list[Problem]:
    message = f"unknown variant '{variant}'" + ("" if known else "; the document has none")
    place = Place(Source("--variant", (variant,)), 1, 1)
    return [diagnostic(place, (), message, suggestion(variant, known))]
