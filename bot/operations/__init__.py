"""What an operator does to a bot: check it, and change what it knows while it runs."""
