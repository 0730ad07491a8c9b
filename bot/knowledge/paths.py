"""Where texts and questions stand in their files, and which steps of a checklist can be reached at all."""

from collections.abc import Iterator

from bot.knowledge.files import ChecklistShape, DiffersShape, When
from bot.knowledge.reading import Folder, LanguageFiles, Source
from bot.knowledge.schema import BELOW_MINIMUM, GIVEN, MISSING, SPECIAL_VALUES, StepKind, Template
from bot.yaml_lines import Problem, meant

Place = tuple[str | int, ...]
VERBS = frozenset({"back", "skip", "human", "unknown", "go_on", "solved", "cancel"})
MOST_PATHS = 20_000


def placed_texts(files: LanguageFiles) -> Iterator[tuple[str, tuple[Source, Place, Template]]]:
    """Every text of a language by its flat key, with its file and place."""
    for key, text in files.phrases.value.items():
        yield key, (files.phrases, (key,), text)
    for id, (entry, source) in files.entries().items():
        yield f"faq.{id}.title", (source, (id, "title"), entry.title)
        yield f"faq.{id}.answer", (source, (id, "answer"), entry.answer)
    source = files.checklists
    for id, words in source.value.items():
        yield f"checklist.{id}.title", (source, (id, "title"), words.title)
        yield f"checklist.{id}.intro", (source, (id, "intro"), words.intro)
        for step, said in words.steps.items():
            for name in ("ask", "label", "help"):
                yield f"checklist.{id}.{step}.{name}", (source, (id, "steps", step, name), getattr(said, name))
        for finding, text in words.findings.items():
            yield f"finding.{id}.{finding}", (source, (id, "findings", finding), text)


def placed_questions(files: LanguageFiles) -> Iterator[tuple[str, Place, Source, list[str]]]:
    """The example questions of everything that can be asked for."""
    for id, (entry, source) in files.entries().items():
        yield id, (id, "questions"), source, entry.questions
    for id, words in files.checklists.value.items():
        yield id, (id, "questions"), files.checklists, words.questions


def check_paths(folder: Folder) -> Iterator[Problem]:
    """Conditions that name what there is not, and steps or findings that no path leads to."""
    for id, checklist in folder.catalogue.value.checklists.items():
        broken = list(_references(folder.catalogue, id, checklist))
        yield from broken
        if not broken:
            yield from _unreachable(folder.catalogue, id, checklist)


def _references(source: Source, id: str, checklist: ChecklistShape) -> Iterator[Problem]:
    earlier: dict[str, set[str]] = {}
    for index, step in enumerate(checklist.steps):
        place = ("checklists", id, "steps", index)
        if step.id in VERBS or step.id in earlier:
            yield source.problem((*place, "id"), f"{step.id} cannot be a step's id", "choose another, used once")
        if (step.kind is StepKind.CHOICE) != bool(step.options):
            yield source.problem(place, "a choice needs options, and nothing else has any", "mend kind or options")
        for option in SPECIAL_VALUES.intersection(step.options):
            yield source.problem(
                (*place, "options"), f"{option} has a meaning of its own", "call the option otherwise"
            )
        yield from _when(source, place, step.when, earlier)
        earlier[step.id] = set(step.options) or _answers(step.kind, step.optional)
        if step.optional and step.options:
            earlier[step.id].add(MISSING)
    for index, finding in enumerate(checklist.findings):
        yield from _when(source, ("checklists", id, "findings", index), finding.when, earlier)


def _answers(kind: StepKind, optional: bool) -> set[str]:
    below = {BELOW_MINIMUM} if kind is StepKind.AMOUNT else set()
    return {GIVEN, *below, *({MISSING} if optional else ())}


def _when(source: Source, place: Place, when: When, earlier: dict[str, set[str]]) -> Iterator[Problem]:
    for step, wanted in when.items():
        at = (*place, "when", step)
        if step not in earlier:
            yield source.problem(at, "no earlier step is called so", meant(step, list(earlier)))
            continue
        if isinstance(wanted, DiffersShape):
            if wanted.differs_from not in earlier:
                yield source.problem(at, "no earlier step is called so", meant(wanted.differs_from, list(earlier)))
            continue
        for value in [wanted] if isinstance(wanted, str) else wanted:
            if value not in earlier[step]:
                yield source.problem(
                    at, f"{step} is never answered with {value}", meant(value, sorted(earlier[step]))
                )


def _unreachable(source: Source, id: str, checklist: ChecklistShape) -> Iterator[Problem]:
    steps, findings = _reached(checklist)
    for index, step in enumerate(checklist.steps):
        if index not in steps:
            yield source.problem(
                ("checklists", id, "steps", index), f"no answers lead to the step {step.id}", "mend `when`"
            )
    for index, finding in enumerate(checklist.findings):
        if index not in findings:
            what = f"no answers lead to the finding {finding.id}"
            yield source.problem(("checklists", id, "findings", index), what, "mend `when`")


def _reached(checklist: ChecklistShape) -> tuple[set[int], set[int]]:
    """The numbers of steps and findings that hold on some path; only answers that conditions ask about differ."""
    conditions = [*(step.when for step in checklist.steps), *(finding.when for finding in checklist.findings)]
    asked = {step for when in conditions for step in when}
    paths: list[dict[str, str]] = [{}]
    steps: set[int] = set()
    for index, step in enumerate(checklist.steps):
        following: list[dict[str, str]] = []
        for path in paths:
            if not _holds(step.when, path):
                following.append(path)
                continue
            steps.add(index)
            values = sorted(step.options or _answers(step.kind, step.optional)) if step.id in asked else [GIVEN]
            following += [{**path, step.id: value} for value in values]
        paths = following[:MOST_PATHS]
    return steps, {n for n, one in enumerate(checklist.findings) if any(_holds(one.when, path) for path in paths)}


def _holds(when: When, path: dict[str, str]) -> bool:
    for step, wanted in when.items():
        if step not in path:
            return False
        if isinstance(wanted, DiffersShape):
            if path[step] == MISSING or path.get(wanted.differs_from, MISSING) == MISSING:
                return False
            continue
        values = {wanted} if isinstance(wanted, str) else set(wanted)
        facts = {path[step], MISSING if path[step] == MISSING else GIVEN}
        if values.isdisjoint(facts):
            return False
    return True
