"""Where every text, question and title of a language stands: the one walk that loading and checking share."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.knowledge.files import ChecklistWords, FaqShape
from bot.knowledge.reading import LanguageFiles, Source
from bot.knowledge.schema import Template
from bot.yaml_lines import Place, Problem


@dataclass(frozen=True, slots=True)
class Placed:
    """One text by its key, with its file and the place in it."""

    key: str
    source: Source[Any]
    place: Place
    text: Template

    def problem(self, what: str, mend: str = "") -> Problem:
        return self.source.problem(self.place, what, mend)


def placed_texts(files: LanguageFiles) -> Iterator[Placed]:
    """Every text of the language by its flat key."""
    for key, text in files.phrases.value.items():
        yield Placed(key, files.phrases, (key,), text)
    for source in files.faq.values():
        for id, entry in source.value.items():
            yield Placed(f"faq.{id}.title", source, (id, "title"), entry.title)
            yield Placed(f"faq.{id}.answer", source, (id, "answer"), entry.answer)
    for id, words in files.checklists.value.items():
        for path, key, text in _checklist_texts(id, words):
            yield Placed(key, files.checklists, (id, *path), text)


def placed_questions(files: LanguageFiles) -> Iterator[Placed]:
    """Every example question and title, by the entry or checklist that it asks for."""
    for source in files.faq.values():
        for id, entry in source.value.items():
            yield from _asked(id, source, entry)
    for id, words in files.checklists.value.items():
        yield from _asked(id, files.checklists, words)


def _asked(id: str, source: Source[Any], words: FaqShape | ChecklistWords) -> Iterator[Placed]:
    for index, text in enumerate(words.questions):
        yield Placed(id, source, (id, "questions", index), text)
    yield Placed(id, source, (id, "title"), words.title)


def _checklist_texts(id: str, words: ChecklistWords) -> Iterator[tuple[Place, str, str]]:
    yield ("title",), f"checklist.{id}.title", words.title
    yield ("intro",), f"checklist.{id}.intro", words.intro
    for step, said in words.steps.items():
        at, key = ("steps", step), f"checklist.{id}.{step}"
        yield (*at, "ask"), f"{key}.ask", said.ask
        yield (*at, "label"), f"{key}.label", said.label
        if said.help:
            yield (*at, "help"), f"{key}.help", said.help
        for option, text in said.options.items():
            yield (*at, "options", option), f"{key}.option.{option}", text
    for finding, text in words.findings.items():
        yield ("findings", finding), f"finding.{id}.{finding}", text
