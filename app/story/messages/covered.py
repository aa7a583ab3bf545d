"""What would be covered in a file of messages, each run with what stands around it, for a person to
read."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.rules.covering import runs

AROUND = 16
"""How many signs are shown before and after a run."""


def listed(file: Path, columns: Sequence[str], counts: Counter[str]) -> Iterator[str]:
    """A line for each covered run of a CSV file (gzip or plain, UTF-8): row, column, kind, and the
    run between 【 and 】. `columns` (none: all) are looked at; `counts` is counted up by kind."""
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8-sig", newline="") as text:
        for n, row in enumerate(csv.DictReader(text), 2):
            for name, content in row.items():
                if (
                    name is not None
                    and isinstance(content, str)
                    and (not columns or name in columns)
                ):
                    yield from _runs(f"{n} {name}", content, counts)


def _runs(where: str, told: str, counts: Counter[str]) -> Iterator[str]:
    for run in runs(told):
        counts[run.kind] += 1
        before, after = (
            told[max(0, run.start - AROUND) : run.start],
            told[run.end : run.end + AROUND],
        )
        line = f"{where} {run.kind}: {before}【{told[run.start : run.end]}】{after}"
        yield " ".join(line.split())
