"""What the command line says when something goes wrong."""

import os
import sys
import traceback

from bot.store import StoreError

#: Set it to see where an error of hashchat's own came from.
DEBUG = "HASHCHAT_DEBUG"


def explain(error: Exception) -> int:
    """Say on standard error what went wrong and what to do; give the exit status."""
    match error:
        case BrokenPipeError():  # whoever reads has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        case StoreError():
            _say(str(error))
        case OSError(filename=name, strerror=reason) if name:
            _say(f"{name}: {reason}.")
        case _ if os.environ.get(DEBUG):
            traceback.print_exception(error)
        case _:
            _say(
                f"This is a mistake in hashchat itself ({type(error).__name__}: {error}). What was acknowledged is kept: "
                f"the same command goes on from there. To report it, run it once more with {DEBUG}=1 set."
            )
    return 1


def _say(text: str) -> None:
    print(f"hashchat: {text}", file=sys.stderr)
