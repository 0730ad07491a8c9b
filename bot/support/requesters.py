"""Who is who: the requester behind a platform's account, also while their very first message is being handled."""

from bot.model import Person, PlatformName
from bot.ports import Clock, Store

MOST_REMEMBERED = 20_000

Account = tuple[PlatformName, str]


class Requesters:
    """Gives every account one requester id; two first messages at once agree on it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[Account, int] = {}
        self._newcomers: dict[Account, int] = {}

    async def id_of(self, person: Person) -> int:
        """The stored id, or a new one that stays the same until it is stored."""
        account = (person.platform, person.user_id)
        if account in self._known:
            return self._known[account]
        found = await self._store.find_requester(*account)
        if account in self._known:  # Stored by another turn while this one was looking.
            return self._known[account]
        if found is None:
            return self._newcomers.setdefault(account, self._clock.new_id())
        self._remember(account, found)
        return found

    async def is_new(self, person: Person) -> bool:
        """Whether the account is not stored yet; asked under the requester's lock."""
        account = (person.platform, person.user_id)
        return account not in self._known and await self._store.find_requester(*account) is None

    def stored(self, person: Person, requester_id: int) -> None:
        """The account is in the store from now on."""
        account = (person.platform, person.user_id)
        self._newcomers.pop(account, None)
        self._remember(account, requester_id)

    def forget(self, requester_id: int) -> None:
        """Whoever writes from an account of this requester is a new one from now on."""
        self._known = {account: known for account, known in self._known.items() if known != requester_id}

    def _remember(self, account: Account, requester_id: int) -> None:
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[account] = requester_id
