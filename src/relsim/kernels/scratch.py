"""Rows that kernels work on, made once and used from block to block. Floor 1."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from relsim.kernels.compiled import LANES

Ints = Any
Floats = Any

FEW = 4
"""Where no more lanes have events of a type, they are dealt with one by one."""


class Scratch(NamedTuple):
    """Rows that the day loop works on; nothing in them outlives a call."""

    words: Ints
    """(4, LANES) random words."""
    noise: Floats
    """(D, 4, LANES) normals of four days."""
    uniforms: Floats
    """(K, 4, LANES) uniforms of four days."""
    quarter: Ints
    """(K,) the four days of which an event type's uniforms stand in ``uniforms``, −1 for none."""
    four: Floats
    """(4, LANES) uniforms that are read at once."""
    chances: Floats
    delays: Floats
    """(E, LANES) one uniform a path: whether an entry happens, and how long after its trigger."""
    factor: Floats
    """(K,) weekday profile times the scenario's multipliers."""
    rate: Floats
    """(K, LANES) events that each type is expected to have today."""
    events: Floats
    """(K, LANES) events of the day."""
    held: Floats
    began: Floats
    """(C, LANES) 1 where the condition is in force today; where it begins today."""
    happens: Floats
    fails: Floats
    """(E, LANES) 1 where the entry happens today; where its ``otherwise`` applies."""
    rows: Floats
    """(8, LANES); the last is 1 in every lane."""
    hit: Ints
    eights: Ints
    """(LANES,) uint8, and the same memory eight lanes at a time, (LANES / 8,) uint64: lanes that are looked at."""
    few: Ints
    """(K, FEW) the lanes that have events today, where they are ``number_few``."""
    number_few: Ints
    """(K,) how many those are; −1 where they are not listed."""
    some: Ints
    """(K,) no lane has more events of the type today; 0 where none has any, and its row is zero."""
    in_force: Ints
    begins: Ints
    """(C,) whether the condition is in force, or begins, today in any lane."""
    due: Ints
    """(E,) whether the entry is due today in any lane; where not, its rows are zero."""


def new_scratch(s, real):
    """Of a model's structure; ``real`` is the precision of its state."""
    variables, events = s.dynamics.low.size, s.rates.drawn.size
    conditions, entries = s.conditions.begun.size, s.calendar.first.size
    hit = np.zeros(LANES, np.uint8)
    return Scratch(
        words=np.empty((4, LANES), np.uint32),
        noise=np.zeros((variables, 4, LANES), real),
        uniforms=np.zeros((events, 4, LANES), np.float32),
        quarter=np.zeros(events, np.int64),
        four=np.zeros((4, LANES), np.float32),
        chances=np.zeros((entries, LANES), np.float32),
        delays=np.zeros((entries, LANES), np.float32),
        factor=np.zeros(events, real),
        rate=np.zeros((events, LANES), real),
        events=np.zeros((events, LANES), real),
        held=np.zeros((conditions, LANES), real),
        began=np.zeros((conditions, LANES), real),
        happens=np.zeros((entries, LANES), real),
        fails=np.zeros((entries, LANES), real),
        rows=np.zeros((8, LANES), real),
        hit=hit,
        eights=hit.view(np.uint64),
        few=np.zeros((events, FEW), np.int32),
        number_few=np.zeros(events, np.int32),
        some=np.zeros(events, np.int32),
        in_force=np.zeros(conditions, np.int32),
        begins=np.zeros(conditions, np.int32),
        due=np.zeros(entries, np.int32),
    )


class ReplayScratch(NamedTuple):
    """Rows that the replay works on."""

    y: Floats
    """(D, LANES) the state of the day that is being made."""
    events: Floats
    """(K, LANES)."""
    listed: Floats
    """(LANES,)."""
    silence: Floats
    """(0, 4, LANES) the noise, which is off."""
    some: Ints
    """(K,) ones: any type may have events."""


def replay_scratch(variables, types):
    """What ``observed_day`` works on: rows of the state and of the events, noise that is not there, flags."""
    return ReplayScratch(
        np.empty((variables, LANES)),
        np.empty((types, LANES)),
        np.empty(LANES),
        np.empty((0, 4, LANES)),
        np.ones(types, np.int64),
    )
