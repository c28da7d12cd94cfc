"""Fonts for names in any script: which are used where installed, and what is said where none has a character."""

from __future__ import annotations

import logging
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from matplotlib import font_manager

from relsim.errors import Notice

FIRST = "DejaVu Sans"
"""Comes with matplotlib: Latin, Greek, Cyrillic, Arabic, Hebrew, Georgian, Armenian."""
_OF_SCRIPTS = (
    *("Noto Sans CJK JP", "Noto Sans JP", "Noto Sans CJK SC", "Noto Sans SC", "Noto Sans CJK KR", "Noto Sans KR"),
    *("Hiragino Sans", "Yu Gothic", "IPAexGothic", "PingFang SC", "Microsoft YaHei", "Malgun Gothic"),
    *("Apple SD Gothic Neo", "WenQuanYi Zen Hei", "Droid Sans Fallback"),
    *("Noto Sans Devanagari", "Noto Sans Bengali", "Noto Sans Gurmukhi", "Noto Sans Gujarati", "Noto Sans Oriya"),
    *("Noto Sans Tamil", "Noto Sans Telugu", "Noto Sans Kannada", "Noto Sans Malayalam", "Noto Sans Sinhala"),
    *("Noto Sans Thai", "Noto Sans Lao", "Noto Sans Myanmar", "Noto Sans Khmer", "Noto Serif Tibetan"),
    *("Noto Sans Ethiopic", "Noto Sans Mongolian", "Noto Sans Thaana", "Noto Sans Syriac", "Noto Sans Cherokee"),
    *("Noto Emoji", "Segoe UI Emoji", "Segoe UI Symbol", "Apple Symbols", "Noto Sans Symbols", "Noto Sans Symbols2"),
)
"""What is taken for other scripts, one after the other; a longer list would make every figure slower."""
_MISSING = r"Glyph (\d+) .*missing from"
_SHOWN = 12
"""Characters of a script that a message shows."""
_EAST_ASIAN = ("CJK", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH", "KANGXI")
_KANA = ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA")
_NAMED = {"TIBETAN": "Noto Serif Tibetan"}


@cache
def families() -> list[str]:
    """DejaVu Sans, and what is installed for scripts that it lacks."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return [FIRST, *(name for name in _OF_SCRIPTS if name in installed)]


@contextmanager
def watched(say: bool = True) -> Iterator[None]:
    """Collect the characters that are drawn or measured inside this and that no font has; say so once, at the end.

    Warns
    -----
    Notice
        Which scripts, and which fonts would do; unless not to ``say``.
    """
    missing: set[str] = set()
    finder = logging.getLogger(font_manager.__name__)
    level = finder.level
    with warnings.catch_warnings():
        show: Callable[..., Any] = warnings.showwarning

        def collect(message: Warning | str, *rest: Any, **more: Any) -> None:
            found = re.match(_MISSING, str(message))
            if found is None:
                show(message, *rest, **more)
            else:
                missing.add(chr(int(found[1])))

        warnings.showwarning = collect
        warnings.filterwarnings("always", message=_MISSING)
        finder.setLevel(logging.ERROR)  # a script's font without bold letters is no news
        try:
            yield
        finally:
            finder.setLevel(level)
    if missing and say:
        warnings.warn(missing_text(missing), Notice, stacklevel=3)


def missing_text(characters: Iterable[str]) -> str:
    """Which characters the figures lack and the font that has each script's."""
    scripts: dict[tuple[str, str], list[str]] = {}
    characters = sorted(set(characters))
    words = {_word(character) for character in characters}
    for character in characters:
        scripts.setdefault(_script(character, words), []).append(character)
    parts = []
    for (script, font), found in scripts.items():
        more = " …" if len(found) > _SHOWN else ""
        parts.append(f"{script} ({''.join(found[:_SHOWN])}{more}): install {font}")
    return f"no installed font has some characters of the figures, which show as boxes: {'; '.join(parts)}"


def _word(character: str) -> str:
    """The first word of a character's name, which is its script's for letters."""
    return unicodedata.name(character, "").split(" ")[0].split("-")[0]


def _script(character: str, words: set[str]) -> tuple[str, str]:
    """What a character is of, as a reader says it, and the font; ideographs are of the language beside them.

    Parameters
    ----------
    words : first words of the names of all characters that are missing
    """
    word = _word(character)
    japanese, korean = words & set(_KANA), "HANGUL" in words
    if word in _KANA or (word in _EAST_ASIAN and japanese):
        return "Japanese", "Noto Sans CJK JP"
    if word == "HANGUL" or (word in _EAST_ASIAN and korean):
        return "Korean", "Noto Sans CJK KR"
    if word in _EAST_ASIAN:
        return "Chinese", "Noto Sans CJK SC"
    if unicodedata.category(character)[0] in "LMN" and word:
        return word.title(), _NAMED.get(word, f"Noto Sans {word.title()}")
    if ord(character) >= 0x1F000 or unicodedata.category(character) == "So":
        return "emoji and symbols", "Noto Emoji"
    return "other", "Noto Sans Symbols2"
