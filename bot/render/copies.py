"""The files that people shared, as a transcript has them: beside it, inside it, or not at all."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Media(StrEnum):
    """Where the files go that people shared."""

    NONE = "none"
    FOLDER = "folder"
    EMBED = "embed"


#: How files may end that run nothing where they are opened from a web host; all others end in `.bin`.
HARMLESS = frozenset({
    "png", "jpg", "jpeg", "gif", "webp", "avif", "heic", "bmp", "tif", "tiff", "mp4", "m4v", "webm", "mov", "mp3", "m4a", "ogg",
    "oga", "opus", "wav", "flac", "pdf", "txt", "md", "csv", "json", "ics", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "zip",
})  # fmt: skip

#: The forms of a transcript that can have pictures inside.
EMBEDDING = ("html", "json", "jsonl")


@dataclass(frozen=True, slots=True)
class Copy:
    """A shared file as a transcript has it.

    `address` leads there: relative to the transcript, or with the file inside (`data:`). Without one, `why` says in words why
    it is not there. What is a `picture` may be shown; its sides are in pixels.
    """

    address: str | None = None
    why: str | None = None
    picture: bool = False
    width: int | None = None
    height: int | None = None


#: By the url of an attachment, what there is of it. What is not in here is left where it is.
Copies = Mapping[str, Copy]
NO_COPIES: Copies = {}

# How a picture that every browser shows, and that runs nothing, begins: PNG (ISO/IEC 15948), JPEG (T.81), GIF, WebP (RFC 9649).
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def picture_type(data: bytes) -> str | None:
    """Give the MIME type of a picture that may be shown, by what is in it; None for everything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for beginning, kind in _BEGINNINGS if data.startswith(beginning)), None)


def inside(data: bytes, type: str) -> str:
    """Give an address that has the file inside (RFC 2397)."""
    return f"data:{type};base64,{base64.b64encode(data).decode()}"
