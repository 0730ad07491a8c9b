"""Missing permissions are named as Discord's settings name them."""

import discord

from bot.platforms.discord.permissions import missing_for_rooms, missing_of


def test_nothing_is_missing_for_an_administrator() -> None:
    assert missing_of(discord.Permissions.all(), is_forum=False) == ()


def test_each_missing_permission_is_named() -> None:
    granted = discord.Permissions.all()
    granted.update(manage_threads=False, create_public_threads=False)
    assert missing_of(granted, is_forum=False) == ("Manage Threads", "Create Public Threads")


def test_a_forum_names_the_right_to_open_posts() -> None:
    granted = discord.Permissions.all()
    granted.update(send_messages=False, create_public_threads=False)
    assert missing_of(granted, is_forum=True) == ("Create Posts",)


def test_who_may_not_see_a_channel_is_told_that_alone() -> None:
    assert missing_of(discord.Permissions.none(), is_forum=True) == ("View Channel",)


def test_private_threads_need_less_than_a_desk() -> None:
    granted = discord.Permissions.all()
    granted.update(create_private_threads=False, manage_threads=False)
    assert missing_for_rooms(granted) == ("Create Private Threads",)
