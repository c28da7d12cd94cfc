"""All benchmarks, one after another: ``python -m benchmarks``; or some: ``python -m benchmarks kernel``."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("kernel", "plain_c", "scaling", "command", "first_run", "memory", "pairing", "fit", "explore")


def main() -> None:
    for name in sys.argv[1:] or NAMES:
        if name not in NAMES:
            raise SystemExit(f"unknown benchmark '{name}'; known: {', '.join(NAMES)}")
        import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
