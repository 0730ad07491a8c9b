"""What is wrong between settings, each of which may be right by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.yaml_lines import Document, Problem, Value

STAFF_CHATS = {"telegram": "staff_chat", "discord": "staff_channel"}
"""Where the whole desk works, by platform."""
_TEAM_CHATS = {"telegram": "telegram_chat", "discord": "discord_channel"}
TEAMS = "teams"


def conflicts(document: Document) -> Iterator[Problem]:
    """What is wrong between settings; looked at before each is checked, so that all is told at once."""
    if value_at(document, "discord", "staff_channel") and not value_at(document, "discord", "guild"):
        mend = "write the id of the server that the channel belongs to"
        yield document.problem(("discord", "staff_channel"), "needs discord.guild", mend)
    if value_at(document, "identity", "lookup_url") and not _has_secret(document, "identity"):
        mend = "set it, since questions are signed with it"
        yield document.problem(("identity", "lookup_url"), "needs identity.secret", mend)
    if value_at(document, "on_call", "webhook_url") and not _has_secret(document, "on_call"):
        mend = "set it, since calls are signed with it"
        yield document.problem(("on_call", "webhook_url"), "needs on_call.secret", mend)
    staffed = [name for name, key in STAFF_CHATS.items() if value_at(document, name, key)]
    platform = value_at(document, "desk", "platform")
    if platform is None and len(staffed) > 1:
        what = "is not set, and telegram.staff_chat and discord.staff_channel both are"
        yield document.problem(("desk", "platform"), what, "write telegram or discord")
    elif isinstance(platform, str) and platform in STAFF_CHATS and platform not in staffed:
        what = f"is {platform}, but {platform}.{STAFF_CHATS[platform]} is not set"
        yield document.problem(("desk", "platform"), what, "set it, or choose another platform")
    desk = platform or (staffed[0] if staffed else None)
    for name, team in items_of(dict(items_of(document.value)).get(TEAMS)):
        yield from _misplaced(document, name, dict(items_of(team)), desk)


def _misplaced(document: Document, name: str, team: Mapping[str, Value], desk: Value) -> Iterator[Problem]:
    """A team works beside the whole desk, on the same platform: what it leaves is answered there."""
    for platform, key in _TEAM_CHATS.items():
        place = (TEAMS, name, key)
        if team.get(key) and desk is None:
            mend = f"set {platform}.{STAFF_CHATS[platform]}"
            yield document.problem(place, "is set, but no staff chat for what is no team's", mend)
        elif team.get(key) and platform != desk:
            yield document.problem(place, f"is set, but the desk works on {desk}", "take it out")
    if team.get("discord_role") and not team.get("discord_channel"):
        mend = "set it, or take the role out: in the desk's channel discord.staff_role counts"
        yield document.problem((TEAMS, name, "discord_role"), f"needs {TEAMS}.{name}.discord_channel", mend)


def _has_secret(document: Document, section: str) -> bool:
    return any(value_at(document, section, key) for key in ("secret", "secret_file"))


def value_at(document: Document, section: str, key: str) -> Value:
    """What is written there; None where nothing is."""
    return dict(items_of(dict(items_of(document.value)).get(section))).get(key)


def items_of(value: Value) -> Iterable[tuple[str, Value]]:
    """The pairs of a mapping; none of anything else."""
    return value.items() if isinstance(value, dict) else ()
