"""The settings as rules: what a team has of its own, and what it takes from the desk."""

from datetime import UTC, datetime
from pathlib import Path

from bot.config import Settings
from bot.operations.check import check_knowledge
from bot.operations.rules import rules_of
from bot.staffing import StaffChats
from bot.timing import SECOND

SUNDAY = round(datetime(2026, 11, 29, 3, tzinfo=UTC).timestamp()) * SECOND
"""Noon in Tokyo."""
SETTINGS = Settings.model_validate(
    {
        "desk": {"timezone": "Asia/Tokyo", "hours": {"sunday": "closed"}, "holidays": ["2026-11-30"]},
        "teams": {
            "security": {"hours": {}, "holidays": []},
            "payments": {"timezone": "Pacific/Auckland"},
        },
        "knowledge": {"path": Path(__file__).parents[3] / "knowledge_base"},
    }
)


def test_a_team_without_hours_of_its_own_works_with_the_desk() -> None:
    clocks = rules_of(SETTINGS, StaffChats()).clocks

    assert clocks.hours.sentence(SUNDAY).key == "hours.opens_at"
    assert clocks.team_hours["security"].sentence(SUNDAY).key == "hours.always"
    assert clocks.team_hours["payments"].timezone == "Pacific/Auckland"
    assert clocks.team_hours["payments"].holidays == clocks.hours.holidays


def test_a_team_that_no_topic_names_is_told() -> None:
    teams = {"payment": SETTINGS.teams["payments"]}
    problems, _ = check_knowledge(SETTINGS.model_copy(update={"teams": teams}))

    assert problems == ['teams.payment: no topic of the catalogue names this team; did you mean "payments"?']
