"""The backup of each night, where a folder is set, and the thinning out of older ones."""

from __future__ import annotations

from app.rules.workdays import beijing
from jobs.desk import desk
from jobs.files import NIGHT
from jobs.keeping.making import back_up, newest, thin_out


def back_up_nightly() -> dict[str, int]:
    """Make the backup of this night, once; by day, or where no folder is set, nothing."""
    here = desk()
    now, folder = here.now(), here.settings.backup
    none = {"made": 0, "flaws": 0, "removed": 0}
    if folder is None or beijing(now).hour not in NIGHT:
        return none
    last = newest(folder)
    if last is not None and beijing(last.manifest.at).date() == beijing(now).date():
        return none
    made = back_up(here.settings, folder, now)
    return {"made": 1, "flaws": len(made.manifest.flaws), "removed": len(thin_out(folder, made))}
