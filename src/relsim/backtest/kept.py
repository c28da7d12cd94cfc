"""Results that are written once and read again one by one, so that many take no more memory than few. Floor 5."""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Kept(Sequence[T], Generic[T]):
    """A sequence in a file of this process's own; it grows at its end.

    Parameters
    ----------
    file : a new file, of use until the end of the block alone
    """

    def __init__(self, file: Path) -> None:
        self._stream = file.open("x+b")
        self._starts = array("q")

    def __enter__(self) -> Kept[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def append(self, item: T) -> None:
        """Write an item."""
        self._starts.append(self._stream.seek(0, 2))
        pickle.dump(item, self._stream, protocol=pickle.HIGHEST_PROTOCOL)

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        self._stream.seek(self._starts[at])
        item: T = pickle.load(self._stream)
        return item

    def __iter__(self) -> Iterator[T]:
        return (self[n] for n in range(len(self)))
