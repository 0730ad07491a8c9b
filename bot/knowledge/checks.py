"""What must hold between the language-neutral files, and that every language says what they list."""

from collections.abc import Collection, Iterator

from bot.knowledge import paths, spoken
from bot.knowledge.files import Catalogue, Languages, Networks
from bot.knowledge.folders import is_folder_name
from bot.knowledge.reading import Folder, Source
from bot.networks.formats import Family
from bot.yaml_lines import Problem, meant

NEEDED_ENTRIES = ("kyc_support_before",)
"""Entries that the dialogue itself answers with."""
TOPIC_PHRASES = ("choose", "none")
"""Phrases that begin with `topic.` and are no topic's name."""

Problems = Iterator[Problem]


def check(folder: Folder) -> Problems:
    """Every problem between the files; none when the knowledge base can be used."""
    yield from _catalogue(folder.catalogue)
    yield from _names(folder)
    yield from paths.check_paths(folder.catalogue)
    yield from _networks(folder.networks)
    yield from _languages(folder.languages)
    for code in folder.by_language:
        yield from spoken.check_language(folder, code)


def _catalogue(source: Source[Catalogue]) -> Problems:
    topics, checklists = source.value.topics, source.value.checklists
    for id, topic in topics.items():
        if topic.checklist and topic.checklist not in checklists:
            yield _dangling(source, ("topics", id, "checklist"), topic.checklist, "checklist", checklists)
        if id in TOPIC_PHRASES:
            yield source.problem(("topics", id), f"the phrase topic.{id} means something else", "rename the topic")
    for id, checklist in checklists.items():
        if checklist.topic not in topics:
            yield _dangling(source, ("checklists", id, "topic"), checklist.topic, "topic", topics)
        for index, finding in enumerate(checklist.findings):
            if finding.topic and finding.topic not in topics:
                place = ("checklists", id, "findings", index, "topic")
                yield _dangling(source, place, finding.topic, "topic", topics)
    seen = set(checklists)
    for name, entries in source.value.faq.items():
        if name not in topics:
            yield _dangling(source, ("faq", name), name, "topic", topics)
        for index, entry in enumerate(entries):
            if entry.id in seen:
                yield source.problem(("faq", name, index), f"{entry.id} is there already", "an id is used once")
            seen.add(entry.id)
    for id in NEEDED_ENTRIES:
        if source.is_sound and id not in seen:
            yield source.problem(("faq",), f"the entry {id} is missing", "the bot answers with it by itself")


def _names(folder: Folder) -> Problems:
    """Topics and teams are shown to people, so each has a phrase."""
    if not folder.phrase_list.is_sound:
        return
    for id, topic in folder.catalogue.value.topics.items():
        for place, key in ((("topics", id), f"topic.{id}"), (("topics", id, "team"), f"team.{topic.team}")):
            if key not in folder.phrase_list.value:
                what = f"has no name: there is no phrase {key}"
                yield folder.catalogue.problem(place, what, "add it to phrases.yaml, here and in each language")


def _networks(source: Source[Networks]) -> Problems:
    networks, families = source.value.networks, [family.value for family in Family]
    for id, network in networks.items():
        if network.family not in families:
            yield _dangling(source, ("networks", id, "family"), network.family, "family", families)
    for id, asset in source.value.assets.items():
        for name in asset.networks:
            if name not in networks:
                yield _dangling(source, ("assets", id, "networks", name), name, "network", networks)


def _languages(source: Source[Languages]) -> Problems:
    """A language falls back to one above it: so every chain ends at the first, which has every text."""
    if source.is_sound and not source.value:
        yield source.problem((), "names no language", "write one or more, the one with every text first")
    above: list[str] = []
    for code, language in source.value.items():
        if not _is_known(code):
            yield source.problem((code,), "is no language code", "write one such as en, pt-BR or zh-Hans")
        if language.fallback and not above:
            yield source.problem((code, "fallback"), "is not for the first language", "take it out")
        elif above and language.fallback not in above:
            what = "names no language above this one" if language.fallback else "has no fallback"
            yield source.problem((code, "fallback"), what, f"write one of: {', '.join(above)}")
        above.append(code)


def _is_known(code: str) -> bool:
    from babel import Locale, UnknownLocaleError

    try:
        return is_folder_name(code) and str(Locale.parse(code.replace("-", "_"))) == code.replace("-", "_")
    except (ValueError, UnknownLocaleError):
        return False


def _dangling(
    source: Source[Catalogue] | Source[Networks],
    place: tuple[str | int, ...],
    name: str,
    kind: str,
    known: Collection[str],
) -> Problem:
    return source.problem(place, f"there is no {kind} {name}", meant(name, known))
