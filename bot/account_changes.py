"""The part of a unit of work that is about whose account it is: what was proved, and what is to be looked up.

As in `changes`, each class is one statement of the store, named alike.
"""

from dataclasses import dataclass

from bot.accounts import Account, LookUp
from bot.model import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyIdentity:
    """An account was proved by a code; if the code was used before, the whole unit is refused.

    `use` names the code and `expires_at` says how long that has to be remembered.
    """

    person: Person
    account: Account
    use: str
    expires_at: int
    at: int


@dataclass(frozen=True, slots=True)
class CountWrongCode:
    person: Person
    wrong_codes: int
    wrong_since: int


@dataclass(frozen=True, slots=True)
class AddLookUp:
    """The exchange is to be asked at once; an earlier question about the same ticket is not wanted any more."""

    look_up: LookUp
    due_at: int


@dataclass(frozen=True, slots=True)
class StartLookUp:
    """It is being asked, and again only then; if the question is not wanted any more, the whole unit is refused."""

    id: int
    due_at: int


@dataclass(frozen=True, slots=True)
class PostponeLookUp:
    id: int
    due_at: int


@dataclass(frozen=True, slots=True)
class DropLookUp:
    """It has an answer; if the question is not wanted any more, the whole unit is refused."""

    id: int


AccountChange = VerifyIdentity | CountWrongCode | AddLookUp | StartLookUp | PostponeLookUp | DropLookUp
