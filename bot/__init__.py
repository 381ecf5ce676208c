"""hashchat: a chatbot that facilitates live hashtag chats."""

__version__ = "0.1.0"
