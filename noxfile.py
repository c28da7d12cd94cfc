"""Checks of a change: ``nox`` runs all but ``verify``."""

from pathlib import Path

import nox

nox.options.sessions = ["lint", "tests", "docs"]
nox.options.reuse_existing_virtualenvs = True


PYTHON = ("src", "tests", "docs", "benchmarks", "scenarios", "noxfile.py")
"""Where Python code stands."""


@nox.session
def lint(session: nox.Session) -> None:
    """Style, types, spelling; workflows and other habits. ``--no-venv`` takes the tools of the environment."""
    if session.virtualenv.venv_backend != "none":
        session.install("-e", ".[all,lint]")
    session.run("ruff", "check", *PYTHON)
    session.run("ruff", "format", "--check", *PYTHON)
    session.run("mypy")
    session.run("codespell", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs", "src")
    session.run("yamllint", "-s", ".github", ".pre-commit-config.yaml", ".yamllint.yaml")
    workflows = sorted(str(path) for path in Path(".github/workflows").glob("*.yml"))
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    session.run("check-jsonschema", "--builtin-schema", "vendor.citation-file-format", "CITATION.cff")
    session.run("zizmor", "--offline", "--no-progress", ".github/workflows")


@nox.session
def tests(session: nox.Session) -> None:
    """What continuous integration runs."""
    session.install("-e", ".[test]")
    session.run("pytest", "-q", "-n", "2", *session.posargs)


@nox.session
def lowest(session: nox.Session) -> None:
    """The tests with the lowest versions that ``pyproject.toml`` allows of what it names."""
    session.install("uv")
    python = str(Path(session.bin) / "python")
    session.run("uv", "pip", "install", "--python", python, "--resolution", "lowest-direct", "-e", ".[test]")
    # What an old library finds deprecated in a newer one below it is no fault of relsim.
    old = ("-W", "default::DeprecationWarning", "-W", "default::FutureWarning")
    session.run("pytest", "-q", "-n", "2", *old, *session.posargs)


@nox.session
def verify(session: nox.Session) -> None:
    """Everything, the statistical checks that take minutes included."""
    session.install("-e", ".[test,docs]")
    session.run("pytest", "-q", "-n", "2", "-m", "slow or not slow", *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """Commands that are killed, or meet a full disk, at operations on files; part of ``verify``."""
    session.install("-e", ".[test]")
    session.run("pytest", "-q", "-m", "slow or not slow", "tests/faults", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Documents and tables changed at random, others with ``-- --fuzz-seed 20000``; part of ``verify``."""
    session.install("-e", ".[test]")
    session.run("pytest", "-q", "-n", "2", "-m", "slow or not slow", "tests/fuzz", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, warnings as errors."""
    session.install("-e", ".[docs]")
    session.run("sphinx-build", "-W", "--keep-going", "-q", "docs", "docs/_build")
