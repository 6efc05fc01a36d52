"""Serves an ASGI function as `forecourt serve` does: the same uvicorn configuration, on a free port of loopback."""

import asyncio
import gc
import socket

import uvicorn
from starlette.types import ASGIApp

from forecourt.server import uvicorn_config
from forecourt.settings.server import ConnectionSettings, Settings
from forecourt.web.connections.open_connections import OpenConnections


def serve_asgi(app: ASGIApp) -> None:
    """Serves until SIGTERM. Prints the address as `forecourt serve` does."""
    gc.collect()
    gc.freeze()  # what is loaded along with the configuration is not to slow down what is bare
    config = uvicorn_config(Settings(), OpenConnections(ConnectionSettings(), count_by_client=False))
    config.app = app
    with (
        socket.create_server(("127.0.0.1", 0)) as bound,
        asyncio.Runner(loop_factory=config.get_loop_factory()) as runner,
    ):
        print(f"Forecourt http://127.0.0.1:{bound.getsockname()[1]}/\nMarketing page /", flush=True)
        runner.run(uvicorn.Server(config).serve([bound]))
