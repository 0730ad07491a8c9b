"""The shipped networks.yaml is regular, and every name in it is found by its own alias and by no other entry's."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.networks.formats import Family
from bot.networks.names import find_assets, find_networks
from bot.networks.txids import extract_txid

TXIDS = {
    "evm": "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060",
    "polkadot": "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060",
    "aptos": "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060",
    "solana": "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW",
    "algorand": "QOOBRVQMX4HW5QZ2EGLQDQCQTKRF3UP3JKDGKYPCXMI6AVV35KQA",
    "near": "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
    "sui": "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
}
HEX = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
FACTS = {"confirmations_credit", "confirmations_unlock", "minimum_deposit", "usual_minutes"}

FILE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[3] / "knowledge_base" / "networks.yaml").read_text("utf-8")
)
NETWORKS: dict[str, Any] = FILE["networks"]
ASSETS: dict[str, Any] = FILE["assets"]
NETWORK_ALIASES = {name: network["aliases"] for name, network in NETWORKS.items()}
ASSET_ALIASES = {ticker: asset["aliases"] for ticker, asset in ASSETS.items()}


@pytest.mark.parametrize("name", NETWORKS)
def test_network_is_complete_and_its_explorer_takes_a_txid(name: str) -> None:
    network = NETWORKS[name]
    txid = TXIDS.get(network["family"], HEX)
    link = network["explorer"].format(txid=txid)

    assert set(network) == {"name", "family", "aliases", "explorer"}
    assert network["family"] in set(Family)
    assert link.startswith("https://")
    assert extract_txid(f"look: {link}") == txid


@pytest.mark.parametrize("ticker", ASSETS)
def test_asset_is_complete_and_lives_on_known_networks(ticker: str) -> None:
    asset = ASSETS[ticker]

    assert set(asset) == {"name", "aliases", "networks"}
    assert asset["networks"]
    assert set(asset["networks"]) <= set(NETWORKS)
    for rules in asset["networks"].values():
        assert rules["memo"] in {"required", "none"}
        assert set(rules) - {"memo"} <= FACTS


def test_every_fact_says_whose_it_is_and_when_it_was_checked() -> None:
    facts = [
        fact
        for asset in ASSETS.values()
        for rules in asset["networks"].values()
        for key, fact in rules.items()
        if key in FACTS
    ]

    assert facts
    for fact in facts:
        assert set(fact) == {"value", "source", "checked_on"}
        assert fact["value"] > 0
        assert "https://" in fact["source"]
        assert isinstance(fact["checked_on"], date)


def test_every_family_is_used() -> None:
    assert {network["family"] for network in NETWORKS.values()} == set(Family)


def test_chains_with_shared_addresses_need_a_memo() -> None:
    needed = {(ticker, name) for ticker, asset in ASSETS.items() for name in asset["networks"]} & {
        ("XRP", "ripple"),
        ("XLM", "stellar"),
        ("TON", "ton"),
        ("ATOM", "cosmos"),
        ("USDT", "ton"),
        ("USDC", "stellar"),
    }

    assert len(needed) == 6
    assert {ASSETS[ticker]["networks"][name]["memo"] for ticker, name in needed} == {"required"}


@pytest.mark.parametrize(("ticker", "alias"), [(t, alias) for t, known in ASSET_ALIASES.items() for alias in known])
def test_asset_is_found_by_each_alias_alone(ticker: str, alias: str) -> None:
    assert find_assets(alias, ASSET_ALIASES) == (ticker,)


@pytest.mark.parametrize(("name", "alias"), [(n, alias) for n, known in NETWORK_ALIASES.items() for alias in known])
def test_network_is_found_by_each_alias_alone(name: str, alias: str) -> None:
    assert find_networks(alias, NETWORK_ALIASES) == (name,)


@pytest.mark.parametrize(
    "text",
    [
        "I cannot log in, please send me the link",
        "Is there an app near me? One more question, what is the base fee?",
        "It weighs a ton, dot the i, at an atom's cost",
        "hola, algo salió mal y hay sol",
        "Ada masalah dengan akun saya",
        "электронная почта не приходит, оптимально",
        "電子メールが届きません。スイッチとトンネルとベースの話です",
        "이메일이 안 와요. 다이어트",
        "البريد الإلكتروني لا يصل",
        "इलेक्ट्रॉनिक मेल नहीं आया",
        "อีเมลอิเล็กทรอนิกส์ไม่มา",
        "电子邮件没有收到，波动很大",
    ],
)
def test_ordinary_talk_names_neither_asset_nor_network(text: str) -> None:
    assert find_assets(text, ASSET_ALIASES, NETWORK_ALIASES) == ()
    assert find_networks(text, NETWORK_ALIASES, ASSET_ALIASES) == ()


@pytest.mark.parametrize(
    ("text", "assets", "networks"),
    [
        ("USDT on Polygon", ("USDT",), ("polygon",)),
        ("USDC via base", ("USDC",), ("base",)),
        ("usdt bnb", ("USDT",), ("bsc",)),
        ("USDTをトロンで送った", ("USDT",), ("tron",)),
        ("테더를 이더리움으로 보냈어요", ("USDT",), ("ethereum",)),
        ("я отправил тезер через trc20", ("USDT",), ("tron",)),
        ("把泰达币发到波场", ("USDT",), ("tron",)),
        ("BTC BEP20", ("BTC",), ("bsc",)),
        ("SHIB", ("SHIB",), ()),
    ],
)
def test_everyday_pairs_are_understood(text: str, assets: tuple[str, ...], networks: tuple[str, ...]) -> None:
    assert find_assets(text, ASSET_ALIASES, NETWORK_ALIASES) == assets
    assert find_networks(text, NETWORK_ALIASES, ASSET_ALIASES) == networks
