"""Servers the bot talks to in tests: fakes on loopback sockets, held to the platforms' published descriptions."""
