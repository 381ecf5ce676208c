"""What can only be seen: the picture of a part of a page, and how light it is on paper."""

from playwright.async_api import Locator, Page


async def picture(of: Locator) -> bytes:
    """Give what is seen where an element is, whoever paints there."""
    return await of.screenshot(animations="disabled")


async def light_on_paper(page: Page) -> bool:
    """Tell whether a page is printed dark on light, also by those who read it light on dark on the screen."""
    await page.emulate_media(media="print", color_scheme="dark")
    colours = "(({ backgroundColor, color, colorScheme }) => [backgroundColor, color, colorScheme])(getComputedStyle(document.body))"
    paper, ink, scheme = await page.evaluate(colours)
    return bool(sum(_parts(paper)) > 600 and sum(_parts(ink)) < 200 and scheme == "light")


def _parts(colour: str) -> list[int]:
    return [int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(", ")]
