"""Chat scripts: what hosts write, as YAML text, as data, and as the texts that the bot posts."""
