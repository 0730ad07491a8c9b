"""Checksums of addresses, one function per encoding; what comes in already has the outer shape of its kind.

A text that cannot be decoded is called BAD_CHECKSUM: with the right outer shape it is one wrong character.
A right checksum on something that cannot be paid (a test network, a stake key) is WRONG_SHAPE.
"""

import binascii
from base64 import b32decode, b32encode, b64decode
from collections.abc import Callable, Container
from typing import TypeVar

from bot.networks.formats import AddressCheck, library

Decoder = Callable[[str], AddressCheck]
Decoded = TypeVar("Decoded")

_HASH_BYTES = 20
_KEY_BYTES = 32
_X_ADDRESS_BYTES = 31
_TWO_CREDENTIALS, _POINTER, _ONE_CREDENTIAL = (57,), range(32, 48), (29,)
_SHELLEY_SIZES: dict[int, Container[int]] = {
    **dict.fromkeys(range(4), _TWO_CREDENTIALS),
    **dict.fromkeys((4, 5), _POINTER),
    **dict.fromkeys((6, 7), _ONE_CREDENTIAL),
}
_CASH_VERSIONS = {0x00: 20, 0x08: 20, 0x10: 20, 0x18: 20, 0x0B: 32, 0x1B: 32}
_TON_FLAGS = (0x11, 0x51)  # 0x80 more is a test network.
_TON_CHAINS = (0x00, 0xFF)
_BASE64_URL = str.maketrans("-_", "+/")
_BYRON_HEAD = b"\x82\xd8\x18\x58"
_STRKEY_SIZES = {6 << 3: 35, 12 << 3: 43}


def base58check(*versions: int, alphabet: str = "BITCOIN") -> Decoder:
    """Make a check for one version byte and a 20-byte hash, base58 with a double SHA-256 checksum."""

    def check(text: str) -> AddressCheck:
        letters = getattr(library().Base58Alphabets, alphabet)
        payload = _decoded(lambda address: library().Base58Decoder.CheckDecode(address, letters), text)
        if payload is None:
            return AddressCheck.BAD_CHECKSUM
        return _verdict(len(payload) == 1 + _HASH_BYTES and payload[0] in versions)

    return check


def segwit(prefix: str) -> Decoder:
    """Make a check for witness versions 0 (bech32) and 1 (bech32m) under this prefix."""

    def check(text: str) -> AddressCheck:
        parts = _decoded(lambda address: library().SegwitBech32Decoder.Decode(prefix, address), text)
        if parts is None:
            return AddressCheck.BAD_CHECKSUM
        version, program = parts
        return _verdict(version == 0 or (version == 1 and len(program) == _KEY_BYTES))

    return check


def cash_address(text: str) -> AddressCheck:
    """Check a Bitcoin Cash address, written with or without its prefix."""
    full = text if ":" in text else ("BITCOINCASH:" if text.isupper() else "bitcoincash:") + text
    parts = _decoded(lambda address: library().BchBech32Decoder.Decode("bitcoincash", address), full)
    if parts is None:
        return AddressCheck.BAD_CHECKSUM
    version, payload = parts
    return _verdict(_CASH_VERSIONS.get(version[0]) == len(payload))


def evm(text: str) -> AddressCheck:
    """Check the letter case of an EVM address; in one case throughout it carries no checksum."""
    digits = text[2:]
    if digits in (digits.lower(), digits.upper()):
        return AddressCheck.UNCHECKED
    known = _decoded(library().EthAddrDecoder.DecodeAddr, "0x" + digits)
    return AddressCheck.BAD_CHECKSUM if known is None else AddressCheck.VALID


def x_address(text: str) -> AddressCheck:
    """Check an XRP X-address, which carries its destination tag inside."""
    letters = library().Base58Alphabets.RIPPLE
    payload = _decoded(lambda address: library().Base58Decoder.CheckDecode(address, letters), text)
    if payload is None:
        return AddressCheck.BAD_CHECKSUM
    return _verdict(len(payload) == _X_ADDRESS_BYTES and payload.startswith(b"\x05\x44"))


def strkey(text: str) -> AddressCheck:
    """Check a Stellar account (G…) or muxed account (M…)."""
    raw = _base32(text)
    if raw is None or binascii.crc_hqx(raw[:-2], 0).to_bytes(2, "little") != raw[-2:]:
        return AddressCheck.BAD_CHECKSUM
    return _verdict(_STRKEY_SIZES.get(raw[0]) == len(raw))


def algorand(text: str) -> AddressCheck:
    """Check an Algorand address: 32 bytes and the last 4 of their SHA-512/256."""
    raw = _base32(text)
    if raw is None or library().Sha512_256.QuickDigest(raw[:-4])[-4:] != raw[-4:]:
        return AddressCheck.BAD_CHECKSUM
    return AddressCheck.VALID


def ton(text: str) -> AddressCheck:
    """Check a user-friendly TON address in either base64 alphabet."""
    raw = b64decode(text.translate(_BASE64_URL))
    if binascii.crc_hqx(raw[:-2], 0).to_bytes(2, "big") != raw[-2:]:
        return AddressCheck.BAD_CHECKSUM
    return _verdict(raw[0] in _TON_FLAGS and raw[1] in _TON_CHAINS)


def byron(text: str) -> AddressCheck:
    """Check an old Cardano address by the CRC-32 around it; the CBOR inside is never parsed, it may be hostile."""
    raw = _decoded(library().Base58Decoder.Decode, text)
    if raw is None or not raw.startswith(_BYRON_HEAD):
        return AddressCheck.BAD_CHECKSUM
    start = len(_BYRON_HEAD) + 1
    end = start + raw[start - 1]
    fits = raw[end:] == _cbor_number(binascii.crc32(raw[start:end]))
    return AddressCheck.VALID if fits else AddressCheck.BAD_CHECKSUM


def shelley(text: str) -> AddressCheck:
    """Check a Cardano payment address: main network, with or without a stake part."""
    raw = _decoded(lambda address: library().Bech32Decoder.Decode("addr", address), text)
    if raw is None:
        return AddressCheck.BAD_CHECKSUM
    kind, network = raw[0] >> 4, raw[0] & 0x0F
    return _verdict(network == 1 and len(raw) in _SHELLEY_SIZES.get(kind, ()))


def polkadot(text: str) -> AddressCheck:
    """Check an SS58 address of the Polkadot network (format 0)."""
    parts = _decoded(library().SS58Decoder.Decode, text)
    return AddressCheck.BAD_CHECKSUM if parts is None else _verdict(parts[0] == 0)


def cosmos(text: str) -> AddressCheck:
    """Check a Cosmos Hub account, of a person (20 bytes) or of a module (32 bytes)."""
    raw = _decoded(lambda address: library().Bech32Decoder.Decode("cosmos", address), text)
    return AddressCheck.BAD_CHECKSUM if raw is None else _verdict(len(raw) in (_HASH_BYTES, _KEY_BYTES))


def solana(text: str) -> AddressCheck:
    """Check that the text is base58 of 32 bytes, on the curve or off it: program accounts are paid too."""
    raw = _decoded(library().Base58Decoder.Decode, text)
    return AddressCheck.UNCHECKED if raw is not None and len(raw) == _KEY_BYTES else AddressCheck.WRONG_SHAPE


def without_checksum(_text: str) -> AddressCheck:
    """Answer for the kinds where the outer shape is all there is."""
    return AddressCheck.UNCHECKED


def _verdict(fits: bool) -> AddressCheck:
    return AddressCheck.VALID if fits else AddressCheck.WRONG_SHAPE


def _decoded(decode: Callable[[str], Decoded], text: str) -> Decoded | None:
    bip = library()
    broken = (ValueError, bip.Base58ChecksumError, bip.Bech32ChecksumError, bip.SS58ChecksumError)
    try:
        return decode(text)
    except broken:
        return None


def _base32(text: str) -> bytes | None:
    """Decode only the one canonical spelling: spare bits in the last letter would hide a typo."""
    try:
        raw = b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        return None
    return raw if b32encode(raw).decode().rstrip("=") == text else None


def _cbor_number(number: int) -> bytes:
    """Return an unsigned number above 23 as CBOR writes it: a head that tells the size, then the bytes."""
    head, size = next((head, size) for head, size in ((0x18, 1), (0x19, 2), (0x1A, 4)) if number < 1 << (8 * size))
    return bytes([head]) + number.to_bytes(size, "big")
