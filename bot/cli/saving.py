"""The transcript of a chat held in the terminal, which hashchat writes beside the database by itself."""

import asyncio
import sys
from pathlib import Path

_FOLDER = "transcripts"
#: What the other process runs, on the same path as this one: a folder in which the host happens to be has no say in it.
_PROGRAM = "import sys; sys.path[:] = {path!r}; from bot.cli import main; main()"


def transcript_path(db: Path, chat: str) -> Path:
    """Give where the transcript of the chat of that short name goes: chats of different databases never meet."""
    whole = db.resolve()
    return whole.parent / _FOLDER / whole.stem / f"{chat}.html"


async def save_transcript(db: Path, chat: str) -> str | None:
    """Write it, in a process of its own, so that a live chat is not held up; give what went wrong, if anything did."""
    path = transcript_path(db, chat)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        process = await asyncio.create_subprocess_exec(
            *_command(db, chat, path),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # the host's Ctrl-C is not meant for it
        )
    except OSError as error:
        return f"{error.filename or path}: {error.strerror}."
    try:
        _, trouble = await process.communicate()
    except BaseException:  # nobody waits for it any more
        process.kill()
        await process.wait()
        raise
    return (
        None
        if process.returncode == 0
        else trouble.decode(errors="replace").strip().removeprefix("hashchat: ")
    )


def _command(db: Path, chat: str, path: Path) -> list[str]:
    program = [sys.executable, "-c", _PROGRAM.format(path=sys.path)]
    return [
        *program,
        "transcript",
        chat,
        "--format",
        "html",
        "--output",
        str(path),
        "--db",
        str(db.resolve()),
    ]
