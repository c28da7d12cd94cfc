"""Which coded rows are which event: ``codes`` of all events, made concrete. Floor 3."""

from __future__ import annotations

from relsim.expand.names import Problems
from relsim.expand.views import View
from relsim.scenario import Act, Codes

SCHEMES = ("cameo", "plover", "own")


class CodeBook:
    """Codes of one event after the other; a code leads a party to one event only."""

    def __init__(self, problems: Problems) -> None:
        self._faults = problems
        self._taken: dict[tuple[str, str], list[tuple[str, str | None]]] = {}
        """Scheme and code → the events that have it, each with the party whose act it is."""

    def read(self, event: str, party: str | None, view: View) -> Codes | None:
        """The codes of one event, a member's own laid over those of its item.

        Parameters
        ----------
        event : its name, such as ``accusation.us``
        party : whose act it is; None for an act of no party's own
        """
        codes = view.sub("codes")
        if codes is None:
            return None
        lists: dict[str, tuple[str, ...]] = {}
        for scheme in SCHEMES:
            found, path = codes.get(scheme)
            if found is not None:
                lists[scheme] = found
                for i, code in enumerate(found):
                    self._take(scheme, code, event, party, f"{path}/{i}")
        act = codes.sub("act")
        if act is None:
            return Codes(lists, None) if lists else None
        if not lists:
            self._faults.add(act.path, "'act' says how rows make an act, but no list of codes says which rows", True)
        return Codes(lists, Act(act.value("rows") or 1, act.value("apart") or 1))

    def _take(self, scheme: str, code: str, event: str, party: str | None, path: str) -> None:
        others = self._taken.setdefault((scheme, code), [])
        for other, whose in others:
            if party is None or whose is None or party == whose:
                message = f"'{code}' is a code of '{other}' too; a coded row is one event"
                self._faults.add(path, message)
        others.append((event, party))
