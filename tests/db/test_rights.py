"""Checks that a PostgreSQL role which owns nothing serves, and changes neither what is appended nor its triggers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from forecourt import clock
from forecourt.__main__ import main
from forecourt.app import Application
from forecourt.consent.log import log_key, verification
from forecourt.consent.log.verification_report import VerificationReport
from forecourt.db import postgres, rights
from forecourt.db.append_only import APPEND_ONLY
from forecourt.db.migrate import migrate
from forecourt.db.tables import metadata
from forecourt.errors import SettingsBroken, StartRefused
from tests.conftest import execute, with_database
from tests.deadline import wait_until_async
from tests.page import LETTER, Page
from tests.policy import sample

pytestmark = pytest.mark.anyio
OWNER, ROLE, DATABASE = "rights_owner", "rights-server", "rights_database"


def as_role(url: str, role: str) -> str:
    return make_url(url).set(username=role).render_as_string(hide_password=False)


@pytest.fixture
def engine() -> str:
    return "postgresql"


@pytest.fixture
def owner_url(postgres_url: str) -> Iterator[str]:
    """Makes the two roles, and an empty database of the owner."""
    for role in (OWNER, ROLE):
        execute(postgres_url, f'CREATE ROLE "{role}" LOGIN')
    execute(postgres_url, f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0")
    yield with_database(as_role(postgres_url, OWNER), DATABASE)
    execute(postgres_url, f"DROP DATABASE {DATABASE} WITH (FORCE)")
    for role in (OWNER, ROLE):
        execute(postgres_url, f'DROP ROLE "{role}"')


@pytest.fixture
def database_url(owner_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Migrates and grants as the command does. Returns the URL of the role that serves."""
    monkeypatch.setenv("FORECOURT_DATABASE_URL", owner_url)
    assert main(["migrate", "--grant", ROLE, "--data", str(tmp_path)]) == 0
    monkeypatch.delenv("FORECOURT_DATABASE_URL")
    return as_role(owner_url, ROLE)


def run(url: str, *statements: str) -> None:
    engine = postgres.make_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def verify_log(connection: Connection, application: Application) -> VerificationReport:
    key = log_key.load_or_create_key(application.settings.data).public_key()
    return verification.verify(connection, key)


async def test_the_role_serves_and_everything_is_sealed(application: Application, page: Page) -> None:
    await page.accept()
    assert (await page.post("contact", LETTER)).status_code == 201
    assert (await page.post("follows", {"email": "dpo@example.com"})).status_code == 202
    await application.database.write(lambda c: sample.publish(c, sample.policy(), clock.now()))
    await application.site_loader.refresh()
    assert (await page.withdraw()).is_success
    erasure = await page.client.request("DELETE", "/v1/sites/main/me", json={"confirm": True}, headers=page.headers())
    assert erasure.is_success
    await wait_until_async(
        lambda: application.database.read(lambda c: verify_log(c, application)),
        lambda report: report.is_whole and report.size >= 6 and not report.waiting,
    )


REFUSED = [
    *(f"DROP TRIGGER {table}_no_row ON {table}" for table in APPEND_ONLY),
    *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in APPEND_ONLY),
    *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in APPEND_ONLY),
    *(f"TRUNCATE {table}" for table in APPEND_ONLY),
    *(f"DELETE FROM {table}" for table in APPEND_ONLY),
    *(f"UPDATE {table} SET {metadata.tables[table].columns[0].name} = NULL" for table in APPEND_ONLY),
    *(f"ALTER TABLE {table} RENAME TO x" for table in APPEND_ONLY),
    *(f"ALTER TABLE {table} OWNER TO CURRENT_USER" for table in APPEND_ONLY),
    *(f"DROP TABLE {table}" for table in metadata.tables),
    "CREATE OR REPLACE FUNCTION forecourt_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RETURN OLD; END $$",
    "DROP FUNCTION forecourt_append_only() CASCADE",
    "ALTER FUNCTION forecourt_append_only() RENAME TO x",
    "CREATE TRIGGER x BEFORE INSERT ON consents FOR EACH ROW EXECUTE FUNCTION forecourt_append_only()",
    "CREATE RULE x AS ON INSERT TO consents DO INSTEAD NOTHING",
    "CREATE TABLE x (y integer)",
    "CREATE SCHEMA x",
    "SET session_replication_role = replica",
    f"SET ROLE {OWNER}",
    f"SET SESSION AUTHORIZATION {OWNER}",
    f'GRANT {OWNER} TO "{ROLE}"',
    "UPDATE alembic_version SET version_num = '0001'",
]


@pytest.fixture(scope="module")
def refusals(postgres_url: str) -> Iterator[str]:
    """One database for all that is refused: nothing of it changes anything."""
    for role in ("refused_owner", "refused_role"):
        execute(postgres_url, f"CREATE ROLE {role} LOGIN")
    execute(postgres_url, "CREATE DATABASE refused OWNER refused_owner TEMPLATE template0")
    engine = postgres.make_engine(with_database(as_role(postgres_url, "refused_owner"), "refused"))
    migrate(engine)
    with engine.begin() as connection:
        rights.grant_rights(connection, "refused_role")
    engine.dispose()
    yield with_database(as_role(postgres_url, "refused_role"), "refused")
    execute(postgres_url, "DROP DATABASE refused WITH (FORCE)")
    for role in ("refused_owner", "refused_role"):
        execute(postgres_url, f"DROP ROLE {role}")


@pytest.mark.parametrize("statement", REFUSED)
def test_the_role_may_not(refusals: str, statement: str) -> None:
    statement = statement.replace(OWNER, "refused_owner").replace(f'"{ROLE}"', "refused_role")
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner|InsufficientPrivilege"):
        run(refusals, statement)


def test_the_role_gives_itself_no_right(refusals: str) -> None:
    """PostgreSQL only warns about a GRANT that grants nothing."""
    run(refusals, "GRANT UPDATE, TRIGGER, TRUNCATE ON consents TO CURRENT_USER")
    for statement in ("UPDATE consents SET id = ''", "TRUNCATE consents"):
        with pytest.raises(DBAPIError, match="permission denied"):
            run(refusals, statement)


def test_rights_that_the_role_had_before_are_taken_away(owner_url: str) -> None:
    engine = postgres.make_engine(owner_url)
    migrate(engine)
    run(owner_url, f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{ROLE}"')
    with engine.begin() as connection:
        rights.grant_rights(connection, ROLE)
    engine.dispose()
    with pytest.raises(DBAPIError, match="permission denied"):
        run(as_role(owner_url, ROLE), "TRUNCATE consents")


@pytest.mark.parametrize("role", [OWNER, "postgres", "nobody", "a; DROP TABLE consents", 'a"b', ""])
def test_a_role_that_could_take_more_is_refused(owner_url: str, role: str) -> None:
    engine = postgres.make_engine(owner_url)
    migrate(engine)
    with pytest.raises(SettingsBroken), engine.begin() as connection:
        rights.grant_rights(connection, role)
    engine.dispose()


def test_a_member_of_the_owner_is_refused(postgres_url: str, owner_url: str) -> None:
    engine = postgres.make_engine(owner_url)
    migrate(engine)
    execute(postgres_url, f'GRANT {OWNER} TO "{ROLE}"')
    with pytest.raises(SettingsBroken, match="owns the database"), engine.begin() as connection:
        rights.grant_rights(connection, ROLE)
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [f'ALTER DATABASE {DATABASE} OWNER TO "{ROLE}"', f'ALTER FUNCTION forecourt_append_only OWNER TO "{ROLE}"'],
)
def test_the_owner_of_the_database_or_of_a_function_is_refused(
    postgres_url: str, owner_url: str, statement: str
) -> None:
    """The one may drop every table of the schema, the other the function with its triggers."""
    engine = postgres.make_engine(owner_url)
    migrate(engine)
    execute(with_database(postgres_url, DATABASE), "ALTER SCHEMA public OWNER TO pg_database_owner")
    execute(with_database(postgres_url, DATABASE), f'GRANT CREATE ON SCHEMA public TO "{ROLE}", {OWNER}')
    execute(with_database(postgres_url, DATABASE), statement)
    with pytest.raises(SettingsBroken, match="owns the database"), engine.begin() as connection:
        rights.grant_rights(connection, ROLE)
    engine.dispose()
    execute(with_database(postgres_url, DATABASE), f'REASSIGN OWNED BY "{ROLE}" TO {OWNER}')
    execute(with_database(postgres_url, DATABASE), f'DROP OWNED BY "{ROLE}"')


@pytest.mark.parametrize("revision", [None, "0004", "head"])
def test_a_start_without_rights_says_what_to_run(owner_url: str, revision: str | None) -> None:
    """The schema is not there, is older, or has tables that were made after the last grant."""
    if revision:
        owner = postgres.make_engine(owner_url)
        migrate(owner, revision)
        owner.dispose()
        run(owner_url, f'GRANT SELECT ON alembic_version TO "{ROLE}"')
    engine = postgres.make_engine(as_role(owner_url, ROLE))
    with pytest.raises(StartRefused, match=r"Run `forecourt migrate --grant ROLE` as the owner of its tables"):
        migrate(engine)
    engine.dispose()


def test_the_role_starts_on_a_current_schema(database_url: str) -> None:
    engine = postgres.make_engine(database_url)
    assert migrate(engine)
    engine.dispose()


def test_sqlite_has_no_rights_to_grant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "--grant", "x", "--data", str(tmp_path)]) == 1
    assert "--grant is for PostgreSQL" in capsys.readouterr().err
