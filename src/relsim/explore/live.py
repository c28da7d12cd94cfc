"""One browser page's conversation: messages in, messages out, the newest move alone is answered. Floor 8."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from typing import Any

from relsim.errors import InputError, RelsimError
from relsim.explore.answers import Answers, CancelledError, Message, problems_of
from relsim.explore.controls import controls_of
from relsim.explore.keeping import keep, preview, save_comparison
from relsim.explore.moves import ControlMoves

Send = Callable[[str], Coroutine[Any, Any, None]]


class Hub:
    """The document, the pages that show it, and what all of them are told.

    Parameters
    ----------
    moves : where a page's controls stand when it opens
    """

    def __init__(self, answers: Answers, moves: ControlMoves) -> None:
        self.answers, self.moves = answers, moves
        self.talks: set[Talk] = set()
        self.order: list[str] | None = None
        self.ended = threading.Event()

    def opening(self, kind: str = "start") -> Message:
        """What a page is told first, and again after the document has changed."""
        a, m = self.answers, self.moves
        moves = {"numbers": m.numbers, "variant": m.variant, "entries": m.entries, "off": m.off, "as_of": m.as_of}
        return {
            "kind": kind,
            "file": a.file,
            "controls": controls_of(a.base, a.baseline.model),
            "baseline": a.message(a.baseline),
            "moves": moves if kind == "start" else None,
            "order": self.order,
        }

    async def rank(self) -> None:
        """Find which parameters matter most, and tell."""
        if self.order is None:
            with suppress(CancelledError):
                self.order = await asyncio.to_thread(self.answers.order, self.ended)
                await self.tell({"kind": "order", "paths": self.order})

    async def tell(self, message: Message) -> None:
        """Send to all pages."""
        text = json.dumps(message)
        await asyncio.gather(*(talk.send(text) for talk in self.talks), return_exceptions=True)

    async def renew(self) -> None:
        """Read the document again; where it is at fault, the last good answer stays."""
        try:
            await asyncio.to_thread(self.answers.again)
        except InputError as error:
            await self.tell({"kind": "broken", "problems": problems_of(error)})
            return
        self.order = None
        await self.tell(await asyncio.to_thread(self.opening, "document"))
        await self.rank()


class Talk:
    """One page."""

    def __init__(self, hub: Hub, send: Send) -> None:
        self.hub, self.send = hub, send
        self.cancelled = threading.Event()
        self.tasks: set[asyncio.Task[None]] = set()

    async def hold(self, messages: AsyncIterator[str]) -> None:
        """Answer until the page leaves."""
        self.hub.talks.add(self)
        try:
            await self.send(json.dumps(await asyncio.to_thread(self.hub.opening)))
            self._go(self.hub.rank())
            async for text in messages:
                self._hear(text)
        finally:
            self.hub.talks.discard(self)
            self.cancelled.set()
            for task in self.tasks:
                task.cancel()

    def _hear(self, text: str) -> None:
        if self.hub.ended.is_set():
            return
        try:
            body = json.loads(text)
            if not isinstance(body, dict) or not isinstance(body.get("id"), int):
                raise InputError("a mapping with an id was expected")
            moves, ask = ControlMoves.read(body.get("moves", {})), body.get("ask")
        except (ValueError, RecursionError, InputError) as error:
            self._go(self._tell({"kind": "failed", "id": None, "problems": [f"not understood: {error}"]}))
            return
        if ask == "answer":
            self.cancelled.set()
            self.cancelled = threading.Event()
            self._go(self._answer(body["id"], moves, self.cancelled))
        else:
            self._go(self._do(body, str(ask), moves))

    def _go(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _tell(self, message: Message) -> None:
        await self.send(json.dumps(message))

    async def _answer(self, number: int, moves: ControlMoves, cancelled: threading.Event) -> None:
        loop, answers = asyncio.get_running_loop(), self.hub.answers

        def early(message: Message) -> None:
            text = json.dumps({"kind": "numbers", "id": number, **message})
            asyncio.run_coroutine_threadsafe(self.send(text), loop)

        try:
            message, run = await asyncio.to_thread(answers.answer, moves, cancelled, early)
            await self._tell({"kind": "answer", "id": number, **message})
            refused: InputError | None = None if cancelled.is_set() else await asyncio.to_thread(answers.judged, run)
        except CancelledError:
            return
        except RelsimError as error:
            refused = error if isinstance(error, InputError) else InputError(str(error))
        if refused is not None and not cancelled.is_set():
            await self._tell({"kind": "refused", "id": number, "problems": problems_of(refused)})

    async def _do(self, body: Message, ask: str, moves: ControlMoves) -> None:
        answers = self.hub.answers
        kind, name = str(body.get("kind", "")), str(body.get("name", ""))
        try:
            if ask == "preview":
                done: Message = {"kind": "preview", **await asyncio.to_thread(preview, answers, moves, kind, name)}
            elif ask == "keep":
                done = {"kind": "kept", **await asyncio.to_thread(keep, answers, moves, kind, name)}
            elif ask == "compare":
                done = {"kind": "compared", **await asyncio.to_thread(save_comparison, answers, moves)}
            elif ask == "copy":
                done = {"kind": "compared", "fragment": moves.fragment}
            else:
                raise InputError(f"'{ask[:40]}' is nothing that can be asked")
        except (RelsimError, OSError) as error:
            problems = problems_of(error) if isinstance(error, InputError) else [str(error)]
            done = {"kind": "failed", "problems": problems}
        await self._tell({"id": body["id"], **done})
