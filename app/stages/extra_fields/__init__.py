"""Fields of the office's own are defined by two: IT proposes one, a change of it or its retirement, the
centre head confirms. Each version counts from a day on; none is ever deleted."""

from app.stages.extra_fields.defining import approve_field, drawn_up, propose_field
from app.stages.extra_fields.hanging import ASKS, hangs_on

__all__ = ["ASKS", "approve_field", "drawn_up", "hangs_on", "propose_field"]
