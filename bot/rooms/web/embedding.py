"""The pictures that are kept with a chat, as they stand inside of its files."""

from collections.abc import Iterable
from pathlib import Path

from bot.messages import Attachment
from bot.render.copies import NO_COPIES, Copies, Copy, inside, picture_type
from bot.render.story import Sharing, Story, page, shown_files
from bot.rooms.web.gallery import Gallery
from bot.rooms.web.pictures import Darkroom, Picture, PictureRefused
from bot.store import Chat, Record
from bot.store import Media as Kept

ONLY_PICTURES = "only PNG, JPEG, GIF and WebP pictures are put inside"
NEVER_KEPT = "it was never fetched"


async def embedded(record: Record, files: Iterable[Attachment]) -> Copies:
    """Give the copies of files for a transcript that has them inside, or why there is none."""
    return {file.url: embed(await record.media(file.url)) for file in files} or NO_COPIES


def embed(kept: Kept | None) -> Copy:
    """Give what is kept of a file as it stands inside, which only pictures do."""
    if not kept or not kept.data:
        return Copy(why=(kept and kept.why) or NEVER_KEPT)
    picture = picture_type(kept.data)
    address = inside(kept.data, picture) if picture else None
    return Copy(address, None if picture else ONLY_PICTURES, picture is not None, kept.width, kept.height)


async def story_page(chat: Chat, record: Record, story: Story, sharing: Sharing) -> str:
    """Give the page of a story with its pictures inside: made anew, small enough, and without what is hidden in files."""
    darkroom, gallery = Darkroom(), Gallery(Path(chat.source).parent)
    copies = {}
    for file in shown_files(story):
        kept = await record.media(file.url)
        if kept and kept.data:
            try:
                copies[file.url] = _inside(await darkroom.clean(kept.data))
            except PictureRefused:
                continue
    asked = {}
    for part in story.parts:
        question = part.recap.question
        if picture := await gallery.picture(question.image):
            asked[question.label] = _inside(picture)
    return page(story, copies, asked=asked, sharing=sharing)


def _inside(picture: Picture) -> Copy:
    return Copy(
        inside(picture.data, picture.type), None, picture=True, width=picture.width, height=picture.height
    )
