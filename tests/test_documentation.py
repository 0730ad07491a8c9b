"""What is written about the bot is complete: every setting, command, event and phrase.

`python -m tests.test_documentation` writes docs/settings.md anew.
"""

import ast
import inspect
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType

import click
import pytest

from bot import account_changes, changes, events, forgetting, internal_events, outbox
from bot.accounts import DepositState, KycState, Lock, Verdict
from bot.changes import MessageKind
from bot.cli import main
from bot.config import describe
from bot.desk import cards, commands
from bot.desk.rights import Level
from bot.dialogue import intake
from bot.knowledge.loader import load
from bot.knowledge.reading import NEUTRAL, SPOKEN
from bot.knowledge.schema import SIGNALS, SPECIAL_VALUES, StepKind
from bot.knowledge.texts import ALWAYS_KNOWN
from bot.model import PlatformName, Standing, TicketPriority, TicketStatus
from bot.platforms.discord.commands import OWN_COMMANDS, PANEL, REQUESTER_COMMANDS, STAFF_COMMANDS, SUPPORT
from bot.platforms.telegram import introducing
from bot.screening import Hold
from bot.staffing import Crossing
from bot.timing import ClockName
from bot.yaml_lines import read_file

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SETTINGS = DOCS / "settings.md"
WRITE = "python -m tests.test_documentation"

SETTINGS_HEAD = """\
# Settings

The bot reads `config.yaml` in the folder it is started in, or the file named with `support-bot --config FILE run`.
Copy `config.example.yaml`, which has every setting with an example, and keep what is yours: all have a default.
`support-bot check` tells every mistake with its line.

Each setting can also come from the environment, which wins over the file: `section.key` is `BOT_SECTION__KEY`, with
**two** underscores between section and key (`telegram.staff_chat` is `BOT_TELEGRAM__STAFF_CHAT`). Lists and mappings
are written there as YAML in one line; all teams are one mapping of that kind, `BOT_TEAMS`. An empty variable counts
as not set; one that begins with `BOT_` and is not listed here is an error. Tokens belong into the environment or into
a file named by `token_file`, not into `config.yaml`.

| setting | environment variable | default | what it is for |
|---|---|---|---|
"""


def settings_page() -> str:
    """The whole of docs/settings.md."""
    rows = [
        f"| `{setting.name}` | `{setting.variable}` | `{setting.default}` | {setting.help} |\n"
        for setting in describe()
    ]
    return SETTINGS_HEAD + "".join(rows)


def test_the_page_of_settings_is_up_to_date() -> None:
    assert SETTINGS.read_text(encoding="utf-8") == settings_page(), f"run: {WRITE}"


def test_every_setting_is_in_the_example_with_its_reason_and_default() -> None:
    """Settings that are commented out there count, too."""
    example = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    said = " ".join(re.sub(r"(?m)^\s*#", "", example).split())
    for setting in describe():
        section, *_, key = setting.name.split(".")
        _, _, rest = example.partition(f"\n{section}:\n")
        assert re.search(rf"(?m)^ {{2,4}}(# )?{key}:", re.split(r"(?m)^\w+:$", rest)[0]), setting.name
        assert f"{setting.help} Default: {setting.default}." in said, setting.name


def _commands() -> Iterator[tuple[str, click.Command]]:
    assert isinstance(main, click.Group)
    yield from main.commands.items()


def _commands_page() -> str:
    return (DOCS / "commands.md").read_text(encoding="utf-8")


def test_every_command_and_its_options_are_described() -> None:
    for name, command in _commands():
        (row,) = re.findall(rf"(?m)^\| `support-bot {name}\b.*$", _commands_page())
        assert command.help, name
        options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
        assert [option for option in options if option not in row] == [], name


@pytest.mark.parametrize("staff", [False, True], ids=["requesters", "staff"])
def test_every_slash_command_is_described(staff: bool) -> None:
    requesters, _, desk = _commands_page().partition("## What staff can type")
    described = set(re.findall(r"(?m)^\| `/([a-z_-]+)", desk if staff else requesters))
    listed = (
        {command.name for command in (*STAFF_COMMANDS, PANEL)}
        if staff
        else {command.name for command in (*REQUESTER_COMMANDS, SUPPORT)}
    )

    assert described == listed
    if staff:
        # A slash command answers no message, so `/delete` is one only where it is typed as a reply.
        assert listed - {PANEL.name} == set(commands.COMMANDS) - {"delete"}


def test_telegram_offers_staff_every_command_once() -> None:
    assert sorted(introducing.STAFF_COMMANDS) == sorted(commands.COMMANDS)


@pytest.mark.parametrize("page", ["staff.md", "staff.ja.md"])
def test_what_a_new_agent_is_told_to_type_exists(page: str) -> None:
    """And all of it that is not for leads, for Discord alone or another way of saying the same is there."""
    told = set(re.findall(r"`/([a-z_]+)", (DOCS / page).read_text(encoding="utf-8")))
    for_agents = {verb for verb, command in commands.COMMANDS.items() if command.level is Level.AGENT}

    assert told == for_agents - {commands.Verb.NOTE, commands.Verb.REPLY}


def test_every_button_is_described() -> None:
    """By the words on it, in the first language."""
    texts = load(ROOT / "knowledge_base").texts["en"]
    labels = [str(text) for key, text in texts.items() if key.startswith("button.")]

    assert [label for label in labels if not re.search(rf"(?<!\w){re.escape(label)}(?!\w)", _commands_page())] == []


@pytest.mark.parametrize(
    "modules", [(events, internal_events), (changes, account_changes, outbox, forgetting)], ids=["events", "changes"]
)
def test_every_event_and_change_is_described_once(modules: Sequence[ModuleType]) -> None:
    page = (DOCS / "events.md").read_text(encoding="utf-8")
    section = page.partition("## Events")[2].partition("## Changes")[0 if events in modules else 2]
    classes = [
        name
        for module in modules
        for name, one in inspect.getmembers(module, inspect.isclass)
        if one.__module__ == module.__name__
    ]

    assert sorted(re.findall(r"(?m)^\| `(\w+)` \| \S", section)) == sorted(classes)


def test_the_page_for_editors_names_all_they_can_write() -> None:
    """Kinds of steps, special answers, signals, placeholders for every text, and every file."""
    page = (ROOT / "knowledge_base/README.md").read_text(encoding="utf-8")
    placeholders = {f"{{{name}}}" for name in ALWAYS_KNOWN}
    files = {f"{name}.yaml" for name in (*NEUTRAL, *SPOKEN)}
    names = {*StepKind, *SPECIAL_VALUES, *SIGNALS, *placeholders, *files}

    assert sorted(name for name in names if f"`{name}`" not in page) == []


OF_KNOWLEDGE = {"faq.", "checklist.", "finding.", "topic.", "team."}
"""Families of texts that belong to entries of the catalogue: the check of the knowledge base sees to them."""
FAMILIES: Mapping[str, Collection[str]] = {
    "status.": set(TicketStatus),
    "label.": set(TicketStatus),
    "platform.": set(PlatformName),
    "desk.now.": {TicketStatus.PENDING, TicketStatus.ON_HOLD, TicketStatus.OPEN},
    "desk.crossing.": set(Crossing),
    "desk.not_staff.": {Standing.OUTSIDER, Standing.ANONYMOUS},
    "desk.token_shared.": set(events.TokenSign),
    "intake.": set(intake.FIELDS),
    "card.": set(cards.OWN),
    "clock.": set(ClockName),
    "card.priority.": set(TicketPriority) - {TicketPriority.NORMAL},
    "command.": {command.name.replace("-", "_") for command in (*REQUESTER_COMMANDS, *STAFF_COMMANDS, *OWN_COMMANDS)},
    "console.": (),
    "page.": (),
    "button.": (),
    "delivery.": (),
    "held.": set(Hold),
    "identity.": set(Verdict),
    "kyc_state.": set(KycState),
    "lock.": set(Lock),
    "matching_deposit.": set(DepositState),
    "moved.said.": {MessageKind.REQUESTER, MessageKind.AGENT, MessageKind.NOTE},
}
"""Phrases whose key is put together, by how it begins, with the ends that must be there; the others' ends are names
that the code gives to labels, buttons and reasons, and those are found below."""


@cache
def _trees() -> tuple[tuple[Path, ast.Module], ...]:
    return tuple((path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted((ROOT / "bot").rglob("*.py")))


def _named() -> Iterator[ast.expr]:
    """What stands first in every `Text(...)` of ours; rich has a class of that name, too."""
    for _, tree in _trees():
        imported = [
            node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "bot.actions"
        ]
        if not any(alias.name == "Text" for node in imported for alias in node.names):
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Text"
                and node.args
            ):
                yield node.args[0]


def _asked_for() -> Iterator[ast.expr]:
    """What stands first in every `words(...)` by which an adapter takes a text of its own."""
    for _, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and _called(node.func) in ("words", "_words"):
                yield node.args[0]


def _called(function: ast.expr) -> str:
    return getattr(function, "id", "") or getattr(function, "attr", "")


def _literals() -> set[str]:
    arguments = (*_named(), *_asked_for())
    whole = (part for argument in arguments for part in _parts(argument) if isinstance(part, ast.Constant))
    return {str(part.value) for part in whole} - {"literal"}


def _families() -> set[str]:
    joined = (part for argument in _named() for part in _parts(argument) if isinstance(part, ast.JoinedStr))
    return {str(part.values[0].value) for part in joined if isinstance(part.values[0], ast.Constant)}


def _parts(argument: ast.expr) -> Iterator[ast.expr]:
    """The texts an argument can be: itself, or either side of `x if y else z`."""
    if isinstance(argument, ast.IfExp):
        yield from (*_parts(argument.body), *_parts(argument.orelse))
    else:
        yield argument


@cache
def _words() -> frozenset[str]:
    """Every name that stands as a text in the code, and every word of the page's own files."""
    found: set[str] = set()
    for _, tree in _trees():
        texts = (str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant))
        found.update(text.rstrip(":") for text in texts)
    for path in (ROOT / "bot/web/page").iterdir():
        page = path.read_text(encoding="utf-8")
        found.update(re.findall(r"[\"'`]([a-z_]+)[\"'`]", page))
        # label(`${name}_heading`) and label(`message_to_${name}`), for both sides of the page.
        for before, after in re.findall(r"label\(`(\w*)\$\{name\}(\w*)`\)", page):
            found.update(f"{before}{side}{after}" for side in ("requester", "staff"))
    return frozenset(found)


@cache
def _phrases() -> frozenset[str]:
    listed = read_file(ROOT / "knowledge_base/phrases.yaml").value
    assert isinstance(listed, dict)
    return frozenset(listed)


def test_every_phrase_the_code_says_is_listed() -> None:
    assert sorted(_literals() - _phrases()) == []


def test_every_family_of_phrases_is_known() -> None:
    assert _families() <= OF_KNOWLEDGE | FAMILIES.keys()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_member_of_a_family_is_listed(family: str) -> None:
    assert {f"{family}{end}" for end in FAMILIES[family]} <= _phrases()
    assert any(key.startswith(family) for key in _phrases())


def test_every_listed_phrase_is_said_somewhere() -> None:
    knowledge = load(ROOT / "knowledge_base")
    said = _literals() | {f"topic.{id}" for id in knowledge.topics}
    said |= {f"team.{topic.team}" for topic in knowledge.topics.values()}
    said |= {f"{family}{word}" for family in FAMILIES for word in _words()}

    assert sorted(_phrases() - said) == []


def test_every_label_of_the_page_and_the_terminal_is_listed() -> None:
    """A label that is asked for and missing would leave a blank, or stop the terminal."""
    page = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "bot/web/page").iterdir()))
    asked = set(re.findall(r"(?:\blabel\(|data-label=|data-named=)\"(\w+)\"", page))
    terminal = {
        str(node.args[0].value)
        for path, tree in _trees()
        if "console" in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("_text", "_notice")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }

    assert asked
    assert terminal
    assert {f"page.{name}" for name in asked} | {f"console.{name}" for name in terminal} <= _phrases()


def test_every_reason_for_a_failed_delivery_is_listed() -> None:
    """Named where it is raised, as it is or by a constant."""
    constants = {name: value for _, tree in _trees() for name, value in _constants(tree)}
    reasons = {key.removeprefix("delivery.") for key in _phrases() if key.startswith("delivery.")}
    named = set()
    for _, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NeverDelivered":
                reason = node.args[0]
                if isinstance(reason, ast.Constant | ast.Name):
                    named.add(constants.get(reason.id) if isinstance(reason, ast.Name) else reason.value)

    assert named - {None}
    assert named - {None} <= reasons


def _constants(tree: ast.Module) -> Iterator[tuple[str, object]]:
    """Every `NAME = "text"` of a module, also of several at once."""
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for name, value in zip(names, values, strict=False):
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                    yield name.id, value.value


if __name__ == "__main__":
    SETTINGS.write_text(settings_page(), encoding="utf-8")
