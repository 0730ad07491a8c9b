"""`python -m bot` is the command `support-bot`."""

from bot.cli import main

if __name__ == "__main__":
    main()
