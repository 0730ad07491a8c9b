"""What turns are decided with: knowledge, its index and the operator's rules; swapped whole when a file changes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.desk.clocks import ClockPolicy
from bot.desk.hours import Hours
from bot.desk.paging import PagingPolicy
from bot.desk.parts import Desk
from bot.dialogue.context import Policy
from bot.knowledge.schema import Knowledge
from bot.model import Ticket
from bot.staffing import StaffChats
from bot.understanding.account_codes import AccountCodes
from bot.understanding.matching import Index, Match, match
from bot.wording import Wording, known_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The operator's rules; `desks` are the staff chats, `settings` gives what is said of the
    exchange in a language, and `codes` reads what proves whose account it is, and `paging` says who
    is on call, None for nobody, and `can_look_up` whether the exchange can be asked about one."""

    policy: Policy
    hours: Hours
    clocks: ClockPolicy
    paging: PagingPolicy | None
    desks: StaffChats
    desk_language: str
    close_after_hours: int
    capacity: int
    reads_per_hour: int
    rest_after_hours: int
    settings: Callable[[str], Mapping[str, str]]
    codes: AccountCodes | None = None
    can_look_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Brain:
    """One consistent state of everything that can be reloaded; a turn uses one from beginning to end."""

    knowledge: Knowledge
    index: Index
    wording: Wording
    rules: Rules

    @classmethod
    def of(cls, knowledge: Knowledge, index: Index, rules: Rules) -> "Brain":
        settings = {language: rules.settings(language) for language in knowledge.languages}
        rules = _with_topics(rules, knowledge)
        return cls(knowledge=knowledge, index=index, wording=Wording(knowledge, settings), rules=rules)

    @property
    def match(self) -> Callable[[str, str], Match]:
        return lambda text, language: match(self.index, text, language)

    def canned(self) -> Mapping[str, str]:
        """The prepared texts of the desk's language."""
        canned = self.knowledge.canned
        return canned.get(self.rules.desk_language) or next(iter(canned.values()), {})

    def hours(self, ticket: Ticket | None) -> Hours:
        """When those who answer the ticket are at work; without one, when the desk is."""
        return self.rules.clocks.hours_of(ticket) if ticket else self.rules.hours


def _with_topics(rules: Rules, knowledge: Knowledge) -> Rules:
    """Where somebody is on call, the topics that call them are answered at any hour."""
    topics = frozenset(topic.id for topic in knowledge.topics.values() if topic.pages and rules.paging)
    paging = replace(rules.paging, topics=topics) if rules.paging else None
    return replace(rules, paging=paging, clocks=replace(rules.clocks, always_open=topics))


def teams_of(brain: Brain) -> Mapping[str, Sequence[str]]:
    """Every team by its id, with its names, that in the desk's language first."""
    languages = (brain.rules.desk_language, *brain.knowledge.languages)
    named = {id: known_text(brain.knowledge, f"team.{id}", id) for id in brain.knowledge.teams}
    return {id: tuple(brain.wording.plain(name, one) for one in languages) for id, name in named.items()}


def desk_rules(brain: Brain, now: int) -> Desk:
    """What a staff decision may look at."""
    return Desk(now=now, close_after_hours=brain.rules.close_after_hours, canned=brain.canned())
