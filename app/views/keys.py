"""The page of keys: by which fingerprint a dossier and a checkpoint are known to be the office's, and
by which SHA-256 the script that verifies them. For everybody who has an account."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import func, select

from app import words
from app.ledger.checkpoints import DIGITS
from app.ledger.signers import signers
from app.models import Checkpoint, Dossier
from app.models.sessions import UNSCOPED
from app.papers.blocks import fours, grouped
from app.papers.verifying import script_sha256
from app.rules.workdays import minute
from app.views.actor import language, reader


class Keys(BaseView):
    """The keys that sign for the office."""

    route_base = "/keys"
    class_permission_name = "Keys"
    base_permissions = ["can_told"]
    default_view = "told"

    @expose("/")
    @has_access
    @permission_name("told")
    def told(self) -> Any:
        """The signing keys with their days, the scripts with theirs, and the newest checkpoint."""
        tongue = language()
        newest = reader().scalars(select(Checkpoint).order_by(Checkpoint.id.desc()).limit(1))
        taken = newest.first()
        return self.render_template(
            "desk/keys.html",
            title=words.word("signers.title", tongue),
            keys=[
                (grouped(one.name), minute(one.since), minute(one.until) if one.until else "")
                for one in reversed(signers(reader()))
            ],
            scripts=_scripts(),
            witness=taken and (fours(taken.root[:DIGITS]), taken.id, minute(taken.at)),
        )


def _scripts() -> list[tuple[str, str]]:
    """(SHA-256, since when) of the script of today and of those that went along with dossiers, the
    newest first."""
    first = func.min(Dossier.recorded_at)
    query = select(Dossier.script_sha256, first).where(Dossier.script_sha256.is_not(None))
    query = query.group_by(Dossier.script_sha256).order_by(first.desc())
    found = reader().execute(query, execution_options=UNSCOPED).all()
    known = {str(row[0]): minute(row[1]) for row in found}
    today = script_sha256()
    return [(grouped(name), known.get(name, "")) for name in {today: None, **known}]
