"""Teams by the names that people type."""

from collections.abc import Mapping, Sequence


def named_team(words: str, teams: Mapping[str, Sequence[str]]) -> str | None:
    """The team that is meant, by its id or by its name in any language; None where that is nobody's."""
    wanted = words.strip().casefold()
    return next((id for id, names in teams.items() if wanted in (id, *map(str.casefold, names))), None)
