"""Our own CommonMark in Discord's dialect."""

import pytest

from bot.platforms.discord.escaping import length
from bot.platforms.discord.markdown import markdown_parts


def shown(text: str) -> str:
    (part,) = markdown_parts(text, 2000)
    return part


@pytest.mark.parametrize(
    ("ours", "discords"),
    [
        ("**bold** and *it*", "**bold** and *it*"),
        ("__bold__ and _it_", "**bold** and *it*"),
        ("`TXID` and ``a`b``", "`TXID` and `` a`b ``"),
        ("[Help](https://example.com/a_(b))", "[Help](https://example.com/a_%28b%29)"),
        ("<https://example.com/a_b>", "https://example.com/a_b"),
        ("[https://good.example](https://evil.example)", "https://good.example (https://evil.example)"),
        ("[mail](mailto:a@example.com)", "mail (mailto:a@example.com)"),
        ("one\ntwo  \nthree", "one\ntwo\nthree"),
        ("one\n\n\n\ntwo", "one\n\ntwo"),
        ("lead\n\n1. a\n2. b\n   - c\n\nend", "lead\n\n1. a\n2. b\n  - c\n\nend"),
        ("- a\n- b\n  second line", "- a\n- b\n  second line"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("# Big\n\n##### small", "# Big\n\n### small"),
        ("> wise\n> words", "> wise\n> words"),
        ("```py\nx = '```'\n```", "```py\nx = '`\u200b``'\n```"),
        ("---", "———"),
        (r"\*not bold\* <@1> ~~x~~ ||y||", r"\*not bold\* \<@1> \~\~x\~\~ \|\|y\|\|"),
        (r"1\. not a list", r"1\. not a list"),
        ("<b>html</b>", r"\<b>html\</b>"),
    ],
)
def test_it_is_written_natively(ours: str, discords: str) -> None:
    assert shown(ours) == discords


def test_long_answers_are_cut_between_their_pieces() -> None:
    items = "\n".join(f"{n}. **step** {'x' * 20}" for n in range(1, 11))

    parts = list(markdown_parts(f"Do this.\n\n{items}", 120))

    assert all(length(part) <= 120 for part in parts)
    assert "\n".join(parts) == f"Do this.\n\n{items}"


def test_a_paragraph_longer_than_a_message_loses_its_formatting_not_its_words() -> None:
    text = f"**{'bold words ' * 20}end** and a [link](https://example.com/) at the end"

    parts = list(markdown_parts(text, 100))

    assert all(length(part) <= 100 and "*" not in part for part in parts)
    assert (
        " ".join(" ".join(parts).split()) == f"{'bold words ' * 20}end and a link (https://example.com/) at the end"
    )


def test_nothing_gives_nothing() -> None:
    assert list(markdown_parts("", 100)) == []
