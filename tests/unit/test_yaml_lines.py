"""The YAML reader: values as YAML 1.2 means them, and a file and line for whatever is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.yaml_lines import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_PROBLEMS,
    Document,
    Problem,
    YamlProblems,
    nearest,
    problems_of,
    read,
    read_file,
    shown,
)

ROOT = Path(__file__).parents[2]


def problems(text: str) -> list[str]:
    with pytest.raises(YamlProblems) as raised:
        read(text, "a.yaml")
    return [str(problem) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-7", -7),
        ("0", 0),
        ("010", "010"),
        ("+81", "+81"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0x1f", "0x1f"),
        ("1e5", "1e5"),
        ("1.5", 1.5),
        ("-0.25", -0.25),
        (".5", ".5"),
        ("1.2.3", "1.2.3"),
        ("2027-01-01", "2027-01-01"),
        ("٣", "٣"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("=", "="),
        ("1100000000000000001", 1100000000000000001),
        ("9999999999999999999", 9999999999999999999),
        ("12345678901234567890", "12345678901234567890"),
    ],
)
def test_scalars_mean_what_yaml_1_2_and_people_mean(written: str, value: object) -> None:
    document = read(f"key: {written}", "a.yaml")
    assert document.value == {"key": value}
    assert type(document.value["key"]) is type(value)


def test_every_part_knows_its_line_and_an_unknown_part_its_nearest_ancestor() -> None:
    document = read(
        "# note\nsteps:\n  - id: a\n    options:\n      - x\n      - y: |\n          text\nlast: 1\n", "a"
    )
    assert document.line(()) == 1
    assert document.line(("steps",)) == 2
    assert document.line(("steps", 0)) == 3
    assert document.line(("steps", 0, "options")) == 4
    assert document.line(("steps", 0, "options", 1, "y")) == 6
    assert document.line(("last",)) == 8
    assert document.line(("steps", 0, "options", 7, "z")) == 4
    assert document.line(("nothing", "here")) == 1


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n...\n", "\ufeff"])
def test_an_empty_text_has_no_value(text: str) -> None:
    assert read(text, "a").value is None


def test_a_byte_order_mark_is_not_part_of_the_first_key() -> None:
    assert read("\ufeffa: 1", "a").value == {"a": 1}


def test_all_problems_are_told_together_each_with_its_line() -> None:
    text = "a: 1\na: 2\n1: x\nb: &mark c\nd: *mark\ne: !!int 4\n? [f]\n: g\n"
    assert problems(text) == [
        "a.yaml:2: a is written twice (first in line 1); keep one",
        "a.yaml:3: the key 1 is not a text; put it in quotes",
        "a.yaml:4: &mark marks a place to refer to; take the mark out",
        "a.yaml:5: *mark refers to another place; write it out here",
        "a.yaml:6: tag:yaml.org,2002:int is a tag; take it out; the kind of value is known",
        "a.yaml:7: the key of several parts is not a text; put it in quotes",
    ]


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("a: b: c", 1, "needs quotes"),
        ("a:\n\t- b", 2, "not tabs"),
        ("a: '1\n\nb: 2", 3, "quotes"),
        ("a: [1, 2", 2, "(begun in line 1); look at the quotes, colons"),
        ("a: 1\n---\nb: 2", 2, "keep one per file"),
        ("a: 1\nb: \x07", 2, "U+0007"),
        ("a: \udc80", 1, "U+DC80"),
        ("a: 1\nnull: 2", 2, "the key null is not a text"),
        ("a: 1\ntrue: 2", 2, "the key true is not a text"),
        ("<<: *base", 1, "*base refers to another place"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line_and_a_hint(text: str, line: int, hint: str) -> None:
    told = problems(text)
    assert any(one.startswith(f"a.yaml:{line}: ") and hint in one for one in told), told


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_endless_nesting_is_refused_with_a_sentence(opening: str) -> None:
    assert problems(opening * 100_000) == [f"a.yaml:1: is nested more than {MAX_DEPTH} levels deep; write it flatter"]


def test_a_text_too_long_to_be_meant_is_refused() -> None:
    assert problems("#" * (MAX_CHARACTERS + 1)) == [
        f"a.yaml: is longer than {MAX_CHARACTERS:,} characters; split the file"
    ]


def test_a_text_full_of_problems_stops_at_a_readable_number() -> None:
    assert len(problems("1: x\n" * 10_000)) == MAX_PROBLEMS


@given(st.text(alphabet=st.sampled_from("ab1 :-?[]{},\n\t'\"|>&*!%#@`\\~é\u2028\ufeff\x00\ud800"), max_size=60))
def test_any_text_is_either_read_or_refused_with_a_line_of_it(text: str) -> None:
    told = None
    try:
        read(text, "a")
    except YamlProblems as refused:
        told = refused.problems
    # YAML counts more kinds of line break than `\n`.
    lines = len(text.replace("\u2028", "\n").split("\n")) + 1
    assert told != []
    assert all(0 <= problem.line <= lines and problem.what for problem in told or [])


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcNOyes1", min_size=1), inner, max_size=4),
    max_leaves=12,
)


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


@given(values)
def test_what_a_yaml_writer_writes_is_read_back(value: object) -> None:
    text = yaml.dump(value, Dumper=NoAliases, allow_unicode=True, width=1000)
    # Its own line breaks are folded by some writers; they are no part of what we promise.
    assume("\u2028" not in text and "\u2029" not in text and "\x85" not in text)
    assert read(text, "a").value == value


def test_without_libyaml_the_same_is_read() -> None:
    """The pure reader stands in where the platform's wheel lacks libyaml; only a fresh process can show it."""
    sample = "a: [1, {b: '2'}]\nc: |\n  text\n  more\nNO: 010\nd:\n  - x\n  - {y: z}\n"
    script = (
        "import sys, yaml; del yaml.CBaseLoader\n"
        "from bot.yaml_lines import YamlProblems, read\n"
        "document = read(sys.argv[1], 'a'); print(document.value, sorted(document.lines.items(), key=str))\n"
        "try: read('a: &b 1\\na: !!str 2\\n1: *b', 'a')\n"
        "except YamlProblems as error: print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, sample], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    document = read(sample, "a")
    with pytest.raises(YamlProblems) as raised:
        read("a: &b 1\na: !!str 2\n1: *b", "a")
    assert run.stdout == f"{document.value} {sorted(document.lines.items(), key=str)}\n{raised.value}\n"


def test_a_file_is_read_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 入金\n", encoding="utf-8")
    assert read_file(path) == read("a: 入金\n", str(path))


def test_a_file_that_cannot_be_read_is_told_by_name(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"a: 1\nb: caf\xe9\n")
    for path, sentence in (
        (tmp_path / "none.yaml", f"{tmp_path}/none.yaml: cannot be read (no such file or directory); check"),
        (tmp_path, f"{tmp_path}: cannot be read (is a directory); check"),
        (latin, f"{latin}:2: is not UTF-8 text; save the file as UTF-8"),
    ):
        with pytest.raises(YamlProblems) as raised:
            read_file(path)
        assert str(raised.value).startswith(sentence)


def test_a_problem_without_a_line_or_a_mend_reads_well() -> None:
    assert str(Problem("BOT_X", 0, "is unknown")) == "BOT_X: is unknown"
    assert str(Problem("a.yaml", 3, "is unknown", "take it out")) == "a.yaml:3: is unknown; take it out"


def test_shown_text_stays_on_one_line_and_ends() -> None:
    assert shown("a\nb\x1b[2J") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[2J"
    assert len(shown("x" * 1000)) == 80


def test_only_a_near_word_is_suggested() -> None:
    assert nearest("staff_chanel", ["staff_channel", "staff_role"]) == "staff_channel"
    assert nearest("zebra", ["staff_channel", "staff_role"]) is None
    assert nearest("anything", []) is None


class Option(BaseModel):
    model_config = ConfigDict(extra="forbid")
    label: str
    weight: int = 1


class Step(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["text", "choice"]
    required: bool = False
    options: Annotated[list[Option] | None, Field(max_length=2)] = None
    prompt: str | list[str] = ""
    title: str = Field("x", min_length=2)


Steps = dict[str, Step]


def checked(text: str) -> list[str]:
    document = read(text, "kb.yaml")
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(Steps).validate_python(document.value)
    return [str(problem) for problem in problems_of(raised.value, document, Steps)]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("kind: text\n  optons: []", '3: s.optons: unknown key; did you mean "options"?'),
        ("kind: text\n  zebra: 1", "3: s.zebra: unknown key; known here: kind, options, prompt, required, title"),
        (
            "kind: choice\n  options:\n    - labl: x\n      label: y",
            '4: s.options.0.labl: unknown key; did you mean "label"?',
        ),
        ("required: true", "1: s.kind: is missing; write it"),
        ("kind: txt", "2: s.kind: must be 'text' or 'choice'"),
        ("kind: text\n  required: maybe", "3: s.required: must be true or false"),
        ("kind: text\n  title: 12", "3: s.title: must be text; put it in quotes"),
        ("kind: text\n  title: a", "3: s.title: is too short; at least 2 needed"),
        ("kind: text\n  title:", "3: s.title: has no value; write one, or take the line out"),
        ("kind: text\n  options: {}", "3: s.options: must be a list; start each item with `- `"),
        (
            "kind: text\n  options: [{label: a}, {label: b}, {label: c}]",
            "3: s.options: is too long; at most 2 allowed",
        ),
        ("kind: text\n  options: [x]", "3: s.options.0: must be a mapping; write `key: value` lines"),
        (
            "kind: text\n  options:\n  - label: a\n    weight: heavy",
            "5: s.options.0.weight: must be a whole number",
        ),
    ],
)
def test_a_model_error_becomes_one_plain_sentence_with_its_line(lines: str, told: str) -> None:
    assert checked(f"s:\n  {lines}\n") == [f"kb.yaml:{told}"]


def test_every_kind_of_value_that_is_allowed_is_named() -> None:
    told = checked("s:\n  kind: text\n  prompt: 5\n")
    assert told == [
        "kb.yaml:3: s.prompt: must be a list; start each item with `- `",
        "kb.yaml:3: s.prompt: must be text; put it in quotes",
    ]


@given(st.dictionaries(st.sampled_from(["kind", "required", "options", "title", "prompt", "x"]), values))
def test_no_message_shows_the_machinery(step: dict[str, object]) -> None:
    document = Document("kb.yaml", {"s": step})  # type: ignore[dict-item]
    try:
        TypeAdapter(Steps).validate_python(document.value)
    except ValidationError as error:
        told = problems_of(error, document, Steps)
        assert told
        for word in ("pydantic", "http", "Input", "string", "integer", "boolean", "dictionary", "instance"):
            assert not any(word in problem.what + problem.mend for problem in told), told
