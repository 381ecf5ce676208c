"""What the command line says when something goes wrong."""

import os
import sys
import traceback

from bot.store import StoreError

#: Set it to see where an error of hashchat's own came from.
DEBUG = "HASHCHAT_DEBUG"


def complain(text: str, *, status: int = 1) -> int:
    """Say on standard error what is wrong and what to do; give the exit status."""
    print(f"hashchat: {text}", file=sys.stderr)
    return status


def explain(error: Exception) -> int:
    """Say what went wrong and what to do; give the exit status."""
    match error:
        case BrokenPipeError():  # whoever reads has seen enough
            return _unread()
        case StoreError():
            return complain(str(error))
        case OSError(strerror=str(reason), filename=name):
            return complain(f"{name}: {reason}." if name else f"{reason}.")
        case _ if os.environ.get(DEBUG):
            traceback.print_exception(error)
            return 1
        case _:
            return complain(
                f"This is a mistake in hashchat itself ({type(error).__name__}: {error}). What was acknowledged is kept: "
                f"the same command goes on from there. To report it, run it once more with {DEBUG}=1 set."
            )


def _unread() -> int:
    """Let nothing more be written to standard output, not even at the end of the program."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
