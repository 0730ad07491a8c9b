"""How each file of the knowledge base is written; `knowledge_base/README.md` says the same for people."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.knowledge.schema import StepKind

Text = Annotated[str, Field(min_length=1)]
Questions = Annotated[list[Text], Field(min_length=6)]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TopicShape(Shape):
    team: Text
    checklist: str = ""
    buttons: bool = True
    open_to_all: bool = False


class EntryShape(Shape):
    id: Text
    urgent: bool = False


class DiffersShape(Shape):
    differs_from: Text


When = dict[str, str | list[str] | DiffersShape]


class StepShape(Shape):
    id: Text
    kind: StepKind
    options: list[Text] = []
    when: When = {}
    optional: bool = False


class FindingShape(Shape):
    id: Text
    when: When
    stops: bool = False


class ChecklistShape(Shape):
    topic: Text
    steps: Annotated[list[StepShape], Field(min_length=1)]
    findings: list[FindingShape] = []


class Catalogue(Shape):
    version: Literal[1]
    topics: dict[str, TopicShape]
    faq: dict[str, list[str | EntryShape]]
    checklists: dict[str, ChecklistShape]


class LanguageShape(Shape):
    name: Text
    fallback: str = ""
    beta: bool = False


class FactShape(Shape):
    value: str | int | float
    source: Text
    checked_on: date


class OnNetworkShape(Shape):
    memo: Literal["required", "none"]
    confirmations_credit: FactShape | None = None
    confirmations_unlock: FactShape | None = None
    minimum_deposit: FactShape | None = None
    usual_minutes: FactShape | None = None


class NetworkShape(Shape):
    name: Text
    family: Text
    aliases: list[Text]
    explorer: str = ""


class AssetShape(Shape):
    name: Text
    aliases: list[Text]
    networks: dict[str, OnNetworkShape]


class Networks(Shape):
    networks: dict[str, NetworkShape]
    assets: dict[str, AssetShape]


class FaqShape(Shape):
    title: Text
    answer: Text
    questions: Questions


class StepWords(Shape):
    ask: Text
    label: Text
    help: str = ""
    options: dict[str, Text] = {}


class ChecklistWords(Shape):
    title: Text
    intro: Text
    questions: Questions
    steps: dict[str, StepWords]
    findings: dict[str, Text] = {}


Languages = dict[str, LanguageShape]
FaqFile = dict[str, FaqShape]
ChecklistFile = dict[str, ChecklistWords]
PhraseList = dict[str, Text]
PhraseFile = dict[str, Text | dict[str, Text]]
SignalFile = dict[str, list[Text]]
CannedFile = dict[str, Text]
