"""The command line. Each command says what it did in one line, or why it could not, and exits accordingly."""

import argparse
import asyncio
import getpass
import logging
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from forecourt import __version__, settings, sites
from forecourt.app import Application
from forecourt.console.actions import add_agent
from forecourt.console.passwords import hashed
from forecourt.db import migrate
from forecourt.db.database import open_database
from forecourt.demo import sign_in
from forecourt.errors import Forecourt, SettingsBroken
from forecourt.serve import serve
from forecourt.settings import Settings

T = TypeVar("T")


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0, or 1 with a sentence on standard error."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for noisy in ("alembic", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (Forecourt, OSError, SQLAlchemyError, CommandError, EOFError) as error:
        print(f"forecourt: {str(error).strip() or type(error).__name__}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("forecourt", description="The space in front of a support site.")
    parser.add_argument("--version", action="version", version=f"forecourt {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _serve_options(_command(commands, "serve", _serve, "serve the sites of the settings"))
    _command(commands, "migrate", _migrate, "bring the database's schema up to date")
    _command(commands, "check", _check, "read settings, policies and languages, and say what is wrong")
    policy = commands.add_parser("policy", help="the subprocessor policy").add_subparsers(
        required=True, metavar="ACTION"
    )
    publish = _command(policy, "publish", _publish, "publish a site's policy folder as its next release")
    publish.add_argument("site", help="the site's name in the settings")
    user = commands.add_parser("user", help="who may use the console").add_subparsers(required=True, metavar="ACTION")
    add = _command(user, "add", _add_user, "add an agent, or set an agent's password anew")
    add.add_argument("email")
    add.add_argument("--name", help="the name colleagues see; the address when not given")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    return parser


def _command(
    among: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], None],
    what: str,
) -> argparse.ArgumentParser:
    made = among.add_parser(name, help=what, description=what.capitalize() + ".")
    made.add_argument("--settings", type=Path, help="the settings file (forecourt.toml here, where there is one)")
    made.add_argument("--data", type=Path, help="the folder of database, key and mails")
    made.set_defaults(run=run)
    return made


def _serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, help="the port of Forecourt (8000)")
    parser.add_argument(
        "--demo", action="store_true", help="a site on the sample policy, and a marketing page that embeds it"
    )
    parser.add_argument("--demo-port", type=_port, default=8001, help="the port of the demo's marketing page (8001)")


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no port")


def _settings(options: argparse.Namespace) -> Settings:
    return settings.changed(settings.load(options.settings), data=options.data)


def _serve(options: argparse.Namespace) -> None:
    at = settings.changed(_settings(options), port=options.port)
    if not at.sites and not options.demo:
        raise SettingsBroken("No site is set. Write [sites.NAME] into forecourt.toml, or try: forecourt serve --demo")
    if not at.limits:
        logging.getLogger("forecourt").warning("rate limits are off (FORECOURT_LIMITS)")
    serve(at, options.demo_port if options.demo else None, _greet)
    print("Stopped.")


async def _greet(application: Application, demo_port: int | None) -> None:
    print(f"Forecourt       {application.address}/")
    if demo_port is not None:
        secret = await sign_in(application.database)
        print(f"Marketing page  http://localhost:{demo_port}/")
        print(f"Mails sent      http://localhost:{demo_port}/mails")
        print(f"Console         {application.address}/console/link/{secret}  (once, within an hour)")
    sys.stdout.flush()


def _migrate(options: argparse.Namespace) -> None:
    at = _settings(options)
    at.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    print(f"The schema stands at {migrate.migrate(open_database(at.database_url, at.data).engine)}.")


def _check(options: argparse.Namespace) -> None:
    at = _settings(options)
    for name, site in at.sites.items():
        sites.read(name, site)
    for warning in _warnings(at):
        print(f"Warning: {warning}")
    print(f"Settings and {len(at.sites)} site(s) are in order.")


def _warnings(at: Settings) -> list[str]:
    from forecourt.db.sqlite import SAFE_VERSION, VERSION

    found = []
    if not at.database_url and VERSION < SAFE_VERSION:
        found.append(f"SQLite {'.'.join(map(str, VERSION))} can lose commits; install pysqlite3 or use PostgreSQL.")
    if not at.smtp.host:
        found.append("no smtp.host is set: mails are written into a folder and reach nobody.")
    if not at.limits:
        found.append("rate limits are off.")
    return found


def _publish(options: argparse.Namespace) -> None:
    at = _settings(options)
    if options.site not in at.sites:
        raise SettingsBroken(f"There is no site {options.site} in the settings.")
    _, policy = sites.read(options.site, at.sites[options.site])
    release = _written(at, partial(sites.publish, name=options.site, policy=policy))
    print(f"Release {release.number} of {options.site} stands ({release.sha256[:12]}).")


def _add_user(options: argparse.Namespace) -> None:
    password = sys.stdin.readline().strip() if options.password_stdin else getpass.getpass("Password: ")
    _written(
        _settings(options),
        partial(add_agent, email=options.email, name=options.name or options.email, password=hashed(password)),
    )
    print(f"{options.email} may sign in to the console.")


def _written(at: Settings, job: Callable[[Connection], T]) -> T:
    """Beside a running server: one short transaction, of which the server takes notice by itself."""

    async def work() -> T:
        database = open_database(at.database_url, at.data)
        await database.start()
        try:
            return await database.write(job)
        finally:
            await database.close()

    return asyncio.run(work())


if __name__ == "__main__":
    sys.exit(main())
