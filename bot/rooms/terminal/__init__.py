"""The terminal as a room."""
