"""What must hold in one language: nothing missing, nothing nobody would say, every text and question in order."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Any

from bot.knowledge.files import FaqFile
from bot.knowledge.folders import shown
from bot.knowledge.places import placed_questions, placed_texts
from bot.knowledge.reading import FAQ, Folder, LanguageFiles, Source
from bot.knowledge.schema import SIGNALS
from bot.knowledge.texts import check_letters, check_text, placeholders
from bot.yaml_lines import Place, Problem, nearest

LONGEST_BUTTON = 38
LONGEST_WIDE_BUTTON = 20
WIDE = ("ja", "zh", "ko")
LONGEST_COMMAND = 100
"""What Discord takes as the description of a slash command."""
SHORTEST_CODE = 20
LABELS = ("page.", "console.", "command.")
"""Texts that are no Markdown."""

_BUTTON = re.compile(r"(faq|checklist)\.[^.]+\.title|button\..+|topic\.(?!choose$).+|checklist\..+\.option\.[^.]+")

Problems = Iterator[Problem]


def check_language(folder: Folder, code: str) -> Problems:
    """Every problem of the texts and questions of a language."""
    files = folder.by_language[code]
    first = next(iter(folder.by_language))
    yield from _complete(folder, files, may_lack_entries=code != first and folder.languages.value[code].beta)
    yield from _same_keys(files.canned, folder.by_language[first].canned, "prepared text")
    yield from _texts(folder, files, code)
    yield from _questions(files, code)
    yield from _signals(files, code)
    for name, text in files.canned.value.items():
        for what, mend in check_text(text, placeholders(text), code, is_markdown=False):
            yield files.canned.problem((name,), what, mend)
        for placeholder in sorted(placeholders(text)):
            yield files.canned.problem((name,), f"{{{placeholder}}} would be sent as it stands", "write words")


def _complete(folder: Folder, files: LanguageFiles, *, may_lack_entries: bool) -> Problems:
    yield from _same_keys(files.phrases, folder.phrase_list, "phrase")
    if not folder.catalogue.is_sound:
        return
    topics = folder.catalogue.value.topics
    wanted = {one.id: topic for topic, listed in folder.catalogue.value.faq.items() for one in listed}
    for topic, source in files.faq.items():
        yield from _entries(topic, source, wanted, topics)
    for id, topic in wanted.items():
        found = files.faq.get(topic)
        if may_lack_entries or topic not in topics or (found and (not found.is_sound or id in found.value)):
            continue
        what = f"the entry {id} is missing"
        file = shown(files.folder / FAQ / f"{topic}.yaml")
        yield found.problem((), what, "write it") if found else Problem(file, 0, what, "write it")
    yield from _checklists(folder, files)


def _entries(topic: str, source: Source[FaqFile], wanted: dict[str, str], topics: Collection[str]) -> Problems:
    for id in source.value:
        if id not in wanted:
            what = f"the catalogue has no entry {id}"
            yield source.problem((id,), what, _nearest(id, wanted, f"list it there under {topic}, or take it out"))
        elif topic != wanted[id] in topics:
            yield source.problem((id,), f"the catalogue has it under {wanted[id]}", f"move it to {wanted[id]}.yaml")


def _checklists(folder: Folder, files: LanguageFiles) -> Problems:
    source, shapes = files.checklists, folder.catalogue.value.checklists
    yield from _parts(source, (), set(source.value), set(shapes), "checklist")
    for id, words in source.value.items():
        shape = shapes.get(id)
        if shape is None:
            continue
        steps = {step.id: step for step in shape.steps}
        yield from _parts(source, (id, "steps"), set(words.steps), set(steps), "step")
        yield from _parts(
            source, (id, "findings"), set(words.findings), {one.id for one in shape.findings}, "finding"
        )
        for name, said in words.steps.items():
            if name in steps:
                place = (id, "steps", name, "options")
                yield from _parts(source, place, set(said.options), set(steps[name].options), "option")


def _parts(source: Source[Any], place: Place, found: set[str], wanted: set[str], kind: str) -> Problems:
    if not source.is_sound:
        return
    for name in wanted - found:
        yield source.problem(place, f"the {kind} {name} has no words", "write them")
    for name in found - wanted:
        mend = _nearest(name, wanted, "take it out")
        yield source.problem((*place, name), f"the catalogue has no {kind} {name}", mend)


def _same_keys(source: Source[Any], listed: Source[Any], kind: str) -> Problems:
    if not (source.is_sound and listed.is_sound):
        return
    for key in set(listed.value) - set(source.value):
        yield source.problem((), f"the {kind} {key} is missing", "write it")
    for key in set(source.value) - set(listed.value):
        mend = _nearest(key, listed.value, f"list it in {listed.document.name}, or take it out")
        yield source.problem((key,), f"there is no {kind} {key}", mend)


def _texts(folder: Folder, files: LanguageFiles, code: str) -> Problems:
    notes = folder.phrase_list.value
    longest = LONGEST_WIDE_BUTTON if code.partition("-")[0] in WIDE else LONGEST_BUTTON
    for placed in placed_texts(files):
        if placed.source is files.phrases and placed.key not in notes:
            continue
        named = placeholders(notes.get(placed.key, ""))
        is_markdown = not placed.key.startswith(LABELS)
        for what, mend in check_text(placed.text, named, code, is_markdown=is_markdown):
            yield placed.problem(what, mend)
        length = len(placed.text.strip()) if isinstance(placed.text, str) else 0
        if length > longest and _BUTTON.fullmatch(placed.key):
            yield placed.problem(f"is {length} characters long", f"a button has room for {longest}")
        if length > LONGEST_COMMAND and placed.key.startswith("command."):
            yield placed.problem(f"is {length} characters long", f"a command has room for {LONGEST_COMMAND}")


def _questions(files: LanguageFiles, code: str) -> Problems:
    """No question may belong to two entries: one would take it from the other."""
    owners: dict[str, str] = {}
    for placed in placed_questions(files):
        text = str(placed.text)
        for what, mend in check_letters(text, code):
            yield placed.problem(what, mend)
        if not _has_words(text):
            yield placed.problem("has no words", "write some, or take it out")
        elif (owner := owners.setdefault(_plain(text), placed.key)) != placed.key:
            yield placed.problem(f"{owner} has this question, too", "keep it in one of them")


def _signals(files: LanguageFiles, code: str) -> Problems:
    source = files.signals
    for signal in source.value.keys() - SIGNALS:
        yield source.problem((signal,), f"there is no signal {signal}", _nearest(signal, SIGNALS, "take it out"))
    owners: dict[str, str] = {}
    for signal, texts in source.value.items():
        for index, text in enumerate(texts):
            for what, mend in check_letters(text, code):
                yield source.problem((signal, index), what, mend)
            if (owner := owners.setdefault(_plain(text), signal)) != signal:
                yield source.problem((signal, index), f"{owner} has it, too", "keep it in one of them")


def _has_words(text: str) -> bool:
    """Whether there is anything to compare; addresses and other long codes are no words."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text))
    return any(len(word) < SHORTEST_CODE or not word.isascii() for word in words)


def _plain(text: str) -> str:
    """The letters and digits alone, so that case, width, spaces and punctuation do not count."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _nearest(word: str, known: Collection[str], otherwise: str) -> str:
    near = nearest(word, known)
    return f'did you mean "{near}"?' if near else otherwise
