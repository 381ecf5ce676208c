"""Pictures are written anew: what was hidden in them goes, and what is not a picture is refused."""

import io
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin, TiffImagePlugin

from bot.rooms.web.pictures import (
    EDGE,
    MOST_BYTES,
    MOST_FRAMES,
    TYPES,
    Darkroom,
    Picture,
    PictureRefused,
    clean,
)

SECRET = b"51.4769 N, at my mother's"
FORMS = sorted(TYPES)


def drawn(form: str, width: int = 60, height: int = 40, **how: Any) -> bytes:
    image = Image.new("RGB", (width, height), "orange")
    image.paste("navy", (0, 0, width // 2, height // 2))
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def moving(form: str, frames: int = 3, size: int = 20) -> bytes:
    mode = "P" if form == "GIF" else "RGB"  # nothing needs to look for the best colours then
    images = [
        Image.new(mode, (size, size), 1 + n % 250 if mode == "P" else (40 * n, 0, 200)) for n in range(frames)
    ]
    if mode == "P":
        for image in images:
            image.putpalette([value for n in range(256) for value in (n, 255 - n, 7)])
    out = io.BytesIO()
    images[0].save(
        out,
        form,
        save_all=True,
        append_images=images[1:],
        duration=[70, 80, 90, *[100] * (frames - 3)],
        loop=0,
    )
    return out.getvalue()


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    assert TYPES[str(image.format)] == picture.type
    assert image.size == (picture.width, picture.height)
    return image


def about_home() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()  # a description
    exif.get_ifd(0x8825)[1] = "N"  # a place
    exif.get_ifd(0x8825)[2] = tuple(TiffImagePlugin.IFDRational(n) for n in (51, 28, 38))
    return exif


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_shown(form: str) -> None:
    """A picture of each form comes out as that form, with its size and colours."""
    image = opened(clean(drawn(form))).convert("RGB")
    assert image.size == (60, 40)
    for place, colour in (((5, 5), (0, 0, 128)), ((50, 30), (255, 165, 0))):
        assert max(abs(a - b) for a, b in zip(image.getpixel(place), colour, strict=True)) < 24  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_place_and_description_go(form: str) -> None:
    """Where a picture was taken, and what a camera wrote about it, is not in what is kept."""
    data = drawn(form, exif=about_home(), icc_profile=SECRET)
    assert SECRET in data
    picture = clean(data)
    assert SECRET not in picture.data
    assert not opened(picture).getexif()
    assert set(opened(picture).info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "loop",
        "background",
        "timestamp",
        "duration",
    }


def test_comments_and_texts_go() -> None:
    """Comments of JPEG and GIF and the texts of PNG are not in what is kept."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", SECRET.decode())
    texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    for data in (
        drawn("PNG", pnginfo=texts),
        drawn("JPEG", comment=SECRET),
        drawn("GIF", comment=SECRET),
        drawn("PNG") + SECRET,
    ):
        assert SECRET in data
        assert SECRET not in clean(data).data


def test_it_is_turned_upright() -> None:
    """A picture that its camera says lies on its side is kept as people see it."""
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn to the right
    picture = clean(drawn("JPEG", exif=exif))
    assert (picture.width, picture.height) == (40, 60)
    red, _, blue = opened(picture).getpixel((35, 5))  # type: ignore[misc]
    assert blue > red  # what was at the left top is at the right top


@pytest.mark.parametrize(
    ("width", "height", "kept"), [(4000, 1000, (1600, 400)), (100, 3200, (50, 1600)), (1600, 90, (1600, 90))]
)
def test_a_large_picture_is_made_to_fit(width: int, height: int, kept: tuple[int, int]) -> None:
    """No side is longer than the page needs, and the shape stays."""
    for form in ("JPEG", "PNG"):
        picture = clean(drawn(form, width, height))
        assert (picture.width, picture.height) == kept
        assert max(opened(picture).size) <= EDGE


def test_a_photograph_of_many_pixels_is_made_to_fit() -> None:
    """A camera's picture of 48 million pixels is not too large, because it is unpacked small at once."""
    picture = clean(drawn("JPEG", 8000, 6000))
    assert (picture.width, picture.height) == (1600, 1200)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_an_animation_stays_one(form: str) -> None:
    """A moving picture moves on, with its frames and times, and for ever."""
    image = opened(clean(moving(form)))
    assert getattr(image, "n_frames", 1) == 3
    times = []
    for number in range(3):
        image.seek(number)
        image.load()
        times.append(image.info["duration"])
    assert times == [70, 80, 90]
    assert image.info["loop"] == 0


def test_transparency_stays() -> None:
    """What is see-through stays so."""
    image = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 5, 5))
    for form in ("PNG", "WEBP", "GIF"):
        out = io.BytesIO()
        image.save(out, form)
        kept = opened(clean(out.getvalue())).convert("RGBA")
        assert kept.getpixel((8, 8))[3] == 0  # type: ignore[index]
        assert kept.getpixel((2, 2))[3] == 255  # type: ignore[index]


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_a_moving_picture_leaves_nothing_behind(form: str) -> None:
    """Where a frame is see-through the one before does not show through."""
    frames = [Image.new("RGBA", (10, 10)) for _ in range(2)]
    frames[0].paste((255, 0, 0, 255), (0, 0, 5, 10))
    frames[1].paste((0, 0, 255, 255), (5, 0, 10, 10))
    out = io.BytesIO()
    how = {"disposal": 2} if form == "GIF" else {"disposal": 1} if form == "PNG" else {}
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=100, loop=0, **how)
    image = opened(clean(out.getvalue()))
    image.seek(1)
    kept = image.convert("RGBA")
    assert kept.getpixel((2, 5))[3] == 0  # type: ignore[index]
    assert kept.getpixel((7, 5))[2] > 200  # type: ignore[index]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16"])
def test_other_colours_are_understood(mode: str) -> None:
    """Pictures in black and white, grey, palettes and print colours are shown too."""
    out = io.BytesIO()
    Image.new(mode, (10, 10)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert clean(out.getvalue()).width == 10


def test_a_double_picture_is_one() -> None:
    """Of the several pictures that phones put into one file, the first is kept."""
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(
        out, "MPO", save_all=True, append_images=[Image.new("RGB", (15, 10), "blue")]
    )
    picture = clean(out.getvalue())
    assert (picture.type, picture.width, getattr(opened(picture), "n_frames", 1)) == ("image/jpeg", 30, 1)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", SVG, HTML, b"GIF89a" + HTML, b"%PDF-1.7\n", b"PK\x03\x04", drawn("TIFF"), drawn("BMP"), drawn("PNG")[:50], drawn("JPEG")[:200], drawn("EPS")],
    ids=["nothing", "text", "SVG", "HTML", "GIF?", "PDF", "ZIP", "TIFF", "BMP", "cut PNG", "cut JPEG", "EPS"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    """Documents, drawings with scripts, other forms and halves of pictures are refused in words."""
    with pytest.raises(PictureRefused, match="not a picture that can be shown"):
        clean(data)


@pytest.mark.parametrize("form", ["GIF", "PNG", "JPEG"])
def test_of_a_polyglot_only_the_picture_is_kept(form: str) -> None:
    """Of a file that is a picture and a page at once, the page goes."""
    data = drawn(form) + HTML
    assert b"script" not in clean(data).data


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """Write a small file that unpacks to very many pixels."""
    packed = zlib.compress(bytes(20_000_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
        + chunk(b"IDAT", packed)
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: bomb(30_000, 2_000), "too many pixels"),
        (lambda: bomb(200_000, 200_000), "too many pixels"),
        (lambda: moving("GIF", MOST_FRAMES + 1, 4), "too many pixels or frames"),
        (lambda: moving("GIF", 50, 1000), "too many pixels or frames"),
        (lambda: bytes(MOST_BYTES + 1), "larger than 10 MiB"),
    ],
    ids=["pixels", "very many pixels", "frames", "pixels of frames", "bytes"],
)
async def test_bombs_are_refused(make: Callable[[], bytes], words: str) -> None:
    """What would take too much to unpack is refused before it does."""
    with pytest.raises(PictureRefused, match=words):
        await Darkroom().clean(make())


@settings(max_examples=60)
@given(st.sampled_from(FORMS), st.integers(), st.integers(1, 40))
def test_broken_pictures_harm_nobody(form: str, seed: int, changes: int) -> None:
    """Whatever bytes of a picture are changed, it is refused in words or shown."""
    data, chance = bytearray(drawn(form)), random.Random(seed)
    for _ in range(changes):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        picture = clean(bytes(data))
    except PictureRefused:
        return
    assert picture.type in TYPES.values()


async def test_the_darkroom_does_the_same() -> None:
    """In a process of its own a picture comes out as it does here."""
    data = drawn("PNG")
    assert await Darkroom().clean(data) == clean(data)


async def test_the_darkroom_says_what_is_wrong() -> None:
    """What is wrong with a picture is said in the same words from there."""
    with pytest.raises(PictureRefused, match="not a picture that can be shown"):
        await Darkroom().clean(SVG)
