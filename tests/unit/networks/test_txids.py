import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.networks.formats import Family
from bot.networks.shapes import Shape, kind_of
from bot.networks.txids import check_txid, extract_txid, families_of_txid

GENESIS = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
ETHEREUM = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060"
SOLANA = "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW"
DIGEST = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
ALGORAND = "QOOBRVQMX4HW5QZ2EGLQDQCQTKRF3UP3JKDGKYPCXMI6AVV35KQA"
TON = "Sl4eS6q4nzoyUYqIwxvIf2GPdmc+LMd6shJ7ev3tozs="
BITCOIN_ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
TRON_ADDRESS = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
EVM_ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"

ONE_PER_FAMILY = {
    "bitcoin": GENESIS,
    "litecoin": GENESIS,
    "dogecoin": GENESIS,
    "bitcoin_cash": GENESIS,
    "evm": ETHEREUM,
    "tron": GENESIS,
    "solana": SOLANA,
    "ripple": GENESIS.upper(),
    "stellar": GENESIS,
    "ton": TON,
    "cardano": GENESIS,
    "polkadot": ETHEREUM,
    "cosmos": GENESIS.upper(),
    "algorand": ALGORAND,
    "near": DIGEST,
    "aptos": ETHEREUM,
    "sui": DIGEST,
}


def test_every_family_has_its_example() -> None:
    assert set(ONE_PER_FAMILY) == set(Family)


@pytest.mark.parametrize("family", ONE_PER_FAMILY)
def test_txid_is_accepted_in_its_family_and_neither_cut_nor_longer(family: str) -> None:
    """Two letters short, because base58 of the same number of bytes may differ by one letter."""
    txid = ONE_PER_FAMILY[family]

    assert check_txid(family, f" {txid}\n")
    assert not check_txid(family, txid.rstrip("=")[:-2])
    assert not check_txid(family, txid + "A")


@pytest.mark.parametrize(
    ("txid", "families"),
    [
        (
            GENESIS,
            {
                "bitcoin",
                "litecoin",
                "dogecoin",
                "bitcoin_cash",
                "tron",
                "ripple",
                "stellar",
                "ton",
                "cardano",
                "cosmos",
            },
        ),
        (ETHEREUM, {"evm", "polkadot", "aptos"}),
        (SOLANA, {"solana"}),
        (ALGORAND, {"algorand"}),
        (DIGEST, {"near", "sui"}),
        (BITCOIN_ADDRESS, set()),
        (EVM_ADDRESS, set()),
        ("me@example.com", set()),
        ("", set()),
    ],
)
def test_families_follow_from_the_shape(txid: str, families: set[str]) -> None:
    assert families_of_txid(txid) == families


@pytest.mark.parametrize(
    ("text", "txid"),
    [
        (GENESIS, GENESIS),
        (f"https://mempool.space/tx/{GENESIS}", GENESIS),
        (f"https://mempool.space/tx/{GENESIS}:0#flow=&vout=0", GENESIS),
        (f"<https://tronscan.org/#/transaction/{GENESIS}>", GENESIS),
        (f"tronscan.org/#/transaction/{GENESIS}?lang=ja", GENESIS),
        (f"https://etherscan.io/tx/{ETHEREUM}#eventlog", ETHEREUM),
        (f"https://solscan.io/tx/{SOLANA}?cluster=mainnet", SOLANA),
        (f"https://suiscan.xyz/mainnet/tx/{DIGEST}", DIGEST),
        (f"https://nearblocks.io/txns/{DIGEST}", DIGEST),
        (f"https://explorer.aptoslabs.com/txn/{ETHEREUM}?network=mainnet", ETHEREUM),
        (f"https://allo.info/tx/{ALGORAND}", ALGORAND),
        (f"リンクはhttps://suiscan.xyz/mainnet/tx/{DIGEST}です", DIGEST),
        (f"请看nearblocks.io/txns/{DIGEST}，谢谢", DIGEST),
        (f"https://blockchair.com/bitcoin/transaction/{GENESIS}?_search=1", GENESIS),
        (f"https://example.com/lookup?txid={GENESIS}&x=1", GENESIS),
        (f"My TXID is {ETHEREUM}. Please help!", ETHEREUM),
        (f"TXID:{GENESIS}です", GENESIS),
        (f"交易哈希：{GENESIS}，谢谢", GENESIS),
        (f"from {EVM_ADDRESS} in tx {ETHEREUM}", ETHEREUM),
        (f"https://etherscan.io/address/{EVM_ADDRESS}", None),
        (f"https://explorer.aptoslabs.com/account/{ETHEREUM}?network=mainnet", None),
        (f"https://solscan.io/account/{DIGEST}", None),
        (f"https://blockchair.com/bitcoin/block/{GENESIS}", None),
        (f"https://tonviewer.com/0:{GENESIS}", None),
        (f"my TON address is 0:{GENESIS}", None),
        (DIGEST, None),
        (GENESIS + "0", None),
        ("I have no TXID", None),
        ("", None),
    ],
)
def test_txid_is_taken_out_of_links_and_sentences(text: str, txid: str | None) -> None:
    assert extract_txid(text) == txid


def test_known_family_lets_its_own_forms_through() -> None:
    assert extract_txid(f"the digest is {DIGEST}, thanks", "sui") == DIGEST
    assert extract_txid(f"hash {TON} please", "ton") == TON


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (GENESIS, Shape.TXID),
        (ETHEREUM, Shape.TXID),
        (SOLANA, Shape.TXID),
        (ALGORAND, Shape.TXID),
        (f"here: {GENESIS}", Shape.TXID),
        (f"https://etherscan.io/tx/{ETHEREUM}", Shape.TXID),
        (EVM_ADDRESS, Shape.ADDRESS),
        (EVM_ADDRESS.lower(), Shape.ADDRESS),
        (EVM_ADDRESS[:-1] + "D", Shape.ADDRESS),
        (TRON_ADDRESS, Shape.ADDRESS),
        (TRON_ADDRESS[:-1] + "u", Shape.ADDRESS),
        (BITCOIN_ADDRESS, Shape.ADDRESS),
        (DIGEST, Shape.ADDRESS),
        (f"0:{GENESIS}", Shape.ADDRESS),
        (f"https://etherscan.io/address/{EVM_ADDRESS}", Shape.ADDRESS),
        (f"I sent it to {TRON_ADDRESS}.", Shape.ADDRESS),
        ("hana@example.co.jp", Shape.EMAIL),
        ("my mail: hana@example.com", Shape.EMAIL),
        ("123456789", Shape.NUMBER),
        ("１２３４５６", Shape.NUMBER),
        ("0.5 BTC", Shape.NUMBER),
        ("1,234.56", Shape.NUMBER),
        ("https://example.com/help", Shape.URL),
        ("www.example.com", Shape.URL),
        ("I don't know", Shape.OTHER),
        ("わかりません", Shape.OTHER),
        (GENESIS[:-1], Shape.OTHER),
        ("", Shape.OTHER),
    ],
)
def test_what_was_pasted_is_named(text: str, shape: Shape) -> None:
    assert kind_of(text) is shape


@pytest.mark.parametrize(
    ("text", "family", "shape"),
    [
        (DIGEST, "sui", Shape.TXID),
        (DIGEST, "near", Shape.TXID),
        (DIGEST, "solana", Shape.ADDRESS),
        (ETHEREUM, "sui", Shape.ADDRESS),
        (ETHEREUM, "evm", Shape.TXID),
        (GENESIS, "near", Shape.ADDRESS),
        (EVM_ADDRESS, "bitcoin", Shape.ADDRESS),
        (GENESIS, "evm", Shape.TXID),
    ],
)
def test_known_family_settles_what_is_two_things(text: str, family: str, shape: Shape) -> None:
    assert kind_of(text, family) is shape


def test_unknown_family_is_our_bug_and_says_so() -> None:
    with pytest.raises(ValueError):
        check_txid("etherium", ETHEREUM)


@given(st.text(), st.sampled_from([None, *Family]))
def test_any_text_is_named_and_searched(text: str, family: Family | None) -> None:
    assert kind_of(text, family) in set(Shape)
    txid = extract_txid(text, family)
    assert txid is None or families_of_txid(txid)


LINKISH = st.lists(
    st.sampled_from(
        ["https://", "a.io", "/", "#", "?", "=", "%", "%3", ":", "tx", "0x", "@", ".", GENESIS, DIGEST, TON, "é", " "]
    ),
    max_size=60,
)


@given(LINKISH)
def test_any_mangled_link_is_named_and_searched(pieces: list[str]) -> None:
    text = "".join(pieces)
    txid = extract_txid(text)

    assert kind_of(text) in set(Shape)
    assert txid is None or families_of_txid(txid)
