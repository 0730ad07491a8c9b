"""The signature by which the operator's own programs know that a request is the bot's.

`t=<seconds>,v1=<hex>`: the moment, and the HMAC-SHA256 of a name for the kind of request, the moment and the body,
joined by dots. docs/identity.md and docs/operating.md show how to check it.
"""

import hmac

HEADER = "Support-Signature"


def signature(kind: bytes, secret: bytes, seconds: int, body: bytes) -> str:
    """What the header says of a request of that kind, so that no other kind's can be taken for it."""
    mac = hmac.digest(secret, kind + b"." + str(seconds).encode() + b"." + body, "sha256")
    return f"t={seconds},v1={mac.hex()}"
