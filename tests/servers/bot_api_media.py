"""Methods of the fake Bot API on files: upload, send again by id, albums, download; with the published sizes."""

import mimetypes
import struct
import zlib
from base64 import urlsafe_b64encode
from typing import Any

from tests.servers.bot_api_calls import Call, Upload, refuse
from tests.servers.bot_api_envelope import caption, caption_of, envelope
from tests.servers.bot_api_messages import Method
from tests.servers.bot_api_objects import StoredFile, Wire
from tests.servers.bot_api_world import World

DOWNLOAD_LIMIT = 20 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
THUMBNAIL_SIDE = 90
KINDS = ("photo", "document", "video", "animation", "audio", "voice", "video_note", "sticker")
_FOLDERS = {"photo": "photos", "video_note": "video_notes", "voice": "voice", "audio": "music"}
_IMAGE_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


def png(width: int = 320, height: int = 200, shade: int = 200) -> bytes:
    """Return a real grey picture, for people who send photos in tests."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\x00" + bytes([shade]) * width) * height)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    body = b"".join(struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return _IMAGE_STARTS[0] + body


def store(world: World, kind: str, upload: Upload) -> StoredFile:
    """Keep a file on the platform and return it with its ids; pictures get a smaller size beside the full one."""
    if not upload.content:
        refuse("file must be non-empty")
    if kind == "photo":
        return _store_photo(world, upload)
    return _keep(world, kind, upload.content, upload.name, _description(kind, upload))


def _store_photo(world: World, upload: Upload) -> StoredFile:
    if len(upload.content) > PHOTO_LIMIT:
        refuse("file is too big")
    if not upload.content.startswith(_IMAGE_STARTS):
        refuse("IMAGE_PROCESS_FAILED")
    width, height = _size(upload.content)
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        refuse("PHOTO_INVALID_DIMENSIONS")
    photo = _keep(world, "photo", upload.content, "", {"width": width, "height": height})
    scale = THUMBNAIL_SIDE / max(width, height)
    if scale < 1:
        small = {"width": max(1, round(width * scale)), "height": max(1, round(height * scale))}
        photo.thumbnail = _keep(world, "photo", png(small["width"], small["height"]), "", small)
    return photo


def _size(content: bytes) -> tuple[int, int]:
    """Only PNG says its size in a fixed place; other pictures count as ordinary ones."""
    return struct.unpack(">II", content[16:24]) if content.startswith(_IMAGE_STARTS[0]) else (1280, 960)


def _keep(world: World, kind: str, content: bytes, name: str, description: Wire) -> StoredFile:
    number = world.number()
    seed = f"{kind}:{number}:{zlib.crc32(content)}".encode()
    suffix = mimetypes.guess_extension(description.get("mime_type", "")) or (".jpg" if kind == "photo" else "")
    path = f"{_FOLDERS.get(kind, 'documents')}/file_{number}{suffix}"
    id_, unique = (urlsafe_b64encode(mark + seed).decode().rstrip("=") for mark in (b"BQACAgIAAxkBAAI", b"AgAD"))
    file = StoredFile(
        id=id_, unique_id=unique, path=path, kind=kind, content=content, name=name, description=description
    )
    world.files[file.id] = file
    return file


def _description(kind: str, upload: Upload) -> Wire:
    named: Wire = {"file_name": upload.name, "mime_type": upload.mime}
    moving: Wire = {"width": 320, "height": 240, "duration": 3}
    match kind:
        case "document":
            return named
        case "video" | "animation":
            return named | moving
        case "audio":
            return named | {"duration": 3}
        case "voice":
            return {"mime_type": "audio/ogg", "duration": 3}
        case "video_note":
            return {"length": 240, "duration": 3}
        case "sticker":
            flags: Wire = {"is_animated": False, "is_video": False}
            return flags | {"type": "regular", "width": 512, "height": 512, "emoji": "👍"}
        case _:
            raise AssertionError(f"no such kind of file: {kind}")


def _chosen(world: World, kind: str, value: Upload | str) -> StoredFile:
    """Return the file meant by an upload or by the id of one that was sent before."""
    if isinstance(value, Upload):
        return store(world, kind, value)
    if value.startswith(("http://", "https://")):
        world.problems.append("sending a file by its URL is not imitated")
        refuse("failed to get HTTP URL content")
    file = world.files.get(value)
    if file is None:
        refuse("wrong file identifier/HTTP URL specified")
    if file.kind != kind and not (kind == "document" and file.kind in ("video", "animation", "audio")):
        refuse(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
    return file


def send_file(kind: str) -> Method:
    """Return the method that sends one file of this kind."""

    def send(world: World, call: Call) -> Wire:
        chat = world.writable_chat(call.json("chat_id"))
        content = caption(world, call) if kind not in ("sticker", "video_note") else {}
        file = _chosen(world, kind, call.upload(kind))
        call.flag("disable_content_type_detection")
        return world.post(chat, world.bot, file=file, **content, **envelope(world, call, chat)).wire()

    return send


def send_media_group(world: World, call: Call) -> list[Wire]:
    """Send an album: nothing of it appears unless every part is good."""
    chat = world.writable_chat(call.json("chat_id"))
    items = call.objects("media")
    if not 2 <= len(items) <= 10:
        refuse("wrong number of messages in the album" if items else "media is empty")
    kinds = {item.get("type") for item in items}
    if not kinds <= {"photo", "video"} and len(kinds) != 1:
        refuse("can't use the media of the specified type in the album")
    fields = envelope(world, call, chat)
    parts = [_album_part(world, call, item) for item in items]
    album = str(13_000_000_000_000_000 + world.number())
    return [world.post(chat, world.bot, album=album, **part, **fields).wire() for part in parts]


def _album_part(world: World, call: Call, item: Wire) -> dict[str, Any]:
    text = caption_of(world, item.get("caption", ""), item.get("parse_mode", ""), item.get("caption_entities", []))
    return {"file": _chosen(world, str(item.get("type")), call.resolve(item.get("media", ""))), **text}


def get_file(world: World, call: Call) -> Wire:
    file = world.files.get(call.text("file_id"))
    if file is None:
        refuse("invalid file_id")
    if len(file.content) > DOWNLOAD_LIMIT:
        refuse("file is too big")
    ids = {name: value for name, value in file.wire().items() if name in ("file_id", "file_unique_id", "file_size")}
    return ids | {"file_path": file.path}


METHODS: dict[str, Method] = {
    "sendPhoto": send_file("photo"),
    "sendDocument": send_file("document"),
    "sendVideo": send_file("video"),
    "sendAnimation": send_file("animation"),
    "sendAudio": send_file("audio"),
    "sendVoice": send_file("voice"),
    "sendVideoNote": send_file("video_note"),
    "sendSticker": send_file("sticker"),
    "sendMediaGroup": send_media_group,
    "getFile": get_file,
}
