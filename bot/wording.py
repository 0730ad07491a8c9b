"""From a text's key and values to words in a language: fallback, plural forms, times, escaped values.

Our own texts are Markdown; values come from people, so everything in them that Markdown could read is escaped.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.actions import Moment, Place, Text, Value, literal
from bot.knowledge.schema import MISSING, Knowledge, StepKind, Template
from bot.model import Ticket, TicketStatus

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# A sign that means something anywhere, and what makes a list, a rule or a heading where a line begins with it.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>#~|&!]|^[-+=]|(?P<number>^\d{1,9})(?P<dot>[.)])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|\*\*")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
NOT_GIVEN = "–"
THREAD_LINK = "thread"
"""What the address of a link begins with that leads to a thread of the staff chat."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Puts texts into words; `settings` are the operator's own values in each language, ready for Markdown."""

    knowledge: Knowledge
    settings: Mapping[str, Mapping[str, str]]

    def say(self, text: Text, language: str) -> str:
        """The text in the language, or in the first one it falls back to; KeyError for an unknown key."""
        if text.key == "literal":
            return escape(str(text.values["text"]))
        template, language = self._find(text.key, language)
        if not isinstance(template, str):
            template = _plural(template, text.values.get("count", 0), language)

        def put(placeholder: re.Match[str]) -> str:
            name = placeholder[1]
            if name in text.values:
                return self._value(text.values[name], language)
            return self.settings.get(language, {}).get(name, "")

        return _PLACEHOLDER.sub(put, template).strip()

    def plain(self, text: Text, language: str) -> str:
        """The same for places without Markdown: button labels and titles."""
        return _ESCAPED.sub(r"\1", self.say(text, language))

    def _find(self, key: str, language: str) -> tuple[Template, str]:
        while True:
            texts = self.knowledge.texts.get(language, {})
            if key in texts:
                return texts[key], language
            known = self.knowledge.languages.get(language)
            if known is None or not known.fallback:
                return self.knowledge.texts[self._first][key], self._first
            language = known.fallback

    @property
    def _first(self) -> str:
        return next(iter(self.knowledge.languages))

    def _value(self, value: Value, language: str) -> str:
        match value:
            case Text():
                return self.say(value, language)
            case Moment():
                return _moment(value, language)
            case Place():
                return _place(value)
            case int():
                return str(value)
            case str():
                return escape(value)


def _place(place: Place) -> str:
    """A link that the platforms make into one of theirs."""
    chat, name = place.chat, escape(place.name)
    return f"[{name}]({THREAD_LINK}:{chat.chat_id}:{chat.thread_id})" if chat.thread_id else name


def escape(text: str) -> str:
    """The text so that Markdown shows it exactly as it is, on one line: a line break in a name is a blank."""
    return _MARKDOWN.sub(_escaped, " ".join(_CONTROL.sub("", text).split()))


def _escaped(found: re.Match[str]) -> str:
    return f"{found['number']}\\{found['dot']}" if found["number"] else f"\\{found[0]}"


def known_text(knowledge: Knowledge, key: str, otherwise: str) -> Text:
    """The text of a stored id, or some words where the knowledge base has lost it since."""
    return Text(key) if any(key in texts for texts in knowledge.texts.values()) else literal(otherwise)


def joined(texts: Sequence[Text]) -> Text:
    """Several texts as one list; there is at least one."""
    joined = texts[0]
    for text in texts[1:]:
        joined = Text("card.and", {"first": joined, "second": text})
    return joined


def topic_text(knowledge: Knowledge, topic: str) -> Text:
    """What a ticket is about; the topic may have been lost since, or there never was one."""
    return known_text(knowledge, f"topic.{topic}", topic) if topic else Text("topic.none")


def shown_status(ticket: Ticket) -> TicketStatus:
    """How a ticket stands to whoever looks: an open one that nobody has waits to be taken, like a new one."""
    is_nobodys = ticket.status is TicketStatus.OPEN and ticket.assignee is None
    return TicketStatus.NEW if is_nobodys else ticket.status


def answer_text(knowledge: Knowledge, subject: str, step_id: str, value: str) -> Text:
    """The answer somebody gave to a step, as the card and the summary show it: "–" for what was skipped."""
    if value == MISSING or not escape(value):
        return literal(NOT_GIVEN)
    checklist = knowledge.checklists.get(subject)
    step = checklist and checklist.step(step_id)
    if checklist and step and step.kind is StepKind.CHOICE and value in step.options:
        return Text(f"checklist.{subject}.{step_id}.option.{value}")
    if step and step.kind is StepKind.NETWORK and value in knowledge.networks:
        return literal(knowledge.networks[value].name)
    return literal(value)


def _plural(forms: Mapping[str, str], count: Value, language: str) -> str:
    number = count if isinstance(count, int) else 0
    return forms.get(_locale(language).plural_form(number)) or forms["other"]


@lru_cache(maxsize=64)
def _locale(language: str):  # type: ignore[no-untyped-def]  # Babel is heavy and imported when first needed.
    from babel import Locale

    return Locale.parse(language.replace("-", "_"))


def _moment(moment: Moment, language: str) -> str:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from babel.dates import format_skeleton

    when = datetime.fromtimestamp(moment.at / 1_000_000, UTC).astimezone(ZoneInfo(moment.timezone))
    # Two skeletons, since Babel knows none that has the weekday, the date and the time in all languages.
    day, time = (format_skeleton(skeleton, when, locale=_locale(language)) for skeleton in ("MMMEd", "Hm"))
    return f"{day} {time} ({when.tzname()})"
