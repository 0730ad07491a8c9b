"""Where transcripts are played: the real bot, between a requester and a desk on any two platforms."""
