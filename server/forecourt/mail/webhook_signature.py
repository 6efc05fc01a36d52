"""Signs the calls of webhooks as Standard Webhooks asks: https://www.standardwebhooks.com."""

import base64
import hmac
import secrets

_SECRET_PREFIX = "whsec_"  # noqa: S105 - a prefix, no secret


def signature_headers(identifier: str, secret: str, body: bytes, timestamp: int) -> dict[str, str]:
    """Returns the three headers of Standard Webhooks.

    `timestamp` is in seconds since 1970. Receivers refuse calls with an old one.
    """
    key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX))
    digest = hmac.digest(key, f"{identifier}.{timestamp}.".encode() + body, "sha256")
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": identifier, "webhook-timestamp": str(timestamp), "webhook-signature": signature}


def new_webhook_secret() -> str:
    return _SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
