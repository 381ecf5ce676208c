"""A chat in a channel of a Discord guild. Only this folder knows discord.py."""
