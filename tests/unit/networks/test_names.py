import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.networks.names import find_assets, find_networks

ASSETS = {
    "BTC": [
        "btc",
        "bitcoin",
        "ビットコイン",
        "比特币",
        "비트코인",
        "биткоин",
        "بيتكوين",
        "ביטקוין",
        "बिटकॉइन",
        "บิตคอยน์",
    ],
    "BCH": ["bch", "bitcoin cash", "ビットコインキャッシュ"],
    "ETH": ["eth", "ethereum", "イーサリアム", "以太坊", "이더"],
    "USDT": ["usdt", "tether", "テザー"],
    "TRX": ["trx", "tron", "トロン", "트론", "трон", "ترون", "ट्रॉन"],
    "SOL": ["SOL", "solana"],
    "TON": ["TON", "toncoin"],
    "NEAR": ["NEAR"],
    "LINK": ["LINK", "chainlink"],
}
NETWORKS = {
    "ethereum": ["erc-20", "ethereum", "eth", "イーサリアム", "etherscan"],
    "optimism": ["OP", "optimism", "optimistic.etherscan"],
    "bsc": ["bep-20", "bnb smart chain"],
    "tron": ["trc-20", "tron", "トロン", "트론", "трон", "ترون", "ट्रॉन"],
    "solana": ["SOL", "solana"],
    "ton": ["TON", "ton network"],
    "arbitrum": ["arbitrum"],
}


@pytest.mark.parametrize(
    ("text", "assets"),
    [
        ("My BTC is missing", ("BTC",)),
        ("$btc", ("BTC",)),
        ("Bitcoins!", ("BTC",)),
        ("250usdt not arrived", ("USDT",)),
        ("ＢＴＣ", ("BTC",)),
        ("私のBTCが届かない", ("BTC",)),
        ("ビットコインを送りました", ("BTC",)),
        ("我的比特币没有到账", ("BTC",)),
        ("제비트코인이안와요", ("BTC",)),
        ("биткоинов нет", ("BTC",)),
        ("والبيتكوين لم يصل", ("BTC",)),
        ("הביטקוין לא הגיע", ("BTC",)),
        ("मेरा बिटकॉइन नहीं आया", ("BTC",)),
        ("ฝากบิตคอยน์แล้ว", ("BTC",)),
        ("bitcoin cash", ("BCH",)),
        ("BitcoinCash", ("BCH",)),
        ("ビットコインキャッシュ", ("BCH",)),
        ("eth and then tether", ("ETH", "USDT")),
        ("tether, eth, USDT", ("USDT", "ETH")),
        ("abtc btcx subtce", ()),
        ("nothing here", ()),
        ("", ()),
    ],
)
def test_assets_are_found_in_any_script(text: str, assets: tuple[str, ...]) -> None:
    assert find_assets(text, ASSETS) == assets


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("erc20", ("ethereum",)),
        ("ERC-20", ("ethereum",)),
        ("erc 20", ("ethereum",)),
        ("USDT_TRC20", ("tron",)),
        ("bep20", ("bsc",)),
        ("BEP2", ()),
        ("BEP200", ()),
        ("BNBSmartChain", ("bsc",)),
        ("トロンで送った", ("tron",)),
        ("트론으로 보냈어요", ("tron",)),
        ("https://etherscan.io/tx/1", ("ethereum",)),
        ("https://optimistic.etherscan.io/tx/1", ("optimism",)),
        ("from ethereum to arbitrum", ("ethereum", "arbitrum")),
    ],
)
def test_networks_are_found_by_their_standards_and_explorers(text: str, networks: tuple[str, ...]) -> None:
    assert find_networks(text, NETWORKS) == networks


@pytest.mark.parametrize(
    "text",
    [
        "electronic mail",
        "электронная почта",
        "エレクトロン",
        "일렉트론",
        "البريد الإلكتروني",
        "इलेक्ट्रॉनिक मेल",
    ],
)
def test_electronic_is_not_tron_in_any_language(text: str) -> None:
    assert find_networks(text, NETWORKS) == ()


@pytest.mark.parametrize(
    ("text", "assets"),
    [
        ("TON", ("TON",)),
        ("ton", ("TON",)),
        ("Near?", ("NEAR",)),
        ("my TON deposit", ("TON",)),
        ("I sent $link", ("LINK",)),
        ("#sol", ("SOL",)),
        ("5 sol", ("SOL",)),
        ("100near gone", ("NEAR",)),
        ("it weighs a ton", ()),
        ("send me the link", ()),
        ("near the end", ()),
        ("PLEASE SEND ME THE LINK NOW", ()),
        ("TON WALLET", ("TON",)),
    ],
)
def test_ticker_that_is_a_word_counts_only_where_it_stands_out(text: str, assets: tuple[str, ...]) -> None:
    assert find_assets(text, ASSETS) == assets


@pytest.mark.parametrize(
    ("text", "assets", "networks"),
    [
        ("USDT on Solana", ("USDT",), ("solana",)),
        ("usdt sol", ("USDT",), ("solana",)),
        ("usdt on ton", ("USDT",), ("ton",)),
        ("USDT (TON)", ("USDT",), ("ton",)),
        ("usdt trc20", ("USDT",), ("tron",)),
        ("usdt eth", ("USDT",), ("ethereum",)),
        ("ETH on Arbitrum", ("ETH",), ("arbitrum",)),
        ("link erc20", ("LINK",), ("ethereum",)),
        ("ETH", ("ETH",), ("ethereum",)),
        ("BTC", ("BTC",), ()),
    ],
)
def test_asset_and_its_network_are_told_apart(text: str, assets: tuple[str, ...], networks: tuple[str, ...]) -> None:
    assert find_assets(text, ASSETS, NETWORKS) == assets
    assert find_networks(text, NETWORKS, ASSETS) == networks


@pytest.mark.parametrize(
    "text",
    [
        "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBTC5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnb",
        "TR7NHqjeKQxGTCi8q8ZY4pL5sol8otSzgj",
    ],
)
def test_tickers_inside_hashes_are_not_seen(text: str) -> None:
    assert find_assets(text, ASSETS) == ()


@given(st.text(), st.dictionaries(st.text(), st.lists(st.text(), max_size=3), max_size=3))
def test_any_text_and_any_table_can_be_searched(text: str, aliases: dict[str, list[str]]) -> None:
    assert set(find_assets(text, aliases, NETWORKS)) <= set(aliases)
    assert set(find_networks(text, NETWORKS, aliases)) <= set(NETWORKS)


@given(
    st.lists(
        st.sampled_from([*"$#-_ .0a", "usdt", "sol", "TON", "ビット", "コイン", "ال", "трон", "İ", "ß"]), max_size=80
    )
)
def test_any_mix_of_scripts_can_be_searched(pieces: list[str]) -> None:
    assert set(find_assets("".join(pieces), ASSETS, NETWORKS)) <= set(ASSETS)
