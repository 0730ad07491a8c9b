"""All that survives a restart: one engine-neutral face over SQLite or PostgreSQL."""

from bot.store.clock import SystemClock
from bot.store.engine import StoreError
from bot.store.store import SqlStore, open_store

__all__ = ["SqlStore", "StoreError", "SystemClock", "open_store"]
