"""Which steps and findings of a checklist hold for the answers so far."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from bot.knowledge.schema import (
    BELOW_MINIMUM,
    GIVEN,
    MISSING,
    Checklist,
    Condition,
    Finding,
    Knowledge,
    Step,
    StepKind,
)
from bot.networks.amounts import parse_amount

Answers = Mapping[str, str]


def next_step(checklist: Checklist, answers: Answers, knowledge: Knowledge) -> Step | None:
    """The first step that applies and has no answer yet; None when everything has been asked."""
    return next((step for step in applying(checklist, answers, knowledge) if step.id not in answers), None)


def applying(checklist: Checklist, answers: Answers, knowledge: Knowledge) -> Iterator[Step]:
    """The steps that apply to these answers, in order."""
    for step in checklist.steps:
        if holds(step.when, answers, knowledge) and _makes_sense(step, answers, knowledge):
            yield step


def new_findings(
    checklist: Checklist, answers: Answers, known: tuple[str, ...], knowledge: Knowledge
) -> tuple[Finding, ...]:
    """What has become true and was not said yet; nothing that calms once something holds that needs a person."""
    true = [finding for finding in checklist.findings if holds(finding.when, answers, knowledge)]
    needs_person = any(not finding.stops for finding in true)
    return tuple(finding for finding in true if finding.id not in known and not (finding.stops and needs_person))


def holds(conditions: tuple[Condition, ...], answers: Answers, knowledge: Knowledge) -> bool:
    """Whether all of them hold; a step without an answer makes its condition false."""
    return all(_holds(condition, answers, knowledge) for condition in conditions)


def _holds(condition: Condition, answers: Answers, knowledge: Knowledge) -> bool:
    answer = answers.get(condition.step)
    if answer is None:
        return False
    if condition.differs_from:
        other = answers.get(condition.differs_from, MISSING)
        return MISSING not in (answer, other) and answer != other
    facts = {answer, MISSING if answer == MISSING else GIVEN}
    if BELOW_MINIMUM in condition.values and _is_below_minimum(answer, answers, knowledge):
        return True
    return not facts.isdisjoint(condition.values)


def _makes_sense(step: Step, answers: Answers, knowledge: Knowledge) -> bool:
    """A memo is asked only where deposits certainly need one: on the network used, or on all of the asset's."""
    if step.kind is not StepKind.MEMO:
        return True
    asset = knowledge.assets.get(answers.get("asset", ""))
    if asset is None:
        return False
    on_network = asset.networks.get(answers.get("network", ""))
    if on_network:
        return on_network.memo_required
    return bool(asset.networks) and all(one.memo_required for one in asset.networks.values())


def _is_below_minimum(answer: str, answers: Answers, knowledge: Knowledge) -> bool:
    asset = knowledge.assets.get(answers.get("asset", ""))
    on_network = asset and asset.networks.get(answers.get("network", ""))
    fact = on_network and on_network.facts.get("minimum_deposit")
    amount = parse_amount(answer, ".")
    if not fact or not isinstance(amount, Decimal):
        return False
    try:
        return amount < Decimal(fact.value)
    except InvalidOperation:
        return False
