"""Pictures that people share: decoded and written anew, so that nothing but the picture itself is left of them.

Decoders are where hostile bytes do harm, and a large picture takes long. So this is done in a process of its own, which
may use so much memory and time and no more: `python -m bot.rooms.web.pictures` reads a picture from its standard input,
and writes a line of JSON and the new picture, or what is wrong with it, to its standard output.
"""

import asyncio
import io
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

#: The largest upload, in bytes, and the most pixels in all frames together that are looked at.
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_FRAMES = 300
#: What a picture is made to fit into, in pixels.
EDGE = 1600

#: The forms that are read, and the MIME type of the form that each is written in.
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}

#: So many pictures are worked on at the same time, each with so much memory (bytes) and time (seconds).
_AT_ONCE = 2
_MEMORY = 1024 * 1024 * 1024
_TIME = 20

_NOT_ONE = "That file is not a picture that can be shown. PNG, JPEG, GIF and WebP are fine."
_TOO_LARGE = f"That picture is larger than {MOST_BYTES // 1024 // 1024} MiB. Please make it smaller."
_TOO_MANY = "That picture has too many pixels or frames. Please make it smaller."


class PictureRefused(ValueError):
    """The upload is not a picture that can be shared; the text says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: its MIME type, its bytes, and its size in pixels."""

    type: str
    data: bytes
    width: int
    height: int


class Darkroom:
    """Where pictures are made clean, a few at a time."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def clean(self, data: bytes) -> Picture:
        """Do what `clean` does, in a process of its own. Raises PictureRefused."""
        if len(data) > MOST_BYTES:
            raise PictureRefused(_TOO_LARGE)
        async with self._free:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", __name__),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                async with asyncio.timeout(_TIME):
                    out, _ = await process.communicate(data)
            except TimeoutError as error:
                raise PictureRefused(_TOO_MANY) from error
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return _read(out)


def clean(data: bytes) -> Picture:
    """Decode a picture, turn it upright, make it fit, and write it anew without anything hidden. Raises PictureRefused."""
    from PIL import Image  # noqa: PLC0415  (only those who share pictures need it)

    try:
        with Image.open(io.BytesIO(data), formats=list(TYPES)) as image:
            form = "JPEG" if image.format == "MPO" else str(image.format)
            if form == "JPEG":
                image.draft("RGB", (EDGE, EDGE))  # decoded small at once, which is much quicker
            frames, times = _frames(image, "RGB" if form == "JPEG" else "RGBA", still=form == "JPEG")
        out = io.BytesIO()
        frames[0].save(out, form, **_how(form, frames, times))
    except PictureRefused:
        raise
    except Image.DecompressionBombError as error:
        raise PictureRefused(_TOO_MANY) from error
    except Exception as error:  # decoders raise anything at hostile bytes
        raise PictureRefused(_NOT_ONE) from error
    if len(out.getvalue()) > MOST_BYTES:
        raise PictureRefused(_TOO_MANY)
    return Picture(TYPES[form], out.getvalue(), frames[0].width, frames[0].height)


def _frames(image: "Image.Image", mode: str, *, still: bool) -> "tuple[list[Image.Image], list[int]]":
    """Give the frames as they are to be shown, and the time of each in milliseconds."""
    from PIL import ImageOps, ImageSequence  # noqa: PLC0415

    frames: list[Image.Image] = []
    times: list[int] = []
    for frame in ImageSequence.Iterator(image):
        if (len(frames) + 1) * image.width * image.height > MOST_PIXELS or len(frames) == MOST_FRAMES:
            raise PictureRefused(_TOO_MANY)
        upright = ImageOps.exif_transpose(frame).convert(mode)
        upright.thumbnail((EDGE, EDGE))
        upright.info.clear()
        frames.append(upright)
        times.append(max(20, int(frame.info.get("duration", 100))))
        if still:
            break
    return frames, times


def _how(form: str, frames: "list[Image.Image]", times: list[int]) -> dict[str, Any]:
    quality = {"quality": 85} if form in ("JPEG", "WEBP") else {}
    if len(frames) == 1:
        return quality
    anew = {"disposal": 2} if form == "GIF" else {}
    return {"save_all": True, "append_images": frames[1:], "duration": times, "loop": 0, **anew, **quality}


def _written(data: bytes) -> bytes:
    """Give the line of JSON and the picture for the process that asked."""
    try:
        picture = clean(data)
    except PictureRefused as error:
        return json.dumps({"refused": str(error)}).encode() + b"\n"
    told = {"type": picture.type, "width": picture.width, "height": picture.height}
    return json.dumps(told).encode() + b"\n" + picture.data


def _read(out: bytes) -> Picture:
    line, end, data = out.partition(b"\n")
    if not end:  # it used more memory or time than it may, or a decoder fell over
        raise PictureRefused(_NOT_ONE)
    told = json.loads(line)
    if "refused" in told:
        raise PictureRefused(told["refused"])
    return Picture(**told, data=data)


def _restrain() -> None:
    """Let this process have so much memory and time, where the system can."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  (not on Windows)

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_TIME, _TIME))


if __name__ == "__main__":
    _restrain()
    sys.stdout.buffer.write(_written(sys.stdin.buffer.read(MOST_BYTES + 1)))
