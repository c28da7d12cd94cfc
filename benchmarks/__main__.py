"""All benchmarks, one after another: ``python -m benchmarks``; some: ``… kernel``; ``… --against REV``."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("kernel", "plain_c", "scaling", "command", "first_run", "memory", "cluster", "pairing", "fit", "explore")


def main() -> None:
    words = sys.argv[1:]
    if "--against" in words:
        from benchmarks import against

        at = words.index("--against")
        if words[:at] or len(words) > at + 2:
            raise SystemExit("--against REV stands alone")
        against.main(*words[at + 1 :])
        return
    for name in words or NAMES:
        if name not in NAMES:
            raise SystemExit(f"unknown benchmark '{name}'; known: {', '.join(NAMES)}, --against REV")
        import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
