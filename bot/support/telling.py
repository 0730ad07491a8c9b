"""What agents are told: about a ticket in its thread, where they acted, or in the whole staff chat."""

from dataclasses import dataclass

from bot.actions import Announce, TellAgent, TellHere
from bot.model import ChatRef, Ticket
from bot.staffing import StaffChats
from bot.support.contents import Contents
from bot.support.posting import Posting
from bot.support.waking import Waking


@dataclass(frozen=True, slots=True)
class Telling:
    """`place` is where somebody acted, `here` the ticket whose thread that is, `desks` are all staff chats."""

    posting: Posting
    contents: Contents
    waking: Waking
    place: ChatRef | None
    here: Ticket | None
    desks: StaffChats

    def agent(self, action: TellAgent, ticket: Ticket | None, thread: ChatRef | None) -> None:
        """Tell them in the ticket's thread; without a ticket, where they acted."""
        content = self.contents.for_agent(action, ticket)
        if ticket is not None:
            self.posting.to_thread(thread, ticket, content=self.waking.content(action.wakes, ticket, content))
        elif self.place is not None:
            self.posting.to_place(self.place, content)

    def answer(self, action: TellHere) -> None:
        """Answer there; in a staff chat without threads, as an answer to the ticket that was spoken of."""
        content = self.contents.listed(action)
        if self.here is not None:
            self.posting.to_thread(self.here.desk_chat, self.here, content=content)
        elif self.place is not None:
            self.posting.to_place(self.place, content)

    def announce(self, action: Announce) -> None:
        """Say it where everybody reads it; outside a thread it was said there already."""
        if self.place is None:
            return
        here = ChatRef(self.place.platform, self.place.chat_id)
        chats = self.desks.all if action.everywhere else (here,)
        for chat in chats:
            if chat != self.place:
                self.posting.to_place(chat, self.contents.for_staff(action.text))
