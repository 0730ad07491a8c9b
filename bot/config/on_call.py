"""What can be set about whoever is on call."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.config import values
from bot.config.section import Section, why


class OnCall(Section):
    """Who is called for tickets that cannot wait, until somebody says that they are on it; see docs/operating.md."""

    agents: Annotated[
        tuple[values.AccountId, ...],
        why("The ids of the accounts that are called in the staff chat; without any, those who lead are."),
    ] = ()
    webhook_url: Annotated[
        values.Link | None,
        why("An address of your paging service that is asked to call somebody, signed with the secret."),
    ] = None
    secret: Annotated[
        values.IdentitySecret | None,
        why(
            "What that address and the bot share, at least 32 characters nobody can guess."
            " Safer in BOT_ON_CALL__SECRET or in secret_file."
        ),
    ] = None
    secret_file: Annotated[values.FilePath | None, why("A file with nothing but that secret.")] = None
    repeat_minutes: Annotated[
        values.Whole,
        why("Minutes after which they are called again, as long as nobody is on it."),
        Field(ge=1, le=60),
    ] = 5
    leads_after: Annotated[
        values.Whole,
        why("After so many calls those who lead are called as well."),
        Field(ge=1, le=100),
    ] = 3

    @property
    def is_set(self) -> bool:
        """Whether somebody is on call at all."""
        return bool(self.agents or self.webhook_url)
