"""Uploads files as the widget does."""

from urllib.parse import quote

import httpx

from tests.files.samples import PDF
from tests.page import Page


async def upload(
    page: Page, path: str, content: bytes = PDF, name: str = "a.pdf", key: str = "k", **headers: str
) -> httpx.Response:
    """Posts a file to `conversations/ID/files` or `contact/files`."""
    own_headers = {
        "content-type": "application/octet-stream",
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "idempotency-key": key,
    }
    address = f"/v1/sites/{page.site}/{path}"
    return await page.client.post(address, content=content, headers=page.headers() | own_headers | headers)


async def upload_to_chat(page: Page, conversation: str, **options: str) -> str:
    """Returns the id of a small PDF in the conversation."""
    answer = await upload(page, f"conversations/{conversation}/files", **options)  # type: ignore[arg-type] # names and keys
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["id"])
