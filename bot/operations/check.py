"""What `support-bot check` says, and which folder it is about."""

from collections.abc import Collection, Iterator
from pathlib import Path

from bot.config import Knowledge as KnowledgeSettings
from bot.config import Settings
from bot.config import Store as StoreSettings
from bot.knowledge.loader import KnowledgeError, placed_phrasings
from bot.operations.knowledge import Learned, learn
from bot.yaml_lines import meant

PACKAGE = Path(__file__).parents[1]
SHIPPED = (PACKAGE / "knowledge_base", PACKAGE.parent / "knowledge_base")
"""Where it is in an installed package, and in a clone."""


def check_knowledge(settings: Settings | None, *, thorough: bool = False) -> tuple[list[str], str]:
    """Every problem of the knowledge base, and a line that sums it up when there are none.

    Without usable settings the folders they would name by default are taken. A thorough check also asks every
    phrasing against all entries, which takes a few seconds.
    """
    folder, cache = folders(settings)
    try:
        learned = learn(folder, cache)
    except KnowledgeError as error:
        return [str(problem) for problem in error.problems], ""
    if thorough and (taken := list(_taken_away(folder, learned))):
        return taken, ""
    knowledge = learned.knowledge
    if settings and (unknown := list(_unknown_teams(settings, knowledge.teams))):
        return unknown, ""
    languages = ", ".join(knowledge.languages)
    counts = f"{len(knowledge.entries)} FAQ entries, {len(knowledge.checklists)} checklists"
    return [], f"All is well: {counts}, {len(knowledge.phrasings)} example questions; languages: {languages}."


def _unknown_teams(settings: Settings, teams: Collection[str]) -> Iterator[str]:
    """A team that no topic names would never get a ticket."""
    for name in settings.teams:
        if name not in teams:
            yield f"teams.{name}: no topic of the catalogue names this team; {meant(name, teams)}"


def _taken_away(folder: Path, learned: Learned) -> Iterator[str]:
    """Phrasings that another entry would answer, where they stand."""
    from bot.understanding.coverage import uncovered

    places = placed_phrasings(folder)
    for one in uncovered(places, learned.index):
        what = f"is answered by {one.winner}, for its “{one.rival}”"
        yield str(places[one.phrasing].problem(what, "word one of them otherwise, or take it out"))


def folders(settings: Settings | None) -> tuple[Path, Path]:
    """The folder of the knowledge base and the one for derived files.

    Where nobody named a folder and there is none here, the one that came with the program is taken.
    """
    knowledge = settings.knowledge if settings else KnowledgeSettings()
    store = settings.store if settings else StoreSettings()
    shipped = [one for one in SHIPPED if one.is_dir()]
    if knowledge.path == KnowledgeSettings().path and not knowledge.path.is_dir() and shipped:
        return shipped[0], store.cache
    return knowledge.path, store.cache
