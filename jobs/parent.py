"""Children that end with their parent, however it ends: the kernel is asked to kill them
(Linux)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Read before any fork: to load a library in a forked child of a threaded process may hang.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_here = os.getpid()


def dies_with(parent: int) -> None:
    """Have this process killed when its parent ends. Called in the child, which must have been
    forked by the parent's main thread: the kernel watches the thread."""
    if _LIBC is not None and _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL)) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    # The parent may have ended between the fork and the call above.
    if os.getppid() != parent:
        os._exit(1)


def dying_with_me() -> Callable[[], None]:
    """What a child of this process calls before it becomes another program (`preexec_fn`)."""
    parent = os.getpid()
    return lambda: dies_with(parent)


def _remember() -> None:
    global _here
    _here = os.getpid()


def forks_die_with_me() -> None:
    """From now on every process forked from here, or from its children, ends with whoever forked
    it."""
    _remember()
    os.register_at_fork(before=_remember, after_in_child=lambda: dies_with(_here))
