"""Ranges on other machines: the door of ``in_threads``, through dask.distributed. Floor 4; imports ``parts``.

A task is a pure function of what it is sent, so that a worker that dies costs time and nothing else: the scheduler has
its tasks done again. Results come back in the order of the ranges, so that their bytes do not depend on the workers.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import pickle
import platform
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from typing import Any, TypeVar

import numpy as np

from relsim import __version__
from relsim.engine.parts import RunBlocks, in_threads
from relsim.errors import InputError, RunError

A = TypeVar("A")
P = TypeVar("P")

LOCAL = "local"
_ADDRESS = re.compile(r"(tcp|tls)://[^/\s]+:\d+")
_TO_ANSWER = 5
"""Seconds that a scheduler has to answer."""
_TO_APPEAR = 60
"""Seconds that workers have to appear at a scheduler that has none yet."""
_AHEAD = 3
"""Tasks that are under way for each thread of the cluster."""


class ClusterLost(RunError):  # noqa: N818
    """The cluster does not work any more; what it did is as good as before."""


class DifferentVersions(RunError):  # noqa: N818
    """A worker has other libraries than the client."""


def versions() -> dict[str, str]:
    """What numbers may depend on, by name."""
    numba = importlib.import_module("numba")
    return {
        "relsim": __version__,
        "numpy": np.__version__,
        "numba": str(numba.__version__),
        "python": platform.python_version().rpartition(".")[0],
    }


@contextmanager
def running_blocks(workers: int | None = None, scheduler: str | None = None) -> Iterator[RunBlocks]:
    """What runs ranges: threads of this process, or a cluster while the context lasts.

    Parameters
    ----------
    workers : threads, or processes of a ``local`` scheduler; all cores unless given
    scheduler : ``tcp://HOST:PORT``, ``tls://HOST:PORT`` or ``local``

    Raises
    ------
    InputError
        No scheduler answers at the address, it has no workers, or they have other versions than this process.
    RunError
        Without the library, or where the cluster is lost.
    """
    if scheduler is None:
        yield in_threads(workers)
        return
    with connected(scheduler, workers) as cluster:
        yield cluster.run


@contextmanager
def connected(scheduler: str, workers: int | None = None) -> Iterator[Cluster]:
    """A cluster of the right versions, left when the context ends; parameters as of ``running_blocks``."""
    if scheduler != LOCAL and not _ADDRESS.fullmatch(scheduler):
        raise InputError(
            f"--scheduler: '{scheduler}' is no address; tcp://HOST:PORT, tls://HOST:PORT or local was expected"
        )
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise RunError("a cluster needs dask.distributed: pip install 'relsim[cluster]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what dies is told here, and once
    own = None
    try:
        if scheduler == LOCAL:
            own = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0", memory_limit=0
            )
        # With tls:// the certificates are those of dask's own configuration.
        client = distributed.Client(own or scheduler, timeout=_TO_ANSWER, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        if own is not None:
            own.close()
        raise InputError(f"--scheduler {scheduler}: no scheduler answers there ({_first_line(error)})") from None
    try:
        yield Cluster(client, scheduler)
    finally:
        with suppress(Exception):
            client.close(timeout=2)
        if own is not None:
            own.close(timeout=5)


class Cluster:
    """A client of a scheduler whose workers have this process's versions."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._name = client, name
        try:
            client.wait_for_workers(1, timeout=_TO_APPEAR)
        except TimeoutError:
            raise InputError(f"--scheduler {name}: no worker appeared within {_TO_APPEAR} s") from None
        self._refuse_other_versions()

    def at_once(self) -> int:
        """Tasks that keep all workers that are there now at work."""
        with self._told():
            threads: int = sum(self._client.nthreads().values())
        return _AHEAD * max(1, threads)

    @contextmanager
    def submitting(self, work: Callable[[A], P]) -> Iterator[Callable[[A], Future[P]]]:
        """Starts a pure function at one part; while the context lasts."""
        sent = pickle.dumps((versions(), work), protocol=5)
        # A task of its own, so that the scheduler can have it made again where all who held it have died.
        held = self._client.submit(bytes, sent, key=f"relsim-{hashlib.blake2b(sent, digest_size=16).hexdigest()}")
        executor = self._client.get_executor(pure=False)

        def submit(part: A) -> Future[P]:
            future: Future[P] = Future()
            with self._told():
                executor.submit(task, held, pickle.dumps(part)).add_done_callback(partial(self._pass_on, future))
            return future

        try:
            yield submit
        finally:
            with suppress(Exception):  # there may be nobody to tell
                held.release()

    def run(self, work: Callable[[A], P], parts: Sequence[A], /) -> Iterator[P]:
        """Map a pure function over parts, in their order."""
        with self.submitting(work) as submit:
            waiting: deque[Future[P]] = deque()
            for part in parts:
                waiting.append(submit(part))
                if len(waiting) >= self.at_once():
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever the client says where it has lost its scheduler, in one message."""
        try:
            yield
        except Exception as error:
            raise ClusterLost(f"--scheduler {self._name}: the scheduler was lost ({_first_line(error)})") from None

    def _pass_on(self, future: Future[P], found: Future[bytes]) -> None:
        """What a task came to, in this process's words."""
        who = f"--scheduler {self._name}"
        if found.cancelled():
            future.set_exception(ClusterLost(f"{who}: the scheduler was lost"))
        elif isinstance(error := found.exception(), importlib.import_module("distributed").KilledWorker):
            future.set_exception(ClusterLost(f"{who}: workers died again and again at one task (out of memory?)"))
        elif error is not None:
            future.set_exception(error)
        else:
            future.set_result(pickle.loads(found.result()))

    def _refuse_other_versions(self) -> None:
        """Before anything is sent that a worker might not know; who joins later is asked by ``task``."""
        for address, found in self._client.get_versions(packages=["relsim", "numpy", "numba"])["workers"].items():
            theirs = {**found["packages"], "python": ".".join(found["host"]["python"].split(".")[:2])}
            refuse(f"--scheduler {self._name}: the worker at {address}", theirs)


def refuse(who: str, theirs: dict[str, Any]) -> None:
    """Raise where versions are not this process's, each named with both."""
    other = [f"{name} {theirs.get(name)} for {own}" for name, own in versions().items() if theirs.get(name) != own]
    if other:
        raise InputError(f"{who} has {', '.join(other)}; the same versions were expected everywhere")


def task(sent: bytes, part: bytes) -> bytes:
    """What a worker does: the function that was sent, at one part."""
    return pickle.dumps(_function(sent)(pickle.loads(part)), protocol=5)


@lru_cache(maxsize=2)
def _function(sent: bytes) -> Callable[[Any], Any]:
    expected, work = pickle.loads(sent)
    if expected != versions():
        raise DifferentVersions(f"a worker has {versions()}; {expected} was expected")
    found: Callable[[Any], Any] = work
    return found


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
