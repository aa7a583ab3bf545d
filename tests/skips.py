"""A pytest plugin: says how many tests were skipped, and in CI fails the run over a skip nobody has
allowed.

A skipped test proves nothing while the run stays green. With CI=true a skip must be named in
`tests/allowed_skips.txt`, one line each: `nodeid-prefix  # why`.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ALLOWED = Path("tests") / "allowed_skips.txt"


def allowed_prefixes(text: str) -> list[str]:
    """The prefixes of the file. Raises pytest.UsageError for a line that does not say why."""
    prefixes = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        prefix, mark, why = line.partition("  # ")
        if not (prefix.strip() and mark and why.strip()):
            raise pytest.UsageError(f"{ALLOWED}: write `nodeid-prefix  # why`, not {line!r}")
        prefixes.append(prefix.strip())
    return prefixes


def pytest_configure(config: pytest.Config) -> None:
    # Of several processes, only the one that collects the reports counts.
    if not hasattr(config, "workerinput"):
        path = config.rootpath / ALLOWED
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        config.pluginmanager.register(Skips(config, allowed_prefixes(text)), "skips")


class Skips:
    """Counts the skipped tests of one run."""

    def __init__(self, config: pytest.Config, prefixes: list[str]) -> None:
        self.config = config
        self.prefixes = prefixes
        # By nodeid: a module that skips itself is reported by each process that collects it.
        self.reasons: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # An expected failure is reported as skipped too; it ran.
        if report.skipped and not hasattr(report, "wasxfail"):
            self.reasons[report.nodeid] = reason(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.reasons[report.nodeid] = reason(report)

    # The outermost wrapper, so that its lines come after pytest's own last one.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        yield
        refused = self.refused()
        if refused and session.exitstatus in (
            pytest.ExitCode.OK,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        ):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        terminal = self.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None:
            return
        terminal.ensure_newline()
        for nodeid, why in refused.items():
            terminal.write_line(
                f"{nodeid} was skipped ({why}), which {ALLOWED} does not allow.", red=True
            )
        terminal.write_line(f"skipped: {len(self.reasons)}")

    def refused(self) -> dict[str, str]:
        """The skips that fail this run, each with its reason."""
        if os.environ.get("CI") != "true":
            return {}
        allowed = tuple(self.prefixes)
        return {
            nodeid: why for nodeid, why in self.reasons.items() if not nodeid.startswith(allowed)
        }


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    # A skip is reported as (file, line, reason).
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
