"""Where compiled kernels are kept. Floor 1; imports numba only.

They lie in the user's cache folder, under a digest of the kernels' own sources: what they compile to depends on
nothing else of relsim, so that an upgrade, another environment or an installation that nobody may write to finds them
again. ``NUMBA_CACHE_DIR`` names another place; where the user has none that can be written to, they lie beside the
sources, and where that fails too they are compiled anew in every process.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
from numba import config as numba_config
from numba.core.caching import CompileResultCacheImpl, FunctionCache, UserWideCacheLocator
from numba.core.compiler_lock import global_compiler_lock
from numba.misc.appdirs import AppDirs


@cache
def _digest() -> str:
    """Of all kernel sources: numba's own stamp sees only the file of the function itself."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _named() -> str:
    folder: str = getattr(numba_config, "CACHE_DIR", "")
    return folder


class _Named(UserWideCacheLocator):
    """In the folder that ``NUMBA_CACHE_DIR`` names."""

    def __init__(self, py_func: Any, py_file: str) -> None:
        self._py_file, self._lineno = py_file, py_func.__code__.co_firstlineno
        self._cache_path = str(self.folder() / f"kernels-{_digest()[:16]}")

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Any:
        return super().from_function(py_func, py_file) if _named() else None

    def folder(self) -> Path:
        return Path(_named())

    def get_source_stamp(self) -> str:
        return _digest()


class _OfUser(_Named):
    """In the user's cache folder."""

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Any:
        return super(_Named, cls).from_function(py_func, py_file)

    def folder(self) -> Path:
        return Path(AppDirs(appname="relsim", appauthor=False).user_cache_dir)


class _BesideSources(_OfUser):
    def folder(self) -> Path:
        return Path(self._py_file).parent / "__pycache__"


class _Kept(CompileResultCacheImpl):
    _locator_classes = [_Named, _OfUser, _BesideSources]  # noqa: RUF012 (numba's own form)

    def reduce(self, cres: Any) -> Any:
        """The machine code, and of the bitcode, which only a caller's compilation would read, the names."""
        (name, kind, (code, bitcode)), *others = super().reduce(cres)
        return (name, kind, (code, _names_of(bitcode))), *others


def _names_of(bitcode: bytes) -> bytes:
    """A module that defines the same names, and nothing behind them."""
    module = llvm.parse_bitcode(bitcode)
    functions = [f.name for f in module.functions if not f.is_declaration]
    others = [g.name for g in module.global_variables if not g.is_declaration]
    lines = [f'define void @"{f}"() {{ ret void }}' for f in functions] + [f'@"{g}" = global i8 0' for g in others]
    slim: bytes = llvm.parse_assembly("\n".join(lines)).as_bitcode()
    return slim


class _KernelCache(FunctionCache):
    _impl_class = _Kept

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Without numba's registers of what it can compile, which take a third of a second and 50 MB to fill."""
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


def keep_on_disk(dispatcher: Any) -> None:
    """Let a dispatcher look on disk before it compiles, and leave there what it has compiled."""
    try:
        dispatcher._cache = _KernelCache(dispatcher.py_func)
    except (RuntimeError, OSError):  # nowhere to keep it
        return


def has_kept(dispatcher: Any) -> bool:
    """Whether something that a dispatcher compiled to, for whatever types, lies on disk."""
    return bool(_index(dispatcher))


def is_kept(dispatcher: Any, signature: tuple[Any, ...]) -> bool:
    """Whether what a dispatcher compiles to for these types has been loaded or lies on disk."""
    with global_compiler_lock:  # several threads may ask at once
        return _is_kept(dispatcher, signature)


def _is_kept(dispatcher: Any, signature: tuple[Any, ...]) -> bool:
    if signature in dispatcher.overloads:
        return True
    index = _index(dispatcher)
    if not index:
        return False
    name = index.get(dispatcher._cache._index_key(signature, dispatcher.targetctx.codegen()))
    return name is not None and Path(dispatcher._cache.cache_path, name).exists()


def _index(dispatcher: Any) -> dict[Any, str]:
    """Files by types and chip."""
    kept = dispatcher._cache
    found: dict[Any, str] = kept._cache_file._load_index() if isinstance(kept, _KernelCache) else {}
    return found
