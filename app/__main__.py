"""`python -m app COMMAND`."""

import gc
import os
import sys

# What is written - the database, files, papers, logs - is nobody else's on this machine.
os.umask(0o077)

# What reading the program makes stays to its end: looking for garbage among it took a quarter of
# every start.
gc.disable()

from app.cli import main  # noqa: E402

gc.freeze()
gc.enable()

if __name__ == "__main__":
    sys.exit(main())
