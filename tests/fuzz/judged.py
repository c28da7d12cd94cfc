"""What is asked of a mutated document: it is refused with places, or all commands complete it."""

from __future__ import annotations

import shutil
from pathlib import Path

from fuzz.asked import LONGEST, SEARCHING, Ended, ended, unplaced
from fuzz.documents import mutated

FEW = ("--paths", 128, "--workers", 1, "--no-figures")


def judged(seed: int, folder: Path) -> tuple[str, list[str]]:
    """A verdict, and what is wrong about how the commands met the document.

    A document that something is wrong about stays in the folder.
    """
    folder = folder / str(seed)
    folder.mkdir()
    file = folder / "s.yaml"
    file.write_bytes(mutated(seed))
    checked = ended("validate", file)
    wrong = [*checked.defects]
    if checked.status == 0:
        asked = ended("show", file)
        verdict = "layer" if _is_layer(file) else "valid"
        wrong += asked.defects
        if asked.status:
            wrong.append(f"validate accepts, show refuses: {asked.said}")
        if verdict == "valid":
            wrong += _completed(seed, file, folder)
    else:
        verdict = "refused"
        wrong += [f"no place: {line}" for line in unplaced(checked)]
        run = ended("run", file, *FEW, "--out", folder / "run")
        wrong += run.defects
        missing = [line for line in run.errors if line not in checked.errors]
        if (
            run.status != 2
            or set(checked.errors) - set(run.errors)
            or not all(": 'window' is missing" in m for m in missing)
        ):
            wrong.append(f"validate and run differ: {run.status}\n{checked.said}\n{run.said}")
    left = {path.name for path in folder.iterdir()} - {
        "s.yaml",
        *(("run", "compared", "again") if verdict == "valid" else ()),
    }
    if left:
        wrong.append(f"left behind: {sorted(left)}")
    if not wrong:
        shutil.rmtree(folder)
    return verdict, wrong


def _is_layer(file: Path) -> bool:
    from relsim.compose import load

    return load(file).scenario is None


def _completed(seed: int, file: Path, folder: Path) -> list[str]:
    """What does not complete a valid document: a run, and for every eighth the commands after it."""
    from relsim.compose import load

    scenario = load(file).scenario
    assert scenario is not None
    more = seed % 8 == 0
    out = folder / "run"
    done: list[Ended] = [
        ended("run", file, *FEW, "--out", out, *(["--report"] if more else []), longest=SEARCHING if more else LONGEST)
    ]
    if more and done[0].status == 0:
        if scenario.outcomes:
            done.append(
                ended("story", out, "--outcome", next(iter(scenario.outcomes)), "--count", 1, longest=SEARCHING)
            )
            done.append(ended("drivers", out, longest=SEARCHING))
        others = ["--variants", "all"] if load(file).document.variants else [out / "scenario.yaml"]
        done.append(ended("compare", file, *others, *FEW, "--out", folder / "compared", "--report", longest=SEARCHING))
        done.append(ended("run", out / "scenario.yaml", *FEW, "--json", "--out", folder / "again"))
    return [
        *(defect for end in done for defect in end.defects),
        *(
            f"validate accepts, refused with {end.status}: {' '.join(end.words)}\n{end.said}"
            for end in done
            if end.status
        ),
    ]
