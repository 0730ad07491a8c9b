"""What is known to be refused, by its first bytes; and an archive that hides behind something harmless."""

import struct

from bot.screening.verdict import Held, Hold

_TAR_AT, _ISO_AT = 257, 32769
_ZIP_END = b"PK\x05\x06"
_ZIP_LONGEST_TAIL = 22 + 65535

_ARCHIVES = {
    b"Rar!\x1a\x07": "application/vnd.rar",
    b"7z\xbc\xaf\x27\x1c": "application/x-7z-compressed",
    b"\x1f\x8b": "application/gzip",
    b"BZh": "application/x-bzip2",
    b"\xfd7zXZ\0": "application/x-xz",
    b"\x28\xb5\x2f\xfd": "application/zstd",
    b"MSCF": "application/vnd.ms-cab-compressed",
    b"xar!": "application/x-xar",
}
_PROGRAMS = {
    b"MZ": "application/vnd.microsoft.portable-executable",
    b"\x7fELF": "application/x-executable",
    b"\xfe\xed\xfa\xce": "application/x-mach-binary",
    b"\xfe\xed\xfa\xcf": "application/x-mach-binary",
    b"\xce\xfa\xed\xfe": "application/x-mach-binary",
    b"\xcf\xfa\xed\xfe": "application/x-mach-binary",
    b"\xca\xfe\xba\xbe": "application/java-vm",
    b"dex\n": "application/vnd.android.dex",
    b"L\0\0\0\x01\x14\x02\0": "application/x-ms-shortcut",
    b"\0asm": "application/wasm",
    b"#!": "text/x-shellscript",
}


def refused(content: bytes) -> Held | None:
    """Why a file is refused at first sight; None when it is not known to be bad."""
    if content.startswith((b"PK\x03\x04", _ZIP_END, b"PK\x07\x08")):
        return _zipped(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # The old Office formats (and installers): whether there is a macro in them cannot be told cheaply.
        return Held(Hold.MACRO, "application/x-ole-storage")
    for known, why in ((_ARCHIVES, Hold.ARCHIVE), (_PROGRAMS, Hold.PROGRAM)):
        for magic, content_type in known.items():
            if content.startswith(magic):
                return Held(why, content_type)
    if content[_TAR_AT : _TAR_AT + 5] == b"ustar" or content[_ISO_AT : _ISO_AT + 5] == b"CD001":
        return Held(Hold.ARCHIVE, "application/x-tar")
    return None


def _zipped(content: bytes) -> Held:
    if b"vbaProject.bin" in content:
        return Held(Hold.MACRO, "application/vnd.ms-office")
    if b"classes.dex" in content or b"META-INF/MANIFEST.MF" in content:
        return Held(Hold.PROGRAM, "application/java-archive")
    for folder, content_type in _OFFICE.items():
        if folder in content and b"[Content_Types].xml" in content:
            return Held(Hold.UNKNOWN, f"application/vnd.openxmlformats-officedocument.{content_type}")
    return Held(Hold.ARCHIVE, "application/zip")


_OFFICE = {
    b"word/": "wordprocessingml.document",
    b"xl/": "spreadsheetml.sheet",
    b"ppt/": "presentationml.presentation",
}


def has_archive_behind(content: bytes) -> bool:
    """Whether programs for archives would open it: they look for the end of a ZIP, whatever stands before."""
    end = len(content)
    lowest = max(0, end - _ZIP_LONGEST_TAIL)
    while (end := content.rfind(_ZIP_END, lowest, end)) >= 0:
        if len(content) - end < 22:
            continue
        entries_size, comment = struct.unpack_from("<12xI4xH", content, end)
        begins = end - entries_size
        if end + 22 + comment == len(content) or (begins >= 0 and content.startswith(b"PK\x01\x02", begins)):
            return True
    return False
