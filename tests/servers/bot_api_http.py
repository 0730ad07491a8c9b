"""HTTP around the fake Bot API: reading a request in all its encodings, answering, failing on purpose."""

import json
import socket
import struct

from aiohttp import BodyPartReader, web

from tests.servers.bot_api_calls import ApiError, Call, Upload, refuse, too_many_requests
from tests.servers.bot_api_faults import Fault, Kind
from tests.servers.bot_api_media import UPLOAD_LIMIT
from tests.servers.bot_api_objects import Wire

_GATEWAY_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


async def read_call(request: web.Request, names: dict[str, str]) -> Call:
    """Return the request as a call; `names` maps lower-case methods to their spelling."""
    method = request.match_info["method"]
    method = names.get(method.lower(), method)
    if request.content_type == "application/json":
        return Call(method, _parsed(await request.read()))
    if request.content_type.startswith("multipart/"):
        fields, uploads = await _parts(request)
    else:
        fields, uploads = {key: str(value) for key, value in (await request.post()).items()}, {}
    return Call.from_form(method, dict(request.query) | fields, uploads)


async def _parts(request: web.Request) -> tuple[dict[str, str], dict[str, Upload]]:
    fields: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    total = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        content = bytes(await part.read())
        total += len(content)
        if total > UPLOAD_LIMIT:
            raise ApiError(413, "Request Entity Too Large")
        if part.filename is None:
            fields[part.name] = content.decode()
        else:
            mime = part.headers.get("Content-Type", "application/octet-stream")
            uploads[part.name] = Upload(part.filename, mime, content)
    return fields, uploads


def _parsed(body: bytes) -> Wire:
    try:
        parameters = json.loads(body or b"{}")
    except ValueError:
        parameters = None
    return parameters if isinstance(parameters, dict) else refuse("can't parse the JSON body")


def respond(answer: Wire, status: int) -> web.Response:
    """Answer with JSON as the platform does."""
    headers = {"Retry-After": str(answer["parameters"]["retry_after"])} if status == 429 else {}
    return web.json_response(answer, status=status, headers=headers)


def fail(request: web.Request, fault: Fault, call: Call) -> web.StreamResponse:
    """Do what an ordered fault says; nothing has been done for the request."""
    if isinstance(fault.kind, Kind):
        call.error = fault.kind
        return break_connection(request)
    if fault.kind in (502, 503, 504):
        # The proxies in front of Telegram answer with a page, not with JSON.
        call.error = str(fault.kind)
        return web.Response(status=fault.kind, text=_GATEWAY_PAGE.format(fault.kind), content_type="text/html")
    text = fault.description or ("Internal Server Error" if fault.kind >= 500 else "")
    error = too_many_requests(fault.retry_after) if fault.kind == 429 else ApiError(fault.kind, text)
    call.error = str(error)
    return respond(error.wire(), error.code)


def break_connection(request: web.Request) -> web.StreamResponse:
    """Break the connection with a reset, so that no client takes it for the end of an answer."""
    transport = request.transport
    if transport is not None:
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()
    return web.Response(status=500)
