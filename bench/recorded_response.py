"""Records a response as it went over the wire: its status, its headers, its bytes as they were compressed."""

import base64
import http.client
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

ACCEPT_ENCODING = "gzip, deflate, br, zstd"  # as browsers send it
_FROM_UVICORN = {"date"}  # whoever answers through uvicorn sends it


class RecordedResponse(msgspec.Struct):
    status: int
    headers: list[tuple[str, str]]
    body: str  # base64

    @property
    def raw(self) -> bytes:
        return base64.b64decode(self.body)


def fetch_response(url: str) -> RecordedResponse:
    address = urlsplit(url)
    line = http.client.HTTPConnection(address.netloc, timeout=10)
    line.request("GET", url.partition(address.netloc)[2], headers={"Accept-Encoding": ACCEPT_ENCODING})
    with line.getresponse() as response:
        headers = [(name, value) for name, value in response.getheaders() if name.lower() not in _FROM_UVICORN]
        answer = RecordedResponse(response.status, headers, base64.b64encode(response.read()).decode())
    line.close()
    return answer


def save_response(answer: RecordedResponse, path: Path) -> None:
    path.write_bytes(msgspec.json.encode(answer))


def load_response(path: Path) -> RecordedResponse:
    return msgspec.json.decode(path.read_bytes(), type=RecordedResponse)
