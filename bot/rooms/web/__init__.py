"""The built-in room: a chat in the browser, without accounts."""
