"""What messages show: texts put into words, buttons with their bytes, cards."""

from collections.abc import Sequence
from dataclasses import replace

from bot.actions import KeepDraft, KeepNote, Option, RelayToDesk, Say, SendReply, TellAgent, TellHere, Text, literal
from bot.desk import cards
from bot.dialogue.options import choice_data, ticket_data
from bot.model import Button, Content, Conversation, Markup, Ticket
from bot.support.brain import Brain
from bot.support.posting import Shown
from bot.wording import known_text

STARS = range(1, 6)
PARAGRAPH, LINE = "\n\n", "  \n"

Buttons = tuple[tuple[Button, ...], ...]


class Contents:
    """Makes the contents of messages in the words of one brain."""

    def __init__(self, brain: Brain) -> None:
        self._brain = brain
        self._desk_language = brain.rules.desk_language

    def words(self, parts: Sequence[Text], language: str, separator: str = PARAGRAPH) -> str:
        """Several texts as one, in Markdown."""
        return separator.join(self._brain.wording.say(part, language) for part in parts)

    def prompt(self, conversation: Conversation, action: Say) -> Content:
        """What is said to the requester, with the buttons of the conversation's current prompt."""
        language, number = conversation.language, conversation.prompts_asked
        buttons = [
            Button(self._label(option, language), choice_data(conversation.id, number, position))
            for position, option in enumerate(action.options)
        ]
        return Content(text=self.words(action.parts, language), buttons=_rows(buttons, action.columns))

    def told(
        self, text: Text, language: str, ticket: Ticket | None = None, options: Sequence[Option] = ()
    ) -> Content:
        """One text, with buttons of the ticket if there are any."""
        buttons = self.ticket_buttons(ticket, options, language=language) if ticket and options else ()
        return Content(text=self.words((text,), language), buttons=buttons)

    def told_whole(self, parts: Sequence[Text], language: str) -> Content:
        """Several texts as one message without buttons."""
        return Content(text=self.words(parts, language))

    def for_staff(self, text: Text) -> Content:
        """One text in the desk's language; by itself, what is said there wakes nobody."""
        return replace(self.told(text, self._desk_language), wakes=())

    def for_agent(self, action: TellAgent, ticket: Ticket | None) -> Content:
        """What an agent is told, with what can be done about it."""
        content = self.for_staff(action.text)
        if ticket is None or not action.options:
            return content
        return replace(content, buttons=self.ticket_buttons(ticket, action.options, action.message_id))

    def listed(self, action: TellHere) -> Content:
        """Lines for an agent, each button with the ticket it speaks for."""
        words = self.words(action.parts, self._desk_language, LINE)
        buttons = [
            Button(self._label(one, self._desk_language), ticket_data(one.ticket_id, one.key))
            for one in action.options
        ]
        return Content(text=words, buttons=_rows(buttons, len(buttons) or 1), wakes=())

    def relayed(self, ticket: Ticket, action: RelayToDesk) -> Content:
        """The requester's words as staff see them."""
        name = ticket.requester.name
        return Content(text=action.text, markup=Markup.PLAIN, author=name, attachments=action.attachments, wakes=())

    def changed(self, ticket: Ticket, text: str) -> Content:
        """The requester's new words, where staff have not seen the old ones."""
        heading = Text("relay.edited", {"name": literal(ticket.requester.name)})
        author = self._brain.wording.plain(heading, self._desk_language)
        return Content(text=text, markup=Markup.PLAIN, author=author, wakes=())

    def asked(self, ticket: Ticket, action: KeepDraft | KeepNote, asks: Text, message_id: int) -> Content:
        """The question under an agent's words about what they are."""
        words = self.words((asks,), self._desk_language)
        return Content(text=words, buttons=self.ticket_buttons(ticket, action.options, message_id), wakes=())

    def card(self, ticket: Ticket) -> Content:
        """All that is known of a ticket, with what can be done to it."""
        lines = cards.card(ticket, self._brain.knowledge)
        buttons = self.ticket_buttons(ticket, cards.options(ticket))
        return Content(text=self.words(lines, self._desk_language, LINE), buttons=buttons, wakes=())

    def shown(self, ticket: Ticket) -> Shown:
        """What the ticket's thread shows of it."""
        plain, knowledge = self._brain.wording.plain, self._brain.knowledge
        labels = tuple(plain(label, self._desk_language) for label in cards.labels(ticket, knowledge))
        return Shown(plain(cards.title(ticket, knowledge), self._desk_language), labels)

    def moved_title(self, ticket: Ticket) -> str:
        """What the thread is called that a ticket has left: it names nobody, since nobody will look after it."""
        team = known_text(self._brain.knowledge, f"team.{ticket.team}", ticket.team)
        return self._brain.wording.plain(
            Text("card.title_moved", {"number": ticket.number, "team": team}), self._desk_language
        )

    def reply(self, action: SendReply, language: str) -> Content:
        """An agent's words as the requester sees them: the team speaks, nobody is named."""
        author = self._brain.wording.plain(Text("reply.author"), language)
        return Content(text=action.text, markup=Markup.PLAIN, author=author, attachments=action.attachments)

    def rating(self, ticket: Ticket, language: str) -> Content:
        """The question for a rating of 1 to 5."""
        question = Text("rating.ask", {"number": ticket.number})
        buttons = tuple(Button(str(stars), ticket_data(ticket.id, "rate", stars)) for stars in STARS)
        return Content(text=self.words((question,), language), buttons=(buttons,))

    def ticket_buttons(
        self, ticket: Ticket, options: Sequence[Option], value: int | None = None, language: str = ""
    ) -> Buttons:
        """A row of buttons that speak for the ticket; `value` is what they are about, if it is not the ticket."""
        language = language or self._desk_language
        row = tuple(Button(self._label(one, language), ticket_data(ticket.id, one.key, value)) for one in options)
        return (row,) if row else ()

    def _label(self, option: Option, language: str) -> str:
        return self._brain.wording.plain(option.label, language)


def _rows(buttons: list[Button], columns: int) -> Buttons:
    return tuple(tuple(buttons[at : at + columns]) for at in range(0, len(buttons), columns))
