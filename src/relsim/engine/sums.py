"""Sums over paths of daily levels, by draw of the weights. Floor 4; imports ``parts``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsim.engine.parts import Range

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BlockSums:
    """Sums over a range's paths, block by block.

    Attributes
    ----------
    first : number of the first block
    paths : (B,); sums : (B, S, T); squares : (S, T), over all blocks
    """

    first: int
    paths: NDArray[np.int64]
    sums: Array
    squares: Array

    @classmethod
    def zero(cls, part: Range, series: int, days: int) -> BlockSums:
        """No paths yet."""
        blocks = part.last - part.first
        return cls(part.first, np.zeros(blocks, np.int64), np.zeros((blocks, series, days)), np.zeros((series, days)))

    def add(self, block: int, levels: Array) -> None:
        """Take a block's levels, (T, S, paths)."""
        at = block - self.first
        self.paths[at] += levels.shape[2]
        self.sums[at] += levels.sum(axis=2).T
        self.squares[:] += (levels**2).sum(axis=2).T


@dataclass(frozen=True)
class Sums:
    """Sums over a run's paths, draw by draw.

    Attributes
    ----------
    paths : (M,) paths under each draw
    sums : (M, S, T); squares : (S, T), over all paths
    """

    paths: NDArray[np.int64]
    sums: Array
    squares: Array

    @classmethod
    def zero(cls, draws: int, series: int, days: int) -> Sums:
        """No paths yet."""
        return cls(np.zeros(draws, np.int64), np.zeros((draws, series, days)), np.zeros((series, days)))

    def add(self, blocks: BlockSums) -> None:
        """Take a range's sums; block b runs under draw b mod M."""
        draws = len(self.paths)
        for at, paths in enumerate(blocks.paths.tolist()):
            draw = (blocks.first + at) % draws
            self.paths[draw] += paths
            self.sums[draw] += blocks.sums[at]
        self.squares[:] += blocks.squares
