import random
import subprocess
import sys

import bip_utils as bip
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.networks.addresses import check_address, extract_address, families_of_address
from bot.networks.formats import AddressCheck, Family
from tests.unit.networks.address_kinds import WITH_CHECKSUM, WITHOUT_CHECKSUM, Kind

SAMPLES, TYPOS = 12, 8

PUBLISHED = [
    ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ("bitcoin", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
    ("bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
    ("bitcoin", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
    ("bitcoin", "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3"),
    ("bitcoin", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"),
    ("bitcoin_cash", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"),
    ("dogecoin", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L"),
    ("evm", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
    ("evm", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
    ("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
    ("ripple", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
    ("ripple", "XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8yuPT7y4xaEHi"),
    ("stellar", "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"),
    ("stellar", "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAAGZFQ"),
    ("ton", "EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF"),
    ("ton", "EQAOl3l3CEEcKaPLHz+BDvT4P0HZkIOPf5POcILE/5qgJuR2"),
    (
        "cardano",
        "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x",
    ),
    (
        "cardano",
        "addr1x8phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gt7r0vd4msrxnuwnccdxlhdjar77j6lg0wypcc9uar5d2shskhj42g",
    ),
    ("cardano", "addr1gx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer5pnz75xxcrzqf96k"),
    ("cardano", "addr1w8phkx6acpnf78fuvxn0mkew3l0fd058hzquvz7w36x4gtcyjy7wx"),
    ("polkadot", "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"),
    ("cosmos", "cosmos1jv65s3grqf6v6jl3dp4t6c9t9rk99cd88lyufl"),
    ("algorand", "A" * 52 + "Y5HFKQ"),
]
NOT_FOR_DEPOSITS = [
    ("bitcoin", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"),
    ("bitcoin", "bc1sw50qgdz25j"),
    ("cardano", "addr_test1vz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerspjrlsz"),
    ("cardano", "stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw"),
    ("polkadot", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"),
    ("ton", "kQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPgpP"),
    ("ripple", "T7oKJ3q7s94kDH6tpkBowhetT1JKfcfdSCmAXbS75iATyLD"),
    ("tron", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
    ("near", "hello"),
    ("evm", ""),
]


def samples(name: str, kind: Kind) -> list[str]:
    source = random.Random(name)
    return [kind.encode(source) for _ in range(SAMPLES)]


def typos(name: str, address: str, alphabet: str) -> list[str]:
    source = random.Random(name + address)
    start = address.index(":") + 1 if ":" in address else 0
    found = []
    for _ in range(TYPOS):
        place = source.randrange(start, len(address))
        letter = source.choice([letter for letter in alphabet if letter != address[place]])
        found.append(address[:place] + letter + address[place + 1 :])
    return found


@pytest.mark.parametrize("name", WITH_CHECKSUM)
def test_generated_address_with_checksum_is_valid(name: str) -> None:
    kind = WITH_CHECKSUM[name]

    assert {address: check_address(kind.family, address) for address in samples(name, kind)} == dict.fromkeys(
        samples(name, kind), AddressCheck.VALID
    )


@pytest.mark.parametrize("name", WITH_CHECKSUM)
def test_one_wrong_character_never_passes(name: str) -> None:
    """Every one-character typo is caught, in all families at once, where the kind carries a checksum."""
    kind = WITH_CHECKSUM[name]
    wrong = [typo for address in samples(name, kind) for typo in typos(name, address, kind.alphabet)]

    assert [typo for typo in wrong if check_address(kind.family, typo) is AddressCheck.VALID] == []
    assert [typo for typo in wrong if families_of_address(typo)] == []


@pytest.mark.parametrize("name", WITHOUT_CHECKSUM)
def test_address_without_checksum_is_never_called_valid(name: str) -> None:
    kind = WITHOUT_CHECKSUM[name]

    assert {check_address(kind.family, address) for address in samples(name, kind)} == {AddressCheck.UNCHECKED}


@pytest.mark.parametrize(("family", "address"), PUBLISHED)
def test_published_address_is_valid_in_its_family(family: str, address: str) -> None:
    assert check_address(family, address) is AddressCheck.VALID
    assert family in families_of_address(address)


@pytest.mark.parametrize(("family", "address"), NOT_FOR_DEPOSITS)
def test_what_cannot_be_paid_here_has_the_wrong_shape(family: str, address: str) -> None:
    assert check_address(family, address) is AddressCheck.WRONG_SHAPE


@pytest.mark.parametrize(
    ("family", "address"),
    [
        ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0"),
        ("bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3b4"),
        ("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLjt"),
        ("evm", "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        ("stellar", "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSG0"),
        ("cardano", "Ae2tdPwUPEZLs4HtbuNey7tK4hTKrwNwYtGqp7bDfCy2WdR3P6735W5Yfp1"),
    ],
)
def test_typo_is_told_apart_from_nonsense(family: str, address: str) -> None:
    """A letter outside the alphabet, a lost letter and a changed letter are all "one character is wrong"."""
    assert check_address(family, address) is AddressCheck.BAD_CHECKSUM


def test_same_address_is_reported_for_every_family_it_fits() -> None:
    assert families_of_address("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") == {"bitcoin", "bitcoin_cash"}
    assert families_of_address("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy") == {"bitcoin", "bitcoin_cash", "litecoin"}


def test_solana_program_account_off_the_curve_is_accepted() -> None:
    associated_token_account = bip.SplToken.GetAssociatedTokenAddress(
        "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
    )

    assert check_address("solana", associated_token_account) is AddressCheck.UNCHECKED


@pytest.mark.parametrize(
    "pasted",
    [
        " 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n",
        "`1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa`",
        "「1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa」。",
        "\u200b1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\u200e",
        "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?amount=0.5&label=me",
    ],
)
def test_what_copying_adds_does_not_matter(pasted: str) -> None:
    assert check_address("bitcoin", pasted) is AddressCheck.VALID


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("I used TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t, is that right?", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        ("アドレスは1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNaです", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        (
            "https://etherscan.io/address/0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed#code",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        ),
        ("send it to alice.near please", "alice.near"),
        ("https://site.tg/page", None),
        ("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b", None),
        ("I have no idea", None),
    ],
)
def test_address_is_found_inside_a_text(text: str, address: str | None) -> None:
    assert extract_address(text) == address


def test_ordinary_talk_never_loads_the_decoders() -> None:
    """The library takes half a second to import; a first "hello" must not wait for it."""
    talk = "hello, my 0.5 BTC deposit 12345678 to https://example.com is missing, hana@example.com"
    program = (
        "import sys; from bot.networks import shapes, names, memos, amounts\n"
        f"shapes.kind_of({talk!r}); names.find_assets({talk!r}, {{'BTC': ['btc']}})\n"
        f"memos.check_memo('ripple', '5'); amounts.parse_amount({talk!r})\n"
        "print('bip_utils' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "False"


def test_unknown_family_is_our_bug_and_says_so() -> None:
    with pytest.raises(ValueError):
        check_address("bitcoinn", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")


@given(st.text())
def test_any_text_gets_a_verdict(text: str) -> None:
    assert {check_address(family, text) for family in Family} <= set(AddressCheck)
    assert extract_address(text) is None or families_of_address(str(extract_address(text)))


@given(st.sampled_from([*WITH_CHECKSUM, *WITHOUT_CHECKSUM]), st.data())
def test_any_damage_to_an_address_gets_a_verdict(name: str, data: st.DataObject) -> None:
    """Cut, doubled or overwritten with any ASCII, a real address never makes a decoder raise."""
    kind = (WITH_CHECKSUM | WITHOUT_CHECKSUM)[name]
    address = kind.encode(random.Random(name))
    start = data.draw(st.integers(0, len(address)))
    noise = data.draw(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12))
    skipped = data.draw(st.integers(0, 12))
    damaged = address[:start] + noise + address[start + skipped :]

    assert {check_address(family, damaged) for family in Family} <= set(AddressCheck)
