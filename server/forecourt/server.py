"""Runs the server: locks its data, opens its sockets, and ends streams before it waits for requests when it stops."""

import asyncio
import contextlib
import dataclasses
import errno
import gc
import logging
import math
import socket
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from forecourt import private_files
from forecourt.app import Application
from forecourt.db.database import open_database
from forecourt.db.migrate import migrate
from forecourt.errors import StartRefused
from forecourt.settings.server import Settings, override
from forecourt.settings_reload import ReadSettings, SettingsReload, hangup_signals
from forecourt.signing_keys import load_signing_keys
from forecourt.web.connections.file_descriptors import fit_connections, low_file_limit_warning, raise_file_limit
from forecourt.web.connections.http_protocol import http_protocol
from forecourt.web.connections.open_connections import OpenConnections
from forecourt.web.connections.proxied_requests import ProxiedRequestsMiddleware

try:
    import fcntl
except ImportError:  # Windows has no such lock; there the second server is not refused
    fcntl = None  # type: ignore[assignment] # absent on purpose

MAX_UNSENT_BYTES = 128 * 1024  # of one connection in the kernel, beside what is on its way
KEEP_ALIVE_MARGIN_SECONDS = 10  # after which uvicorn would close an idle connection that our limits have not
SHUTDOWN_SECONDS = 10  # for the requests that are being answered

log = logging.getLogger(__name__)
Greet = Callable[[Application, int | None], Awaitable[None]]


def serve(settings: Settings, demo_port: int | None, greet: Greet, read: ReadSettings) -> None:
    """Serves until SIGINT or SIGTERM. `read` reads the settings again, for SIGHUP.

    `demo_port` is where the demo's marketing page is served too; None serves no demo. `greet` is called with the
    application and the demo's port once both ports are open.

    Raises `StartRefused`, `SettingsBroken` or `PolicyBroken`.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    connections = _open_connections(settings)
    with contextlib.ExitStack() as stack:
        if not settings.database_url:
            stack.enter_context(_lock(settings.data / "serve.lock"))
        write_seconds = settings.connections.write_seconds
        sockets = [stack.enter_context(_listen(settings.host, settings.port, write_seconds))]
        wanted_port, settings = settings.port, override(settings, port=_port(sockets[0]))
        if demo_port is not None:
            sockets.append(stack.enter_context(_listen(settings.host, demo_port, write_seconds)))
            demo_port = _port(sockets[1])

        def read_again() -> Settings:
            new = read()
            new = override(new, port=settings.port) if new.port == wanted_port else new  # 0 took a free one
            return _with_demo_site(new, demo_port)

        settings = _with_demo_site(settings, demo_port)
        config = uvicorn_config(settings, connections)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_serve(settings, config, connections, sockets, demo_port, greet, read_again))


def _with_demo_site(settings: Settings, demo_port: int | None) -> Settings:
    """Returns the settings with the demo's site, where the demo is served and they name none of their own."""
    if demo_port is None or settings.sites:
        return settings
    from forecourt.demo import demo_site  # a server without the demo does without its imports

    return override(settings, sites={"main": demo_site(demo_port)})


def _open_connections(settings: Settings) -> OpenConnections:
    """Returns the process's connections, of which no more may be open than its limit of files has room for."""
    raise_file_limit()
    maximum = settings.connections.maximum
    if warning := low_file_limit_warning(maximum):
        log.warning(warning)
    limits = dataclasses.replace(settings.connections, maximum=fit_connections(maximum))
    return OpenConnections(limits, settings.trusted_proxies, count_by_client=settings.limits)


async def _serve(
    settings: Settings,
    config: uvicorn.Config,
    connections: OpenConnections,
    sockets: list[socket.socket],
    demo_port: int | None,
    greet: Greet,
    read: ReadSettings,
) -> None:
    async with hangup_signals() as signals:
        database = open_database(settings.database_url, settings.data)
        await asyncio.to_thread(migrate, database.engine)
        application = Application(settings, database, load_signing_keys(settings.secrets, settings.data))
        application.metrics.watch_connections(connections)
        config.app = current = CurrentApplication(connections, demo_port)
        current.install(application)
        async with application.run():
            _exempt_from_garbage_collection()
            reload = asyncio.create_task(SettingsReload(application, read, current.install).run(signals))
            server = GracefulServer(config, database.hub.stop, partial(greet, application, demo_port))
            try:
                await server.serve(sockets)
            finally:
                reload.cancel()
                await asyncio.gather(reload, return_exceptions=True)


class CurrentApplication:
    """Sends each request to the application whose settings hold when it begins."""

    def __init__(self, connections: OpenConnections, demo_port: int | None):
        self._connections, self._demo_port = connections, demo_port
        self._app: ASGIApp = _no_application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def install(self, application: Application) -> None:
        app = application.asgi if self._demo_port is None else _with_demo(application, self._demo_port)
        self._connections.count_by_client = application.settings.limits
        self._app = _limit_networks(app, application.settings)


def _with_demo(application: Application, port: int) -> ASGIApp:
    from forecourt.demo import Demo

    return Demo(application.asgi, application.address, port, application.database)


def _limit_networks(app: ASGIApp, settings: Settings) -> ASGIApp:
    if not settings.trusted_proxies or not settings.limits:
        return app
    return ProxiedRequestsMiddleware(app, settings.connections.per_client, settings.trusted_proxies)


def _exempt_from_garbage_collection() -> None:
    """Keeps what is loaded now out of garbage collections, each of which would stop every request for 50 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)  # requests leave few cycles behind


class GracefulServer(uvicorn.Server):
    """Serves like uvicorn, and ends what lasts (streams) before it waits for requests.

    `on_start` is awaited once the server listens; `on_stop` is called before it waits for what is being answered.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        on_stop: Callable[[], None],
        on_start: Callable[[], Awaitable[None]] | None = None,
    ):
        super().__init__(config)
        self._on_stop, self._on_start = on_stop, on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._on_start:
            await self._on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_stop()
        await super().shutdown(sockets)
        # The signal has been obeyed. uvicorn would raise it again, and the database would not be closed.
        self._captured_signals.clear()


def uvicorn_config(settings: Settings, connections: OpenConnections) -> uvicorn.Config:
    """Returns how uvicorn serves: its limits, and which proxies it trusts. Its application is set later."""
    return uvicorn.Config(
        _no_application,
        http=http_protocol(connections),
        ws="none",  # a connection that changes its protocol would leave our limits
        lifespan="off",
        server_header=False,
        access_log=False,
        log_config=None,
        limit_concurrency=2 * settings.connections.maximum,  # requests whose client has gone count here, too
        timeout_keep_alive=math.ceil(settings.connections.idle_seconds) + KEEP_ALIVE_MARGIN_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
    )


async def _no_application(*_: object) -> None:
    """Stands in for the application, which needs the open ports first, until it is built."""


@contextlib.contextmanager
def _listen(host: str, port: int, write_seconds: float) -> Iterator[socket.socket]:
    """Listens on a port; 0 takes a free one. The kernel gives up a client that takes nothing for `write_seconds`.

    Raises `StartRefused`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _limit_sending(listener, write_seconds)
        try:
            listener.bind((host, port))
            listener.listen()
        except OSError as error:
            is_taken = error.errno == errno.EADDRINUSE
            reason = "is taken by another program" if is_taken else f"cannot be opened ({error.strerror})"
            raise StartRefused(f"Port {port} of {host} {reason}. Choose another with --port or --demo-port.") from error
        yield listener


def _limit_sending(listener: socket.socket, write_seconds: float) -> None:
    """Bounds what the kernel holds for a client, in time and size. Linux hands both on to each connection."""
    for option, value in (("TCP_USER_TIMEOUT", int(write_seconds * 1000)), ("TCP_NOTSENT_LOWAT", MAX_UNSENT_BYTES)):
        if hasattr(socket, option):
            listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Locks the data for this server; the kernel frees the lock even after a kill -9. Raises `StartRefused`."""
    private_files.make_private(path)
    with path.open("a") as file:
        try:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartRefused(f"Another server is running on {path.parent}. Stop it first, or use --data.") from error
        yield


def _port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])
