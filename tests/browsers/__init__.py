"""What the tests in real browsers share: the real process that holds a chat, and people who come to it with Chromium.

`python -m tests.browsers FOLDER` writes the pictures of the README into that folder.
"""

from tests.browsers.guest import Guest, chromium, expect
from tests.browsers.held import Held, Line, held
from tests.browsers.looking import light_on_paper, picture

__all__ = ["Guest", "Held", "Line", "chromium", "expect", "held", "light_on_paper", "picture"]
