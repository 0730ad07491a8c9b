"""What must hold between the files: references, translations, placeholders, questions nobody shares."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.knowledge import paths
from bot.knowledge.reading import Folder, LanguageFiles, Source
from bot.knowledge.texts import check_text, placeholders
from bot.networks.formats import Family
from bot.yaml_lines import Problem, meant

LONGEST_TITLE = 38
LONGEST_WIDE_TITLE = 20
WIDE = frozenset({"ja", "zh-Hans", "zh-Hant", "ko"})

Problems = Iterator[Problem]


def check(folder: Folder) -> list[Problem]:
    """Every problem between the files; empty when the knowledge base can be used."""
    problems = [*_catalogue(folder), *_networks(folder), *_languages(folder), *paths.check_paths(folder)]
    first = next(iter(folder.by_language))
    for code, files in folder.by_language.items():
        problems += _complete(folder, code, files, code == first)
        problems += _texts(code, files, folder.by_language[first])
        problems += _questions(code, files)
    return problems


def _catalogue(folder: Folder) -> Problems:
    source = folder.catalogue
    topics, checklists = source.value.topics, source.value.checklists
    phrases = folder.phrase_list.value
    for id, topic in topics.items():
        if topic.checklist and topic.checklist not in checklists:
            yield source.problem(
                ("topics", id, "checklist"), "there is no such checklist", meant(topic.checklist, list(checklists))
            )
        for key in (f"topic.{id}", f"team.{topic.team}"):
            if key not in phrases:
                yield source.problem(
                    ("topics", id), f"has no name: the phrase {key} is missing", "add it to phrases.yaml"
                )
    for topic in source.value.faq:
        if topic not in topics:
            yield source.problem(("faq", topic), "there is no such topic", meant(topic, list(topics)))
    for id, checklist in checklists.items():
        if checklist.topic not in topics:
            yield source.problem(
                ("checklists", id, "topic"), "there is no such topic", meant(checklist.topic, list(topics))
            )
    yield from _twice(folder)


def _twice(folder: Folder) -> Problems:
    seen: set[str] = set(folder.catalogue.value.checklists)
    for topic, listed in folder.catalogue.value.faq.items():
        for index, item in enumerate(listed):
            id = item if isinstance(item, str) else item.id
            if id in seen:
                yield folder.catalogue.problem(("faq", topic, index), f"{id} is there already", "an id is used once")
            seen.add(id)


def _networks(folder: Folder) -> Problems:
    source = folder.networks
    networks, assets = source.value.networks, source.value.assets
    families = [family.value for family in Family]
    today = datetime.now(UTC).date()
    for id, network in networks.items():
        if network.family not in families:
            yield source.problem(
                ("networks", id, "family"), "there is no such family", meant(network.family, families)
            )
        link = network.explorer
        if link and not (link.startswith("https://") and link.count("{txid}") == 1):
            yield source.problem(
                ("networks", id, "explorer"), "is not an https link with {txid} in it", "write one, or leave it out"
            )
    for id, asset in assets.items():
        for name, on_network in asset.networks.items():
            place = ("assets", id, "networks", name)
            if name not in networks:
                yield source.problem(place, "there is no such network", meant(name, list(networks)))
            for fact, value in on_network:
                if fact != "memo" and value and value.checked_on > today:
                    yield source.problem(
                        (*place, fact, "checked_on"), "lies in the future", "write the day it was read"
                    )


def _languages(folder: Folder) -> Problems:
    known = folder.languages.value
    for number, (code, language) in enumerate(known.items()):
        if language.fallback and language.fallback not in known:
            yield folder.languages.problem(
                (code, "fallback"), "there is no such language", meant(language.fallback, list(known))
            )
        if number and not language.fallback:
            yield folder.languages.problem(
                (code,), "has no fallback", "name the language that stands in for a missing text"
            )


def _complete(folder: Folder, code: str, files: LanguageFiles, is_first: bool) -> Problems:
    """Nothing missing and nothing that nobody would ever say."""
    catalogue = folder.catalogue.value
    yield from _same_keys(files.phrases, set(folder.phrase_list.value), "phrase", "list it in phrases.yaml")
    wanted = {id if isinstance(id, str) else id.id: topic for topic, ids in catalogue.faq.items() for id in ids}
    entries = files.entries()
    for id, (_, source) in entries.items():
        topic = next(topic for topic, one in files.faq.items() if one is source)
        if wanted.get(id) != topic:
            mend = f"it belongs into {wanted[id]}.yaml" if id in wanted else meant(id, list(wanted))
            yield source.problem((id,), f"the catalogue has no entry {id} under {topic}", mend)
    for id in wanted.keys() - entries.keys():
        if is_first or not folder.languages.value[code].beta:
            file = files.faq.get(wanted[id])
            what = f"the entry {id} has no text in {code}"
            yield (
                file.problem((), what, "write it")
                if file
                else Problem(f"{code}/faq/{wanted[id]}.yaml", 0, what, "write it")
            )
    yield from _checklist_words(folder, files)
    first = next(iter(folder.by_language.values()))
    for name in ("signals", "canned"):
        yield from _same_keys(
            getattr(files, name), set(getattr(first, name).value), name.removesuffix("s"), "take it out"
        )


def _same_keys(source: Source, wanted: set[str], kind: str, mend: str) -> Problems:
    for key in sorted(wanted - set(source.value)):
        yield source.problem((), f"the {kind} {key} is missing", "write it")
    for key in sorted(set(source.value) - wanted):
        yield source.problem((key,), f"there is no {kind} {key}", meant(key, sorted(wanted)) if wanted else mend)


def _checklist_words(folder: Folder, files: LanguageFiles) -> Problems:
    source = files.checklists
    yield from _same_keys(source, set(folder.catalogue.value.checklists), "checklist", "take it out")
    for id, shape in folder.catalogue.value.checklists.items():
        words = source.value.get(id)
        if words is None:
            continue
        yield from _parts(source, (id, "steps"), set(words.steps), {step.id for step in shape.steps}, "step")
        yield from _parts(
            source, (id, "findings"), set(words.findings), {one.id for one in shape.findings}, "finding"
        )
        for step in shape.steps:
            if said := words.steps.get(step.id):
                place = (id, "steps", step.id, "options")
                yield from _parts(source, place, set(said.options), set(step.options), "option")


def _parts(source: Source, place: tuple[str, ...], found: set[str], wanted: set[str], kind: str) -> Problems:
    for name in sorted(wanted - found):
        yield source.problem(place, f"the {kind} {name} has no words", "write them")
    for name in sorted(found - wanted):
        yield source.problem((*place, name), f"the catalogue has no {kind} {name}", meant(name, sorted(wanted)))


def _texts(code: str, files: LanguageFiles, first: LanguageFiles) -> Problems:
    originals = dict(paths.placed_texts(first))
    longest = LONGEST_WIDE_TITLE if code in WIDE else LONGEST_TITLE
    for key, (source, place, template) in paths.placed_texts(files):
        original = originals.get(key)
        wanted = placeholders(original[2]) if original else frozenset()
        for what, mend in check_text(template, wanted, code, is_own=key.startswith(("page.", "console."))):
            yield source.problem(place, what, mend)
        is_button = key.endswith(".title") and key.startswith(("faq.", "checklist."))
        if is_button and isinstance(template, str) and len(template) > longest:
            yield source.problem(place, f"is {len(template)} characters long", f"a button takes {longest}")


def _questions(code: str, files: LanguageFiles) -> Problems:
    """No question may belong to two entries: one would take it from the other."""
    owners: dict[str, str] = {}
    for id, place, source, texts in paths.placed_questions(files):
        for index, text in enumerate(texts):
            plain = re.sub(r"\W+", "", unicodedata.normalize("NFKC", text).casefold())
            owner = owners.setdefault(plain, id)
            if owner != id:
                yield source.problem(
                    (*place, index), f"the question is {owner}'s too ({code})", "keep it in one of them"
                )
