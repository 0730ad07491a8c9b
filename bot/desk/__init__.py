"""What happens to tickets and to staff: pure decisions from a ticket and an event to actions."""
