"""Tells who finds a weakness whom to write to: `/.well-known/security.txt` (RFC 9116)."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from forecourt import clock
from forecourt.settings.server import SecurityTxtSettings
from forecourt.web.cache_control import SECURITY_TXT

PATH = "/.well-known/security.txt"


def security_txt_routes(settings: SecurityTxtSettings, address: str) -> list[Route]:
    """Returns the file's route, or none where the settings name no contact. `address` is where browsers reach us."""

    async def show(_: Request) -> Response:
        return PlainTextResponse(render_security_txt(settings, address), headers={"cache-control": SECURITY_TXT})

    return [Route(PATH, show)] if settings.contact else []


def render_security_txt(settings: SecurityTxtSettings, address: str) -> str:
    """Returns the file's lines. It expires some days from now: whoever runs the server stands for what it says."""
    expires = clock.now() + timedelta(days=settings.days)
    fields = [
        *(("Contact", contact) for contact in settings.contact),
        ("Expires", clock.iso(expires.replace(microsecond=0))),
        ("Policy", settings.policy),
        ("Encryption", settings.encryption),
        ("Acknowledgments", settings.acknowledgments),
        ("Preferred-Languages", ", ".join(settings.languages)),
        ("Canonical", address + PATH),
    ]
    return "".join(f"{name}: {value}\n" for name, value in fields if value)
