"""Whether the steps and findings of a checklist can come to pass: every condition names what there is, in order.

All conditions are joined by "and", so a step is reached unless two of them ask for different answers of one step.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.knowledge.files import Catalogue, ChecklistShape, ConditionShape, FindingShape, StepShape, When
from bot.knowledge.reading import Source
from bot.knowledge.schema import BELOW_MINIMUM, GIVEN, MISSING, SPECIAL_VALUES, StepKind
from bot.yaml_lines import Place, Problem, meant

CARD_LABELS = frozenset({"question", "tried", "account_id", "what_happened", "screenshot"})
"""What else a ticket keeps beside the answers of a checklist: no step may be called like them."""

Steps = Mapping[str, StepShape]


def check_paths(catalogue: Source[Catalogue]) -> Iterator[Problem]:
    """Conditions that name what there is not, and steps or findings that no answers lead to."""
    for id, checklist in catalogue.value.checklists.items():
        broken = [*_steps(catalogue, id, checklist), *_findings(catalogue, id, checklist)]
        yield from broken
        if not broken:
            yield from _unreachable(catalogue, id, checklist)


def _steps(source: Source[Catalogue], id: str, checklist: ChecklistShape) -> Iterator[Problem]:
    earlier: dict[str, StepShape] = {}
    for index, step in enumerate(checklist.steps):
        place = ("checklists", id, "steps", index)
        if step.id in earlier:
            yield source.problem((*place, "id"), f"{step.id} is a step already", "an id is used once")
        if step.id in CARD_LABELS:
            yield source.problem((*place, "id"), f"{step.id} is a line of every card", "call the step otherwise")
        yield from _options(source, place, step)
        yield from _when(source, place, step.when, earlier)
        earlier[step.id] = step


def _options(source: Source[Catalogue], place: Place, step: StepShape) -> Iterator[Problem]:
    if (step.kind is StepKind.CHOICE) != bool(step.options):
        yield source.problem(place, "only a choice has options, and it needs some", "mend kind or options")
    for number, option in enumerate(step.options):
        if option in SPECIAL_VALUES:
            what = f"{option} has a meaning of its own in conditions"
            yield source.problem((*place, "options", number), what, "call the option otherwise")
        if option in step.options[:number]:
            yield source.problem((*place, "options", number), f"{option} is there twice", "keep one")


def _findings(source: Source[Catalogue], id: str, checklist: ChecklistShape) -> Iterator[Problem]:
    steps = {step.id: step for step in checklist.steps}
    seen: set[str] = set()
    for index, finding in enumerate(checklist.findings):
        place = ("checklists", id, "findings", index)
        if finding.id in seen:
            yield source.problem((*place, "id"), f"{finding.id} is a finding already", "an id is used once")
        seen.add(finding.id)
        yield from _when(source, place, finding.when, steps)


def _when(source: Source[Catalogue], place: Place, when: When, earlier: Steps) -> Iterator[Problem]:
    for name, condition in when.items():
        at = (*place, "when", name)
        for step in filter(None, (name, condition.differs_from)):
            if step not in earlier:
                yield source.problem(at, f"no earlier step is called {step}", meant(step, list(earlier)))
        if name not in earlier:
            continue
        known = _answers(earlier[name]) | {GIVEN}
        for value in condition.values:
            if value not in known:
                yield source.problem(at, f"{name} is never answered with {value}", meant(value, sorted(known)))
        other = earlier.get(condition.differs_from)
        if other and other.kind is not earlier[name].kind:
            what = f"{name} and {other.id} are of different kinds"
            yield source.problem(at, what, "compare two networks, two assets or two addresses")


def _answers(step: StepShape) -> set[str]:
    """All that conditions can tell apart in the answers of a step."""
    answers = set(step.options) or {GIVEN}
    below = {BELOW_MINIMUM} if step.kind is StepKind.AMOUNT else set()
    return answers | below | ({MISSING} if step.optional else set())


def _unreachable(source: Source[Catalogue], id: str, checklist: ChecklistShape) -> Iterator[Problem]:
    steps = {step.id: step for step in checklist.steps}
    listed: tuple[tuple[str, Sequence[StepShape | FindingShape]], ...] = (
        ("step", checklist.steps),
        ("finding", checklist.findings),
    )
    for kind, ones in listed:
        for index, one in enumerate(ones):
            left: dict[str, set[str]] = {}
            _require(one.when, steps, left)
            torn = [step for step, answers in left.items() if not answers]
            if torn:
                what = f"no answers lead to the {kind} {one.id}"
                mend = f"its conditions, and those of the steps they name, ask for different answers of {torn[0]}"
                yield source.problem(("checklists", id, f"{kind}s", index), what, mend)


def _require(when: When, steps: Steps, left: dict[str, set[str]]) -> None:
    """Keep in `left` only the answers with which all of it holds, along with what makes its steps be asked."""
    for name, condition in when.items():
        for step in filter(None, (name, condition.differs_from)):
            possible = _answers(steps[step])
            left[step] = left.get(step, possible) & _wanted(condition, possible)
            _require(steps[step].when, steps, left)


def _wanted(condition: ConditionShape, possible: set[str]) -> set[str]:
    if condition.differs_from or GIVEN in condition.values:
        return (possible - {MISSING}) | set(condition.values)
    return set(condition.values)
