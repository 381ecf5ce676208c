"""What participants ask for: the questions so far, their own answers, to be forgotten."""

import discord
from discord import ButtonStyle
from discord.ui import Button

from bot.rooms.discord import answering
from bot.rooms.discord.commands.offer import Offer
from bot.rooms.discord.desk import Asked, Reply
from bot.rooms.discord.wording import heading, stands
from bot.rooms.discord.written import unmasked
from bot.script.posts import Kind

FORGET = """\
**This removes all that you have said in the chats on this server**: your answers, messages, reactions and questions, from \
every recap and transcript that the bot gives out from now on, and the bot's posts with your answers. Nothing that you say \
here later is kept either. It cannot be undone.
Your own messages in the channels stay yours to delete; files that were given out before cannot be reached."""
FORGOTTEN = """\
{done} Your own messages in the channels stay yours to delete; files that were given out before, and what others wrote, \
cannot be reached."""
DONE = "Done. Nothing that you said is kept on this server any more, and nothing will be."
NOT_YET = """\
Nothing that you said is kept on this server any more, and nothing will be. But **the bot's posts with your words still stand \
in {places}**: Discord has not let the bot remove them so far. They go as soon as it does, without you doing anything; a host \
can see to it that the bot may view that channel, or delete them."""


async def questions(asked: Asked) -> str:
    """Give all questions asked so far, with where they stand."""
    chat = await asked.chat()
    script, state = chat.script, chat.state
    so_far = answering.questions_asked(chat)
    if not so_far:
        return f"{heading(script)}: no question has been asked yet. {stands(script, state)}"
    posts = await asked.read(chat, lambda record: record.posts_shown())
    asking = {post.id: post.question for post in posts if post.kind in (Kind.QUESTION, Kind.REPEAT)}
    standing = await asked.standing(int(chat.place), asking)
    where = await asked.addresses(chat, standing)
    # the first that still stands: a host may have deleted one, and posted it once more
    links = {asking[id_]: where[id_] for id_ in reversed(asking) if id_ in standing}
    lines = [
        f"**{question.name}** {unmasked(question.ask)} {links.get(question.label, '')}".rstrip()
        for question in so_far
    ]
    return "\n".join((f"{heading(script)}. {stands(script, state)}", *lines))


async def my_answers(asked: Asked) -> Reply:
    """Give one's own answers, to move or withdraw each."""
    return await answering.mine(asked)


async def forget_me(asked: Asked) -> Reply:
    """Say what being forgotten means, and ask whether that is wanted."""
    del asked
    yes: Button[discord.ui.View] = Button(label="Forget me", style=ButtonStyle.danger, custom_id="forget")
    return Reply(FORGET, (yes,))


async def forget(asked: Asked, rest: str) -> Reply:
    """Forget whoever has pressed the button, in this guild."""
    del rest  # it is about the one who presses it, here
    standing = await asked.chats.forget(asked.guild, asked.by.id)
    places = " and ".join(f"<#{channel}>" for channel in standing)
    return Reply(FORGOTTEN.format(done=NOT_YET.format(places=places) if standing else DONE))


OFFERS = (
    Offer(
        "questions",
        "See all questions so far, with links to answer them. Example: /chat questions",
        questions,
    ),
    Offer(
        "my-answers",
        "See your answers, to change, move or withdraw each. Example: /chat my-answers",
        my_answers,
    ),
    Offer("forget-me", "Have all that you said here removed, for good. Example: /chat forget-me", forget_me),
)
