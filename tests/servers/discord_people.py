"""The people of the fake Discord, as a test plays them: they write, press, run commands, edit and delete."""

import itertools
from typing import Any

from tests.servers.discord_objects import Account, Channel, Message, Wire
from tests.servers.discord_world import Interaction, World

_COMMAND, _COMPONENT, _MODAL = 2, 3, 5
_MESSAGE_MENU = 3
_numbers = itertools.count(1)


class Person:
    """Somebody with a Discord account; what they do reaches the bot as an event, if it would in life."""

    def __init__(self, world: World, account: Account) -> None:
        self.world = world
        self.account = account

    @property
    def chat(self) -> Channel:
        """Their direct messages with the bot."""
        return self.world.direct(self.account)

    async def sends(self, text: str, **more: Any) -> Message:
        """Write to the bot in private; `files` are (name, content type, bytes)."""
        return self._says(self.chat, text, **more)

    async def writes_in(self, channel: Channel, text: str, **more: Any) -> Message:
        """Write in a channel or thread of the server; `pings`: whether an answer (`reply_to`) mentions its author."""
        return self._says(channel, text, **more)

    async def edits(self, message: Message, text: str) -> None:
        self._must_be_own(message)
        message.text, message.edited_at = text, self.world.now()
        self.world.tell_message("MESSAGE_UPDATE", message)

    async def deletes(self, message: Message) -> None:
        self._must_be_own(message)
        message.channel.messages.remove(message)
        self.world.tell_deleted(message)

    async def presses(self, message: Message, label: str) -> Interaction:
        """Press the one button with this label."""
        found = [part for part in message.parts() if part["type"] == 2 and part.get("label") == label]
        if len(found) != 1 or "custom_id" not in found[0]:
            raise AssertionError(f"No button {label!r} to press under {message!r}.")
        what = {"custom_id": found[0]["custom_id"], "component_type": 2, "id": 1}
        return self._interacts(_COMPONENT, message.channel, what, message)

    async def runs(self, name: str, channel: Channel | None = None, **options: str) -> Interaction:
        """Type a slash command, in direct messages unless a channel is named; it must have been registered there."""
        channel = channel or self.chat
        places = ("", str(self.world.guild_id)) if channel.guild_id else ("",)
        known = [command for place in places for command in self.world.commands.get(place, [])]
        command = next((one for one in reversed(known) if one["name"] == name), None)
        if command is None:
            raise AssertionError(f"There is no command /{name}; there are {[one['name'] for one in known]}.")
        given = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
        what = {"id": command["id"], "name": name, "type": 1, "options": given}
        return self._interacts(
            _COMMAND, channel, what | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})
        )

    async def asks_about(self, message: Message) -> Interaction:
        """Choose the one entry that the bot has in the menu of messages."""
        (command,) = [one for one in self.world.commands.get("", []) if one["type"] == _MESSAGE_MENU]
        what = {"id": command["id"], "name": command["name"], "type": _MESSAGE_MENU, "target_id": str(message.id)}
        found: Wire = {"messages": {str(message.id): message.wire()}}
        return self._interacts(_COMMAND, message.channel, what | {"resolved": found})

    async def submits(self, opened: Interaction, **values: str) -> Interaction:
        """Send off the form that an interaction opened."""
        if opened.modal is None:
            raise AssertionError("No form was opened.")
        inputs = [
            {"type": 4, "id": n, "custom_id": key, "value": value} for n, (key, value) in enumerate(values.items(), 2)
        ]
        rows = [{"type": 18, "id": 100 + n, "component": one} for n, one in enumerate(inputs)]
        what = {"custom_id": opened.modal["custom_id"], "components": rows}
        return self._interacts(_MODAL, opened.channel, what, opened.message)

    def _says(self, channel: Channel, text: str, **more: Any) -> Message:
        if channel.is_locked:
            raise AssertionError(f"{channel!r} is locked; nobody writes there.")
        files = self.world.store(channel, more.pop("files", ()))
        return self.world.post(channel, self.account, text, files=files, **more)

    def _interacts(self, kind: int, channel: Channel, what: Wire, message: Message | None = None) -> Interaction:
        world = self.world
        number = world.snowflake()
        token = f"aW50ZXJhY3Rpb24tdG9rZW4{number}x{next(_numbers)}"
        interaction = Interaction(number, token, kind, channel, self.account, world.now(), message)
        world.interactions[token] = interaction
        told: Wire = {
            "id": str(number), "application_id": str(world.application_id), "type": kind, "data": what,
            "token": token, "version": 1, "channel_id": str(channel.id), "channel": channel.wire(),
            "locale": self.account.locale, "entitlements": [], "authorizing_integration_owners": {},
            "attachment_size_limit": 10485760, "app_permissions": str(((1 << 50) - 1) & ~world.withheld),
            "context": 0 if channel.guild_id else 1,
        }  # fmt: skip
        told |= {"message": message.wire()} if message else {}
        if channel.guild_id:
            member = self.account.member() | {"user": self.account.wire(), "permissions": str(world.granted)}
            told |= {"guild_id": str(world.guild_id), "guild_locale": "en-US", "member": member}
        else:
            told["user"] = self.account.wire()
        world.gateway.tell("INTERACTION_CREATE", ~0, lambda _: told)
        world.changed()
        return interaction

    def _must_be_own(self, message: Message) -> None:
        if message.author is not self.account:
            raise AssertionError(f"{message!r} is not {self.account.name}'s.")
