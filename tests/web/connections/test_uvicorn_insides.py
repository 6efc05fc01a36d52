"""Names what `web/connections/http_protocol.py` uses of uvicorn beyond its documentation, and of which version.

Documented are `http` (a class of a protocol), `ws`, `limit_concurrency` and `timeout_keep_alive` of `uvicorn.Config`.
Everything here may change with any version. Then this test fails; read what changed before you write the new value.
"""

import hashlib
import inspect
import re
import tomllib
from pathlib import Path

import httptools
import pytest
import uvicorn
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from forecourt.web.connections.http_protocol import LimitedHttpProtocol

VERSIONS = ("0.54",)  # of uvicorn, in which the methods below were read
METHODS = {
    "connection_made": "takes the transport, and sets `client` and `flow`",
    "data_received": "feeds `parser`; catches its errors, and answers them with `send_400_response`",
    "connection_lost": "lets the application know that its client has gone",
    "resume_writing": "is called once the write buffer is nearly empty",
    "on_message_begin": "makes a new `scope` with a new list `headers`",
    "on_header": "appends to `headers`, trailers too",
    "on_headers_complete": "makes `cycle` of `scope`, and puts it into `pipeline` where another one is answered",
    "on_body": "appends to the body of `cycle`, but not after its answer",
    "on_message_complete": "sets `more_body` of `cycle` to False, but not after its answer",
    "on_response_complete": "starts the next of `pipeline`, or else the time of the kept connection",
    "send_400_response": "writes an answer of its own, and closes",
    "shutdown": "closes what is idle, when the server stops",
}
# The SHA-256 of the source of these methods, in this order.
SOURCE = "b860daf65d71de1a9f10713753ff317934a14e88e7b402a827bc66f2a035b682"
ATTRIBUTES = ("app", "client", "cycle", "flow", "headers", "logger", "loop", "parser", "pipeline", "scope", "transport")
CYCLE_ATTRIBUTES = ("disconnected", "message_event", "more_body", "response_complete", "scope")


def test_the_methods_of_uvicorn_that_are_overridden_are_those_that_were_read() -> None:
    sources = [inspect.getsource(getattr(HttpToolsProtocol, name)) for name in METHODS]
    digest = hashlib.sha256("".join(sources).encode()).hexdigest()
    assert digest == SOURCE, (
        f"uvicorn {uvicorn.__version__} has another HttpToolsProtocol than {VERSIONS[-1]}, on which the limits of"
        " connections stand. Read what changed in it against METHODS and http_protocol.py, then write its hash here:"
        f" {digest}"
    )


def test_uvicorn_is_of_a_version_that_was_read() -> None:
    assert uvicorn.__version__.startswith(VERSIONS), (
        f"uvicorn {uvicorn.__version__} is none of {', '.join(VERSIONS)}: read its HttpToolsProtocol, then add it."
    )


def test_no_other_version_of_uvicorn_is_installed_with_forecourt() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    requirement = next(each for each in project["dependencies"] if re.match(r"uvicorn\b", each))
    first, last = (re.escape(version) for version in (VERSIONS[0], VERSIONS[-1]))
    assert re.search(rf">={first}\b", requirement), f"{requirement} allows versions that nobody has read"
    assert re.search(rf"<|~=|=={last}", requirement), f"{requirement} allows versions that nobody has read"


@pytest.mark.anyio
async def test_a_protocol_and_its_cycle_have_the_attributes_that_are_used() -> None:
    config = Config(lambda: None, lifespan="off", log_config=None)
    protocol = HttpToolsProtocol(config=config, server_state=ServerState(), app_state={})
    missing = [name for name in ATTRIBUTES if not hasattr(protocol, name)]
    assert not missing, f"uvicorn {uvicorn.__version__} has no {', '.join(missing)}, which http_protocol.py uses."
    source = inspect.getsource(RequestResponseCycle.__init__)
    missing = [name for name in CYCLE_ATTRIBUTES if f"self.{name} =" not in source]
    assert not missing, f"uvicorn {uvicorn.__version__} has a cycle without {', '.join(missing)}."


def test_nothing_of_ours_hides_an_attribute_of_uvicorns() -> None:
    ours = set(re.findall(r"self\.(\w+)[,:]? ?(?:[\w., ]+)?=", inspect.getsource(LimitedHttpProtocol.__init__)))
    theirs = set(re.findall(r"self\.(\w+)\b", inspect.getsource(HttpToolsProtocol)))
    assert ours & theirs == {"logger"}, (
        f"uvicorn {uvicorn.__version__} has an attribute that is called like one of ours"
    )


def test_the_parser_tells_of_a_chunk_before_its_trailers() -> None:
    calls: list[str] = []

    class Recorder:
        def on_chunk_header(self) -> None:
            calls.append("chunk")

        def on_header(self, name: bytes, value: bytes) -> None:
            calls.append(name.decode())

    httptools.HttpRequestParser(Recorder()).feed_data(
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nTrailer: x\r\n\r\n"
    )
    assert calls == ["Transfer-Encoding", "chunk", "chunk", "Trailer"], (
        f"httptools {httptools.__version__} tells of trailers in another order: they could change a request's headers."
    )
