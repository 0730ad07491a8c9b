"""What the bot knows, as frozen values: the shape the rest of the program sees, whatever the files look like.

Every text has one flat key: `faq.<id>.answer`, `checklist.<id>.<step>.ask`, or a key of `phrases.yaml` as it is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.model import TicketPriority


class StepKind(StrEnum):
    """How the answer of a checklist's step is read and checked."""

    CHOICE = "choice"
    ASSET = "asset"
    NETWORK = "network"
    TXID = "txid"
    ADDRESS = "address"
    AMOUNT = "amount"
    MEMO = "memo"
    TEXT = "text"


GIVEN = "given"
MISSING = "missing"
BELOW_MINIMUM = "below_minimum"
SPECIAL_VALUES = frozenset({GIVEN, MISSING, BELOW_MINIMUM})
"""Values a condition may name beside a step's own options; no option is called like them."""

SIGNALS = frozenset(
    {"greeting", "thanks", "human", "yes", "no", "back", "skip", "unknown", "helped", "not_helped", "cancel"}
)
"""What a whole message can mean by itself, whatever is being talked about."""


@dataclass(frozen=True, slots=True)
class Condition:
    """True when the answer of `step` is one of `values`, or differs from the answer of another step."""

    step: str
    values: tuple[str, ...] = ()
    differs_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to ask, when all of `when` holds; an optional step accepts "I don't know"."""

    id: str
    kind: StepKind
    options: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something worth saying as soon as all of `when` holds.

    With `stops` it ends the questions unless wanted, and is kept back once another finding shows that a person is
    needed. With `topic` the case belongs to that topic's team from now on, with `priority` it is at least so urgent.
    """

    id: str
    when: tuple[Condition, ...]
    stops: bool = False
    topic: str = ""
    priority: TicketPriority | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    id: str
    topic: str
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...] = ()
    priority: TicketPriority | None = None
    money: bool = False

    def step(self, id: str) -> Step | None:
        return next((step for step in self.steps if step.id == id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A field of questions and the team that answers it; `open_to_all` is helped with before verification too, with
    `money` something may be lost for ever, so that no ticket about it ends by itself, and with `pages` whoever is on
    call is called for it."""

    id: str
    team: str
    checklist: str = ""
    buttons: bool = True
    open_to_all: bool = False
    priority: TicketPriority | None = None
    money: bool = False
    pages: bool = False


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """A question with one reviewed answer; an urgent one offers a person before anything else."""

    id: str
    topic: str
    urgent: bool = False
    priority: TicketPriority | None = None


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the bot; `beta` until a second person has reviewed it."""

    code: str
    name: str
    fallback: str = ""
    beta: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A number about a network, with where it was read and when."""

    value: str
    source: str
    checked_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetOnNetwork:
    memo_required: bool = False
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    id: str
    name: str
    aliases: tuple[str, ...] = ()
    networks: Mapping[str, AssetOnNetwork] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """`explorer` is a link with `{txid}` in it, or empty."""

    id: str
    name: str
    family: str
    aliases: tuple[str, ...] = ()
    explorer: str = ""


Template = str | Mapping[str, str]
"""A text with {placeholders}, or one for each plural form of its {count}."""


@dataclass(frozen=True, slots=True)
class KnownPhrasing:
    """A way to ask for an FAQ entry or a checklist."""

    entry: str
    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything, checked: every reference resolves, every text exists in its language or the ones it falls back to.

    `signals` are whole messages with a meaning of their own ("thanks", "a person please"). `contrasts`
    are pairs of word lists that turn a question round ("deposit", "withdraw"). Both are as written, in all languages.
    """

    version: str
    topics: Mapping[str, Topic]
    entries: Mapping[str, FaqEntry]
    checklists: Mapping[str, Checklist]
    assets: Mapping[str, Asset]
    networks: Mapping[str, Network]
    languages: Mapping[str, Language]
    texts: Mapping[str, Mapping[str, Template]]
    canned: Mapping[str, Mapping[str, str]]
    signals: Mapping[str, tuple[str, ...]]
    contrasts: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    phrasings: tuple[KnownPhrasing, ...]

    def topic_of(self, entry: str) -> str:
        """The topic of an FAQ entry or a checklist; empty when there is no such thing."""
        if entry in self.checklists:
            return self.checklists[entry].topic
        return self.entries[entry].topic if entry in self.entries else ""

    @property
    def teams(self) -> tuple[str, ...]:
        """Every team that a topic names."""
        return tuple(dict.fromkeys(topic.team for topic in self.topics.values()))

    def team_of(self, topic: str) -> str:
        return self.topics[topic].team if topic in self.topics else ""

    def priority_of(self, topic: str, subject: str, found: Collection[str] = ()) -> TicketPriority:
        """How urgent a case is: as its entry or checklist says, else its topic; what was `found` only raises it."""
        checklist = self.checklists.get(subject)
        about = checklist or self.entries.get(subject)
        general = self.topics[topic].priority if topic in self.topics else None
        own = (about and about.priority) or general or TicketPriority.NORMAL
        findings = checklist.findings if checklist else ()
        raised = [one.priority for one in findings if one.priority and one.id in found]
        return min((own, *raised), key=lambda one: one.rank)

    def is_about_money(self, topic: str, subject: str) -> bool:
        """Whether something may be lost for ever if nobody looks after the case to its end."""
        known, checklist = self.topics.get(topic), self.checklists.get(subject)
        return bool((known and known.money) or (checklist and checklist.money))
