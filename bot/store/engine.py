"""What the Store asks of a database engine; `sqlite` and `postgres` are the two."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bot.store.statements import Call, Parameters

Row = Mapping[str, Any]


class Engine(Protocol):
    async def write(self, unit: Sequence[Call]) -> bool:
        """Run the statements in one durable transaction; False when one of them refused and none was kept."""
        ...

    async def read(self, name: str, parameters: Parameters) -> Sequence[Row]:
        """The rows of one statement; sees every write that has returned."""
        ...

    async def close(self) -> None: ...


class StoreError(Exception):
    """The store cannot be opened or is not ours; the text is one sentence for an operator."""
