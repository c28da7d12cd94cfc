"""Runs on a cluster: real worker processes of this machine, one of them killed in the middle; the same bytes always."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from relsim.cli import main
from relsim.engine import in_threads
from relsim.engine.cluster import ClusterLost, connected, refuse, running_blocks, versions
from relsim.errors import InputError

distributed: Any = pytest.importorskip("distributed")

SCENARIO = """
relsim: 1
title: Cluster
window: {start: 2019-05-15, end: 2019-06-30}
run: {paths: 6000, seed: 4}
variables: {tone: {baseline: 0 ± 0.5, half_life: 10 days, spread: 1}}
indices: {mood: {weights: {tone: 1}}}
events: {jolt: {rate: 10 to 20 per year, effects: {tone: -1}}}
calendar: {talk: {on: 2019-06-10, probability: 0.5 ± 0.1, effects: {tone: 2}}}
outcomes: {talk: {title: Talks, happens: talk}, jolts: {title: Jolts, happens: jolt}}
quantities: {level: {value: tone, on: 2019-06-30}}
variants: {calm: {events: {jolt: {rate: 3 to 5 per year}}}}
"""
WRITTEN = ("forecast.json", "paths.parquet", "draws.parquet", "hub.csv")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    made = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=":0", memory_limit=0
    )
    yield made
    with suppress(KeyError):  # dask's own list of workers may lack one that goes; by then all are closed
        made.close()
    made.status = distributed.Status.closed


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("cluster") / "scenario.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


def call(*arguments: object) -> str:
    ran = CliRunner().invoke(main, [*map(str, arguments)])
    assert ran.exit_code == 0, ran.stderr
    return ran.stdout


def ran_on(scenario: Path, out: Path, *how: object) -> dict[str, bytes]:
    call("run", scenario, "--no-figures", "--out", out, *how)
    return {name: (out / name).read_bytes() for name in WRITTEN}


def slowly(item: int) -> np.ndarray:
    time.sleep(0.05)
    return np.full(3, item)


def test_the_same_bytes_on_one_two_three_and_seven_workers_and_on_threads(
    cluster: Any, scenario: Path, tmp_path: Path
) -> None:
    expected = ran_on(scenario, tmp_path / "threads")
    assert ran_on(scenario, tmp_path / "one", "--workers", 1) == expected
    for workers in (1, 2, 3, 7):
        cluster.scale(workers)
        cluster.wait_for_workers(workers, timeout=60)
        found = ran_on(scenario, tmp_path / str(workers), "--scheduler", cluster.scheduler_address)
        assert found == expected, workers


def test_other_commands_write_the_same_too(cluster: Any, scenario: Path, tmp_path: Path) -> None:
    cluster.scale(2)
    on = "--scheduler", cluster.scheduler_address
    asked = "compare", scenario, "--variants", "all", "--given", "talk", "--json", "--no-figures"
    assert call(*asked, "--out", tmp_path / "a") == call(*asked, "--out", tmp_path / "b", *on)
    pytest.importorskip("SALib")
    found = []
    for name, how in (("here", ()), ("there", on)):
        run = tmp_path / name
        call("run", scenario, "--no-figures", "--out", run)
        design = "--design", "morris", "--samples", 4, "--only", "events/jolt/rate", "--paths", 256
        found.append(call("drivers", run, "--json", "--no-figures", *design, *how))
    assert found[0] == found[1]


def test_a_worker_that_is_killed_costs_time_and_nothing_else(cluster: Any) -> None:
    cluster.scale(3)
    cluster.wait_for_workers(3, timeout=60)
    with running_blocks(scheduler=cluster.scheduler_address) as run_blocks:
        found = []
        for item in run_blocks(slowly, range(120)):
            found.append(item)
            if len(found) == 20:
                os.kill(next(iter(cluster.workers.values())).process.pid, signal.SIGKILL)
    assert np.array_equal(found, list(in_threads(2)(slowly, range(120))))


def test_a_run_goes_on_without_a_worker_that_is_killed(cluster: Any, scenario: Path, tmp_path: Path) -> None:
    """The whole command, its worker killed once blocks are being simulated."""
    from threading import Thread

    cluster.scale(2)
    cluster.wait_for_workers(2, timeout=60)
    expected = ran_on(scenario, tmp_path / "threads", "--paths", 60_000)
    pids = [nanny.process.pid for nanny in cluster.workers.values()]
    client = distributed.Client(cluster.scheduler_address, set_as_default=False)

    def kill() -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end and not any(client.processing().values()):
            time.sleep(0.01)
        os.kill(pids[0], signal.SIGKILL)

    killer = Thread(target=kill)
    killer.start()
    found = ran_on(scenario, tmp_path / "killed", "--paths", 60_000, "--scheduler", cluster.scheduler_address)
    killer.join()
    client.close()
    assert found == expected


def dies(item: int) -> int:
    """A task that no worker survives, as one that is too large for their memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    return item


def test_a_task_that_kills_its_workers_ends_the_command(cluster: Any) -> None:
    cluster.scale(2)
    with (
        pytest.raises(ClusterLost, match="workers died again and again at one task"),
        running_blocks(scheduler=cluster.scheduler_address) as run_blocks,
    ):
        list(run_blocks(dies, range(1)))


def test_a_scheduler_that_goes_ends_the_command() -> None:
    how = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0", "memory_limit": 0}
    made = distributed.LocalCluster(processes=True, **how)

    def run() -> None:
        with running_blocks(scheduler=made.scheduler_address) as run_blocks:
            for item in run_blocks(slowly, range(400)):
                if item[0] == 5:
                    made.close()

    with pytest.raises(ClusterLost, match="the scheduler was lost"):
        run()


def test_versions_that_differ_are_refused_by_name() -> None:
    refuse("a worker", versions())
    with pytest.raises(InputError, match=r"has numpy 1\.0 for .*; the same versions were expected"):
        refuse("--scheduler tcp://a:1: the worker at tcp://b:2", {**versions(), "numpy": "1.0"})
    with pytest.raises(InputError, match="relsim None for"):
        refuse("a worker", {**versions(), "relsim": None})


def test_a_worker_of_another_version_that_joins_late_is_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from relsim.engine import cluster as ours

    with connected(cluster.scheduler_address) as found:
        monkeypatch.setattr(ours, "versions", lambda: {**versions(), "numba": "0.1"})
        with pytest.raises(ours.DifferentVersions, match=r"numba.*0\.1"):
            list(found.run(partial(slowly), range(3)))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tls://127.0.0.1:9", "127.0.0.1:9", "nowhere", "http://a:1"])
def test_a_bad_address_is_one_message_within_seconds(address: str, scenario: Path, tmp_path: Path) -> None:
    begun = time.monotonic()
    ran = CliRunner().invoke(
        main, ["run", str(scenario), "--no-figures", "--scheduler", address, "--out", str(tmp_path / "x")]
    )
    assert ran.exit_code == 2
    assert len(ran.stderr.strip().splitlines()) == 1
    assert address in ran.stderr
    assert not (tmp_path / "x").exists()
    assert time.monotonic() - begun < 15
