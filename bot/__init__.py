"""A support desk for Telegram and Discord: answers, checklists that diagnose, numbered tickets."""
