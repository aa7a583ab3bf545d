"""`python -m app.front`: what `python -m app front` becomes, so that nothing of the desk is in its
memory. Not called by hand."""

from __future__ import annotations

import logging
import os
import sys

from app.front.serving import serve
from app.front.settings import FrontRefused, load


def main() -> int:
    """Serve the front of this folder; 2 where it cannot."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    try:
        settings = load(os.environ)
        print(f"{settings.bind}:{settings.port} {settings.desk.fingerprint}", flush=True)  # noqa: T201
        return serve(settings)
    except (FrontRefused, OSError) as no:
        print(no, file=sys.stderr)  # noqa: T201
        return 2


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
