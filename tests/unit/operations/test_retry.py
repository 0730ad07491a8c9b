"""`support-bot retry`: marks what was set aside, beside a running bot and without one."""

from pathlib import Path

from bot.changes import SetAside
from bot.config import Settings, load
from bot.events import StaffDeleted
from bot.model import ChatRef, MessageRef, PlatformName
from bot.operations.retry import retry
from bot.store import open_store

DESK = ChatRef(PlatformName.WEB, "staff")
EVENT = StaffDeleted(key="k", at=1, chat=DESK, message=MessageRef(DESK, "1"))
ASIDE = SetAside(id=7, platform="web", key="k", error_id="e1", text="", at=1_800_000_000_000_000, event=EVENT)
ALONE = SetAside(id=8, platform="telegram", key="l", error_id="e2", text="", at=1_800_000_000_000_000)


def settings_at(folder: Path) -> Settings:
    return load(None, {"BOT_STORE__PATH": str(folder / "s.sqlite3")})


async def test_with_nothing_set_aside_it_says_so(tmp_path: Path) -> None:
    assert await retry(settings_at(tmp_path), None) == ["Nothing is set aside."]
    assert await retry(settings_at(tmp_path), 3) == ["There is no set-aside event 3."]


async def test_it_marks_beside_a_running_bot_and_tells_what_cannot_be_done_again(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    running = await open_store(settings.store.path)
    try:
        await running.commit((ASIDE, ALONE))
        lines = await retry(settings, None)
        assert [aside.id for aside in await running.set_aside(wanted=True)] == [7]
    finally:
        await running.close()

    assert lines == [
        "7  2027-01-15 08:00:00+00:00  StaffDeleted  k  error e1",
        "8  2027-01-15 08:00:00+00:00  ids alone  l  error e2",
        "1 will be done again: within a minute if the bot is running, otherwise when it starts.",
        "1 cannot be done again, only ids were kept; the log has the reason, and --forget drops one.",
    ]


async def test_they_can_be_looked_at_without_doing_anything(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    store = await open_store(settings.store.path)
    await store.commit((ASIDE,))
    assert len(await retry(settings, None, only_list=True)) == 1
    assert list(await store.set_aside(wanted=True)) == []
    await store.close()


async def test_what_cannot_be_done_again_can_be_forgotten(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    store = await open_store(settings.store.path)
    await store.commit((ASIDE, ALONE))
    await store.close()
    assert (await retry(settings, 8, forget=True))[-1] == "Forgotten."
    assert [line[0] for line in await retry(settings, None, only_list=True)] == ["7"]


async def test_one_can_be_named(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    store = await open_store(settings.store.path)
    await store.commit((ASIDE, ALONE))
    await store.close()
    assert (await retry(settings, 8))[-1].startswith("1 cannot be done again")
    assert len(await retry(settings, 7)) == 2
