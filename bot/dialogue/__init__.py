"""What to say to the requester: pure decisions from a conversation and an event to a conversation and actions."""
