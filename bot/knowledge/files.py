"""How each file of the knowledge base is written; `knowledge_base/README.md` says the same for people.

What one value can be judged by alone is judged here; what must hold between values and files is in `checks`.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.knowledge.schema import StepKind
from bot.model import TicketPriority

FEWEST_QUESTIONS = 6
TXID = "{txid}"


def _must(holds: Callable[[Any], object], otherwise: str) -> AfterValidator:
    """Refuses what does not hold with "what is wrong; how to mend it"."""

    def checked(value: Any) -> Any:
        if not holds(value):
            raise ValueError(otherwise)
        return value

    return AfterValidator(checked)


def _number(value: object) -> str:
    """A number as it is shown to people: 0.00001, never 1e-05."""
    try:
        number = Decimal("NaN" if isinstance(value, bool) else str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise ValueError("must be a number; write digits alone, such as 12 or 0.001")
    return format(number, "f")


def _is_explorer(link: str) -> bool:
    return bool(re.fullmatch(r"https://[^\s/{}]+\.[^\s/{}]+/\S*", link)) and link.count(TXID) == 1


Text = Annotated[str, _must(str.strip, "is empty; write it, or take the line out")]
Id = Annotated[
    str,
    _must(re.compile("[a-z][a-z0-9_]*").fullmatch, "is no id; use small letters, digits and _, a letter first"),
]
Questions = Annotated[
    list[Text],
    _must(lambda texts: len(texts) >= FEWEST_QUESTIONS, f"are too few; write {FEWEST_QUESTIONS} or more"),
]
Number = Annotated[str, BeforeValidator(_number)]
PastDay = Annotated[
    date, _must(lambda day: day <= datetime.now(UTC).date(), "lies in the future; write the day it was read")
]
Explorer = Annotated[str, _must(_is_explorer, f"is not an https link with {TXID} in it; write one, or leave it out")]


class Shape(BaseModel):
    """Nothing unknown is in it, and nobody changes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TopicShape(Shape):
    team: Id
    checklist: str = ""
    buttons: bool = True
    open_to_all: bool = False
    priority: TicketPriority | None = None
    money: bool = False
    pages: bool = False


class EntryShape(Shape):
    """One line of the catalogue: an id alone, or `{id: …, urgent: true}`."""

    id: Id
    urgent: bool = False
    priority: TicketPriority | None = None

    @model_validator(mode="before")
    @classmethod
    def _id_alone(cls, written: object) -> object:
        return written if isinstance(written, dict) else {"id": written}


class ConditionShape(Shape):
    """One answer, a list of answers, or `{differs_from: step}`."""

    values: list[Text] = []
    differs_from: str = ""

    @model_validator(mode="before")
    @classmethod
    def _answers_alone(cls, written: object) -> object:
        if isinstance(written, dict):
            return written
        return {"values": written if isinstance(written, list) else [written]}

    @model_validator(mode="after")
    def _one_of_them(self) -> "ConditionShape":
        if bool(self.values) == bool(self.differs_from):
            raise ValueError("is no condition; write an answer, a list of answers, or {differs_from: step}")
        return self


When = dict[str, ConditionShape]


class StepShape(Shape):
    id: Id
    kind: StepKind
    options: list[Id] = []
    when: When = {}
    optional: bool = False


class FindingShape(Shape):
    id: Id
    when: Annotated[When, _must(bool, "is empty; a finding needs a condition")]
    stops: bool = False
    topic: str = ""
    priority: TicketPriority | None = None


class ChecklistShape(Shape):
    topic: str
    steps: Annotated[list[StepShape], _must(bool, "has no steps; write one or more")]
    findings: list[FindingShape] = []
    priority: TicketPriority | None = None
    money: bool = False


class Catalogue(Shape):
    version: Literal[1]
    topics: Annotated[dict[Id, TopicShape], _must(bool, "has no topics; write one or more")]
    faq: dict[str, list[EntryShape]]
    checklists: dict[Id, ChecklistShape]


class LanguageShape(Shape):
    name: Text
    fallback: str = ""
    beta: bool = False


class FactShape(Shape):
    value: Number
    source: Text
    checked_on: PastDay


class OnNetworkShape(Shape):
    memo: Literal["required", "none"]
    confirmations_credit: FactShape | None = None
    confirmations_unlock: FactShape | None = None
    minimum_deposit: FactShape | None = None
    usual_minutes: FactShape | None = None


FACTS = tuple(name for name in OnNetworkShape.model_fields if name != "memo")


class NetworkShape(Shape):
    name: Text
    family: str
    aliases: list[Text]
    explorer: Explorer | None = None


class AssetShape(Shape):
    name: Text
    aliases: list[Text]
    networks: dict[str, OnNetworkShape]


class Networks(Shape):
    networks: dict[Id, NetworkShape]
    assets: dict[str, AssetShape]


class FaqShape(Shape):
    title: Text
    answer: Text
    questions: Questions


class StepWords(Shape):
    ask: Text
    label: Text
    help: Text | None = None
    options: dict[str, Text] = {}


class ChecklistWords(Shape):
    title: Text
    intro: Text
    questions: Questions
    steps: dict[str, StepWords]
    findings: dict[str, Text] = {}


Forms = Annotated[dict[str, Text], Field(min_length=1)]


class ContrastWords(Shape):
    one: Annotated[list[Text], _must(bool, "has no words; write one or more")]
    other: Annotated[list[Text], _must(bool, "has no words; write one or more")]


Languages = dict[str, LanguageShape]
FaqFile = dict[str, FaqShape]
ChecklistFile = dict[str, ChecklistWords]
PhraseList = dict[str, Text]
PhraseFile = dict[str, Text | Forms]
SignalFile = dict[str, list[Text]]
CannedFile = dict[str, Text]
ContrastFile = dict[Id, ContrastWords]
