"""The kinds of address, each as the library itself writes it from a random key: the other side of what is checked."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import bip_utils as bip

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of address: how the library writes it, and which letters a typo in it may turn into."""

    family: str
    encode: Callable[[random.Random], str]
    alphabet: str


def _secp256k1(source: random.Random) -> bytes:
    key: bytes = bip.Secp256k1PrivateKey.FromBytes(source.randbytes(32)).PublicKey().RawCompressed().ToBytes()
    return key


def _ed25519(source: random.Random) -> bytes:
    key: bytes = bip.Ed25519PrivateKey.FromBytes(source.randbytes(32)).PublicKey().RawCompressed().ToBytes()
    return key


def _cbor_bytes(content: bytes) -> bytes:
    return bytes([0x58, len(content)]) + content


def _by_name(name: str, key: Callable[[random.Random], bytes], **options: object) -> Callable[[random.Random], str]:
    encoder = getattr(bip, f"{name}AddrEncoder")
    return lambda source: str(encoder.EncodeKey(key(source), **options))


def _shelley(source: random.Random) -> str:
    return str(bip.AdaShelleyAddrEncoder.EncodeKey(_ed25519(source), pub_skey=_ed25519(source)))


def _byron_icarus(source: random.Random) -> str:
    return str(bip.AdaByronIcarusAddrEncoder.EncodeKey(_ed25519(source), chain_code=source.randbytes(32)))


def _byron_legacy(source: random.Random) -> str:
    return str(
        bip.AdaByronLegacyAddrEncoder.EncodeKey(
            _ed25519(source),
            chain_code=source.randbytes(32),
            hd_path="m/0'/0'",
            hd_path_key=source.randbytes(32),
        )
    )


def _p2wsh(source: random.Random) -> str:
    return str(bip.SegwitBech32Encoder.Encode("bc", 0, source.randbytes(32)))


def _module_account(source: random.Random) -> str:
    return str(bip.Bech32Encoder.Encode("cosmos", source.randbytes(32)))


def _cash_without_prefix(source: random.Random) -> str:
    return _by_name("BchP2PKH", _secp256k1, hrp="bitcoincash", net_ver=b"\x00")(source).removeprefix("bitcoincash:")


def _x_address(source: random.Random) -> str:
    tag = source.randrange(2**32).to_bytes(8, "little")
    payload = b"\x05\x44" + source.randbytes(20) + b"\x01" + tag
    return str(bip.Base58Encoder.CheckEncode(payload, bip.Base58Alphabets.RIPPLE))


def _ton(version: str, *, is_bounceable: bool) -> Callable[[random.Random], str]:
    options = {"version": bip.TonAddrVersions[version], "is_bounceable": is_bounceable}
    return lambda source: str(bip.TonAddrEncoder.EncodeKey(_ed25519(source)[1:], **options))


WITH_CHECKSUM = {
    "btc p2pkh": Kind("bitcoin", _by_name("P2PKH", _secp256k1, net_ver=b"\x00"), BASE58),
    "btc p2sh": Kind("bitcoin", _by_name("P2SH", _secp256k1, net_ver=b"\x05"), BASE58),
    "btc bech32": Kind("bitcoin", _by_name("P2WPKH", _secp256k1, hrp="bc"), BECH32),
    "btc p2wsh": Kind("bitcoin", _p2wsh, BECH32),
    "btc taproot": Kind("bitcoin", _by_name("P2TR", _secp256k1, hrp="bc"), BECH32),
    "ltc p2pkh": Kind("litecoin", _by_name("P2PKH", _secp256k1, net_ver=b"\x30"), BASE58),
    "ltc p2sh": Kind("litecoin", _by_name("P2SH", _secp256k1, net_ver=b"\x32"), BASE58),
    "ltc bech32": Kind("litecoin", _by_name("P2WPKH", _secp256k1, hrp="ltc"), BECH32),
    "doge p2pkh": Kind("dogecoin", _by_name("P2PKH", _secp256k1, net_ver=b"\x1e"), BASE58),
    "doge p2sh": Kind("dogecoin", _by_name("P2SH", _secp256k1, net_ver=b"\x16"), BASE58),
    "bch p2pkh": Kind("bitcoin_cash", _by_name("BchP2PKH", _secp256k1, hrp="bitcoincash", net_ver=b"\x00"), BECH32),
    "bch p2sh": Kind("bitcoin_cash", _by_name("BchP2SH", _secp256k1, hrp="bitcoincash", net_ver=b"\x08"), BECH32),
    "bch bare": Kind("bitcoin_cash", _cash_without_prefix, BECH32),
    "bch legacy": Kind("bitcoin_cash", _by_name("P2PKH", _secp256k1, net_ver=b"\x00"), BASE58),
    "evm": Kind("evm", _by_name("Eth", _secp256k1), "0123456789abcdefABCDEF"),
    "trx": Kind("tron", _by_name("Trx", _secp256k1), BASE58),
    "xrp": Kind("ripple", _by_name("Xrp", _secp256k1), BASE58),
    "xrp x-address": Kind("ripple", _x_address, BASE58),
    "xlm": Kind("stellar", _by_name("Xlm", _ed25519, addr_type=bip.XlmAddrTypes.PUB_KEY), BASE32),
    "ton v4": Kind("ton", _ton("V4", is_bounceable=False), BASE64),
    "ton v4 bounceable": Kind("ton", _ton("V4", is_bounceable=True), BASE64),
    "ton v5": Kind("ton", _ton("V5R1", is_bounceable=False), BASE64),
    "ada shelley": Kind("cardano", _shelley, BECH32),
    "ada byron icarus": Kind("cardano", _byron_icarus, BASE58),
    "ada byron legacy": Kind("cardano", _byron_legacy, BASE58),
    "dot": Kind("polkadot", _by_name("SubstrateEd25519", _ed25519, ss58_format=0), BASE58),
    "atom": Kind("cosmos", _by_name("Atom", _secp256k1, hrp="cosmos"), BECH32),
    "atom module": Kind("cosmos", _module_account, BECH32),
    "algo": Kind("algorand", _by_name("Algo", _ed25519), BASE32),
}
WITHOUT_CHECKSUM = {
    "sol": Kind("solana", _by_name("Sol", _ed25519), BASE58),
    "near": Kind("near", _by_name("Near", _ed25519), "0123456789abcdef"),
    "apt": Kind("aptos", _by_name("Aptos", _ed25519), "0123456789abcdef"),
    "sui": Kind("sui", _by_name("Sui", _ed25519), "0123456789abcdef"),
    "evm in small letters": Kind(
        "evm", lambda source: _by_name("Eth", _secp256k1)(source).lower(), "0123456789abcdef"
    ),
}
