"""What can be set about whose account a requester has."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.config import values
from bot.config.section import Section, why


class Identity(Section):
    """How the bot learns whose account it is speaking about; see docs/identity.md."""

    secret: Annotated[
        values.IdentitySecret | None,
        why(
            "What your site and the bot share, at least 32 characters nobody can guess: with it the site makes the"
            " codes that prove an account. Safer in BOT_IDENTITY__SECRET or in secret_file."
        ),
    ] = None
    secret_file: Annotated[values.FilePath | None, why("A file with nothing but that secret.")] = None
    lookup_url: Annotated[
        values.Link | None,
        why("Where the bot asks your server about an account, signed with the secret, for staff to see on the card."),
    ] = None
    verified_hours: Annotated[
        values.Whole,
        why("Hours for which an account counts as proved after such a code."),
        Field(ge=1, le=720),
    ] = 24
