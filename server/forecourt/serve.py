"""Running the server: its lock, its sockets, and a stop that ends streams before it waits for them."""

import asyncio
import contextlib
import errno
import gc
import socket
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import uvicorn

from forecourt.app import Application
from forecourt.db.database import open_database
from forecourt.db.migrate import migrate
from forecourt.demo import Demo, site
from forecourt.errors import StartRefused
from forecourt.settings.server import Settings, changed
from forecourt.signing_keys import load_signing_keys
from forecourt.web.head_deadline import HeadDeadlineProtocol

try:
    import fcntl
except ImportError:  # Windows has no such lock; there the second server is not refused
    fcntl = None  # type: ignore[assignment] # absent on purpose

OPEN_AT_MOST = 4096  # connections and requests, streams included; one more is told 503
STOP_WITHIN = 10  # seconds for what is under way
_TAKEN = (errno.EADDRINUSE,)

Greeting = Callable[[Application, int | None], Awaitable[None]]


def serve(at: Settings, demo_port: int | None, greet: Greeting) -> None:
    """Until SIGINT or SIGTERM. `demo_port`: also the demo's marketing page there. `greet` is called when it serves.

    Raises `StartRefused`, `SettingsBroken` or `PolicyBroken`.
    """
    at.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.ExitStack() as held:
        if not at.database_url:
            held.enter_context(_alone(at.data / "serve.lock"))
        sockets = [held.enter_context(_bound(at.host, at.port))]
        at = changed(at, port=_port(sockets[0]))
        if demo_port is not None:
            sockets.append(held.enter_context(_bound(at.host, demo_port)))
            demo_port = _port(sockets[1])
            at = changed(at, sites=at.sites or {"main": site(demo_port)})
        config = _config(at)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_serve(at, config, sockets, demo_port, greet))


async def _serve(
    at: Settings, config: uvicorn.Config, sockets: list[socket.socket], demo_port: int | None, greet: Greeting
) -> None:
    database = open_database(at.database_url, at.data)
    await asyncio.to_thread(migrate, database.engine)
    application = Application(at, database, load_signing_keys(at.secrets, at.data))
    config.app = application.asgi
    if demo_port is not None:
        config.app = Demo(application.asgi, application.address, demo_port, database)
    async with application.running():
        _keep_what_is_loaded()
        await GracefulServer(config, database.hub.stop, partial(greet, application, demo_port)).serve(sockets)


def _keep_what_is_loaded() -> None:
    """Out of the garbage collector's rounds: walking through it stops every request for 50 ms, some times a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)  # requests leave few cycles behind


class GracefulServer(uvicorn.Server):
    """`started` is awaited when it listens; `stopping` is called before it waits for what is under way."""

    def __init__(
        self, config: uvicorn.Config, stopping: Callable[[], None], started: Callable[[], Awaitable[None]] | None = None
    ):
        super().__init__(config)
        self._stopping, self._greet = stopping, started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._greet:
            await self._greet()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets)
        # The signal has been obeyed. uvicorn would raise it again, and the database would not be closed.
        self._captured_signals.clear()


def _config(at: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        _not_yet,
        http=HeadDeadlineProtocol,
        lifespan="off",
        server_header=False,
        access_log=False,
        log_config=None,
        limit_concurrency=OPEN_AT_MOST,
        timeout_graceful_shutdown=STOP_WITHIN,
        proxy_headers=bool(at.trusted_proxies),
        forwarded_allow_ips=list(at.trusted_proxies),
    )


async def _not_yet(*_: object) -> None:
    """Stands where the application will, which needs the ports first."""


@contextlib.contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((host, port))
            made.listen()
        except OSError as error:
            why = "is taken by another program" if error.errno in _TAKEN else f"cannot be opened ({error.strerror})"
            raise StartRefused(f"Port {port} of {host} {why}. Choose another with --port or --demo-port.") from error
        yield made


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """A lock of the kernel's, so that a kill -9 frees it."""
    with path.open("a") as file:
        try:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartRefused(f"Another server is running on {path.parent}. Stop it first, or use --data.") from error
        yield


def _port(bound: socket.socket) -> int:
    return int(bound.getsockname()[1])
