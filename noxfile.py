"""Checks of a change: ``nox`` runs all but ``verify``."""

import nox

nox.options.sessions = ["lint", "tests", "docs"]
nox.options.reuse_existing_virtualenvs = True


@nox.session
def lint(session: nox.Session) -> None:
    """Style, types, spelling."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check", "src", "tests", "docs", "benchmarks", "noxfile.py")
    session.run("mypy")
    session.run("codespell", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "src")


@nox.session
def tests(session: nox.Session) -> None:
    """What continuous integration runs."""
    session.install("-e", ".[test]")
    session.run("pytest", "-q", "-n", "2", *session.posargs)


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
def docs(session: nox.Session) -> None:
    """The documentation, warnings as errors."""
    session.install("-e", ".[docs]")
    session.run("sphinx-build", "-W", "--keep-going", "-q", "docs", "docs/_build")
