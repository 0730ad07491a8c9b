"""`/freeze` and `/unfreeze`: who may, what changes, and what is said."""

import pytest

from bot.actions import Announce, Audit, Moment, TellHere
from bot.desk.commands import COMMANDS, Command, Verb
from bot.desk.freezing import asked
from bot.desk.rights import Level
from bot.model import Agent, PlatformName, Standing
from bot.outbox import FreezeReplies, UnfreezeReplies
from bot.outgoing import Freeze

LEAD = Agent(PlatformName.DISCORD, "5", "Mika", Standing.ADMINISTRATOR)
FROZEN = Freeze(LEAD, 7)


@pytest.mark.parametrize("verb", [Verb.FREEZE, Verb.UNFREEZE])
def test_only_those_who_lead_may_do_either(verb: Verb) -> None:
    assert COMMANDS[verb] == Command(Level.LEAD, about_ticket=False)


def test_a_freeze_is_told_here_and_everywhere_and_written_down() -> None:
    changes, actions = asked(Verb.FREEZE, LEAD, None, 9, "UTC")

    assert changes == (FreezeReplies(LEAD, 9),)
    assert [type(action) for action in actions] == [TellHere, Announce, Audit]


def test_a_second_freeze_changes_nothing_and_says_whose_the_first_one_is_and_since_when() -> None:
    changes, (told,) = asked(Verb.FREEZE, LEAD, FROZEN, 9, "Asia/Tokyo")

    assert changes == ()
    assert isinstance(told, TellHere)
    assert told.parts[0].values["since"] == Moment(7, "Asia/Tokyo")


def test_it_is_over_once() -> None:
    changes, actions = asked(Verb.UNFREEZE, LEAD, FROZEN, 9, "UTC")

    assert changes == (UnfreezeReplies(),)
    assert [type(action) for action in actions] == [TellHere, Announce, Audit]
    assert asked(Verb.UNFREEZE, LEAD, None, 9, "UTC")[0] == ()
