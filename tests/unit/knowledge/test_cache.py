"""The cache saves the reading and never changes what is known."""

from pathlib import Path

import pytest

from bot.knowledge.cache import KEPT, load_cached
from bot.knowledge.loader import KnowledgeError, load
from tests.unit.knowledge.base import Base

SHIPPED = Path(__file__).parents[3] / "knowledge_base"


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def _kept(cache: Path) -> list[Path]:
    return sorted(cache.glob("knowledge-*.json"))


@pytest.mark.parametrize("folder", ["small", "shipped"])
def test_a_warm_start_knows_exactly_what_a_cold_one_does(base: Base, cache: Path, folder: str) -> None:
    path = SHIPPED if folder == "shipped" else base.folder
    cold = load_cached(path, cache)

    assert load_cached(path, cache) == cold == load(path, cold.version)


def test_a_warm_start_reads_what_was_kept(base: Base, cache: Path) -> None:
    """The file is made believable with other words in it: those are what a warm start says."""
    cold = load_cached(base.folder, cache)
    (kept,) = _kept(cache)
    _forge(kept, kept.read_bytes().partition(b"\n")[2].replace(b"Tether", b"Teether"))

    assert cold.assets["USDT"].name == "Tether"
    assert load_cached(base.folder, cache).assets["USDT"].name == "Teether"


def _forge(path: Path, content: bytes) -> None:
    from hashlib import sha256

    path.write_bytes(sha256(content).hexdigest().encode() + b"\n" + content)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"null\n[]", b"\xff\xfe\x00", b"[" * 100_000, b'{"version": 1}\n{"version": 1}'],
    ids=["empty", "foreign", "other shape", "no text", "too deep", "another program's"],
)
def test_a_broken_or_foreign_file_is_made_again(base: Base, cache: Path, content: bytes) -> None:
    cold = load_cached(base.folder, cache)
    (kept,) = _kept(cache)
    whole = kept.read_bytes()
    kept.write_bytes(content)

    assert load_cached(base.folder, cache) == cold
    assert kept.read_bytes() == whole


@pytest.mark.parametrize("cut", [1, 60, 70, 1_000, -1])
def test_half_a_file_is_made_again(base: Base, cache: Path, cut: int) -> None:
    cold = load_cached(base.folder, cache)
    (kept,) = _kept(cache)
    kept.write_bytes(kept.read_bytes()[:cut])

    assert load_cached(base.folder, cache) == cold


def test_a_flipped_letter_is_noticed(base: Base, cache: Path) -> None:
    cold = load_cached(base.folder, cache)
    (kept,) = _kept(cache)
    kept.write_bytes(kept.read_bytes().replace(b"Tether", b"Tithes"))

    assert load_cached(base.folder, cache) == cold


CHANGES = [
    ("en/phrases.yaml", "button.back: Back", "button.back: Undo"),
    ("networks.yaml", "name: Tether", "name: Tether USD"),
    ("languages.yaml", "name: English", "name: Inglish"),
]


@pytest.mark.parametrize(("name", "old", "new"), CHANGES, ids=[name for name, _, _ in CHANGES])
def test_a_changed_file_is_noticed(base: Base, cache: Path, name: str, old: str, new: str) -> None:
    before = load_cached(base.folder, cache)
    base.change(name, old, new)
    after = load_cached(base.folder, cache)

    assert after.version != before.version
    assert after == load(base.folder, after.version) != before


def test_a_change_taken_back_is_the_old_state_again(base: Base, cache: Path) -> None:
    before = load_cached(base.folder, cache)
    base.change("networks.yaml", "Tether", "Teether")
    load_cached(base.folder, cache)
    base.change("networks.yaml", "Teether", "Tether")

    assert load_cached(base.folder, cache) == before
    assert len(_kept(cache)) == 2


def test_a_new_and_a_renamed_file_are_noticed(base: Base, cache: Path) -> None:
    load_cached(base.folder, cache)
    (base.folder / "ja/faq/kyc.yaml").rename(base.folder / "ja/faq/kyb.yaml")

    with pytest.raises(KnowledgeError):
        load_cached(base.folder, cache)


def test_what_is_broken_is_never_kept(base: Base, cache: Path) -> None:
    base.remove("networks.yaml")

    for _ in range(2):
        with pytest.raises(KnowledgeError, match=r"networks\.yaml: is missing"):
            load_cached(base.folder, cache)
    assert _kept(cache) == []


def test_the_cache_does_not_grow_with_every_edit(base: Base, cache: Path) -> None:
    for number in range(KEPT + 3):
        base.write("en/canned.yaml", f"hello: Hello number {number}.\n")
        newest = load_cached(base.folder, cache)

    assert len(_kept(cache)) == KEPT
    assert f"knowledge-{newest.version[:32]}.json" in {path.name for path in _kept(cache)}


def test_without_a_place_to_keep_anything_everything_is_still_known(base: Base, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("where a folder should be", encoding="utf-8")

    assert load_cached(base.folder, blocked / "cache").version == load_cached(base.folder, blocked / "cache").version
