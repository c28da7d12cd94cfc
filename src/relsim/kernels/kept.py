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

from numba import config as numba_config
from numba.core.caching import CompileResultCacheImpl, FunctionCache, UserWideCacheLocator
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


class _KernelCache(FunctionCache):
    _impl_class = _Kept


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
    if signature in dispatcher.overloads:
        return True
    index, target = _index(dispatcher), dispatcher.targetctx
    if not index:
        return False
    target.refresh()
    name = index.get(dispatcher._cache._index_key(signature, target.codegen()))
    return name is not None and Path(dispatcher._cache.cache_path, name).exists()


def _index(dispatcher: Any) -> dict[Any, str]:
    """Files by types and chip."""
    kept = dispatcher._cache
    found: dict[Any, str] = kept._cache_file._load_index() if isinstance(kept, _KernelCache) else {}
    return found
