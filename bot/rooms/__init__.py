"""Rooms: where a chat can take place."""
