"""How updates leave the fake Bot API: getUpdates with its conflicts, or a webhook tried until it says 2xx."""

import asyncio
import contextlib
import ipaddress
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.servers.bot_api_calls import ApiError, Call, refuse
from tests.servers.bot_api_objects import Wire, without_none
from tests.servers.bot_api_world import World

_WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
_RETRY_SECONDS = 0.05


class Delivery:
    """The one way updates take at a time, and the methods that choose it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._url = ""
        self._secret = ""
        self._max_connections = 40
        self._last_error: tuple[int, str] | None = None
        self._sender: asyncio.Task[None] | None = None
        self.methods: dict[str, Callable[[Call], Awaitable[object]]] = {
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
        }

    async def stop(self) -> None:
        """Send nothing more and let a poller go with what there is."""
        self._world.updates.interrupt()
        if self._sender is not None:
            self._sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sender
            self._sender = None

    async def _get_updates(self, call: Call) -> list[Wire]:
        if self._url:
            raise ApiError(409, _WEBHOOK_ACTIVE)
        self._world.updates.allow(call.json("allowed_updates"))
        limit = call.number("limit")
        offset, timeout = call.number("offset") or 0, call.number("timeout") or 0
        return await self._world.updates.fetch(offset, 100 if limit is None else limit, timeout)

    async def _set_webhook(self, call: Call) -> bool:
        url, secret = call.text("url"), call.text("secret_token")
        if url and not _is_acceptable(url):
            refuse("bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            refuse("secret token contains unallowed characters")
        await self._leave_old_way(call)
        self._url, self._secret = url, secret
        self._max_connections = call.number("max_connections") or 40
        self._world.updates.allow(call.json("allowed_updates"))
        if url:
            self._world.updates.interrupt(ApiError(409, "terminated by setWebhook request"))
            self._sender = asyncio.create_task(self._send_for_ever())
        return True

    async def _delete_webhook(self, call: Call) -> bool:
        await self._leave_old_way(call)
        self._url = ""
        return True

    async def _leave_old_way(self, call: Call) -> None:
        if self._sender is not None:
            await self.stop()
        self._last_error = None
        if call.flag("drop_pending_updates"):
            self._world.updates.drop()

    async def _webhook_info(self, call: Call) -> Wire:
        when, what = self._last_error or (None, None)
        updates = self._world.updates
        wire: Wire = {
            "url": self._url,
            "has_custom_certificate": False,
            "pending_update_count": len(updates.pending),
        }
        return wire | without_none(
            last_error_date=when,
            last_error_message=what,
            max_connections=self._max_connections if self._url else None,
            allowed_updates=sorted(updates.allowed) if updates.allowed else None,
        )

    async def _send_for_ever(self) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        async with ClientSession(headers=headers, timeout=ClientTimeout(total=10)) as session:
            while True:
                update = await self._world.updates.first()
                error = await self._post(session, update)
                if error:
                    self._last_error = (int(self._world.now()), error)
                    await asyncio.sleep(_RETRY_SECONDS)
                else:
                    self._world.updates.confirm(update["update_id"] + 1)
                self._world.changed()

    async def _post(self, session: ClientSession, update: Wire) -> str:
        """Try once; return what went wrong, empty when the webhook took it."""
        try:
            async with session.post(self._url, json=update) as answer:
                body = await answer.text()
        except (ClientError, TimeoutError, OSError):
            return "Connection refused"
        if not 200 <= answer.status < 300:
            return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        if '"method"' in body:
            self._world.problems.append("a method call in the webhook's answer is not imitated")
        return ""


def _is_acceptable(url: str) -> bool:
    """Telegram wants https; plain http is let through to this machine only, where the tests listen."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
