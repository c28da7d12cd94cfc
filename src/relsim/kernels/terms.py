"""Clauses of ``requires``, ``unless`` and ``odds_if``, read from the records of a block. Floor 1."""

from __future__ import annotations

from relsim.kernels.compiled import LANES, plain
from relsim.kernels.layout import NO_DAY, TERM_CONDITION, TERM_ENTRY, TERM_EVENT
from relsim.kernels.rows import fill, lane


@plain
def term_holds(terms, above_of, below_of, state, day, j, out):
    """out = 1 where term ``j`` holds on ``day``, given records up to the day before (and entries taken today)."""
    one = out.dtype.type(1)
    zero = out.dtype.type(0)
    fill(out, zero)
    kind = terms.kind[j]
    oldest = NO_DAY
    if terms.within[j] >= 0:
        oldest = day - terms.within[j]
    oldest = max(oldest, terms.since[j])
    for m in range(terms.member.ptr[j], terms.member.ptr[j + 1]):
        member = terms.member.col[m]
        if kind == TERM_EVENT:
            before = 0
            if oldest <= 0:
                before = terms.past[member, min(1 - oldest, terms.past.shape[1] - 1)]
            now = state.running[member, day - 1]
            then = state.running[member, min(max(oldest, 1) - 1, day - 1)]
            least = terms.at_least[j] - before
            for i in range(LANES):
                if now[i] - then[i] >= least:
                    out[i] = one
        elif kind == TERM_ENTRY:
            happened = state.happened[member]
            resolved = state.resolved[member]
            if terms.negated[j]:  # of all members: before their dates have passed both this and its opposite fail
                if m == terms.member.ptr[j]:
                    fill(out, one)
                for i in range(LANES):
                    if not resolved[i] or (happened[i] > 0 and happened[i] >= oldest):
                        out[i] = zero
            else:
                for i in range(LANES):
                    if happened[i] > 0 and happened[i] >= oldest:
                        out[i] = one
        elif kind == TERM_CONDITION:
            until = state.until[member]
            for i in range(LANES):
                if until[i] >= day:
                    out[i] = one
        else:
            level = state.levels[member]
            above = above_of[j]
            below = below_of[j]
            for i in range(LANES):
                over = terms.has_above[j] == 0 or level[i] > lane(above, i)
                under = terms.has_below[j] == 0 or level[i] < lane(below, i)
                if over and under:
                    out[i] = one
    if terms.negated[j] and kind != TERM_ENTRY:
        for i in range(LANES):
            out[i] = one - out[i]


@plain
def gate(terms, above_of, below_of, state, day, requires, unless, r, held, out):
    """out = 1 where row ``r`` meets all of its ``requires`` and none of its ``unless``; ``held`` is scratch."""
    one = out.dtype.type(1)
    fill(out, one)
    for j in range(requires.ptr[r], requires.ptr[r + 1]):
        term_holds(terms, above_of, below_of, state, day, requires.col[j], held)
        for i in range(LANES):
            out[i] *= held[i]
    for j in range(unless.ptr[r], unless.ptr[r + 1]):
        term_holds(terms, above_of, below_of, state, day, unless.col[j], held)
        for i in range(LANES):
            out[i] *= one - held[i]
