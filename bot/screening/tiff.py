"""The one thing of a camera's notes that is kept: which way up the picture is.

Exif 2.32, sections 4.5 and 4.6: a TIFF header, and a first directory in which tag 0x0112 is the orientation.
"""

import struct

_ORIENTATION = 0x0112
_ENTRY = 12
_TURNED = range(2, 9)


def orientation_only(notes: bytes) -> bytes:
    """A TIFF block that says nothing but the orientation; empty when the picture is upright or nobody can tell."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(notes[:4])
    if order is None:
        return b""
    try:
        turned = _orientation(notes, order)
    except struct.error:
        return b""
    if turned not in _TURNED:
        return b""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)


def _orientation(notes: bytes, order: str) -> int:
    (start,) = struct.unpack_from(order + "I", notes, 4)
    (count,) = struct.unpack_from(order + "H", notes, start)
    for at in range(start + 2, start + 2 + count * _ENTRY, _ENTRY):
        tag, _, _, value = struct.unpack_from(order + "HHIH", notes, at)
        if tag == _ORIENTATION:
            return int(value)
    return 1
