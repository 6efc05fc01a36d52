"""The command line. Each command says what it did in one line, or why it could not, and exits accordingly."""

import argparse
import getpass
import logging
import sys
from functools import partial

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from forecourt import __version__
from forecourt.app import Application
from forecourt.commands import check, consent, policy_publish, retention, snippet
from forecourt.commands.command import command, settings_of, with_database
from forecourt.console.agents import save_agent
from forecourt.console.passwords import hash_password
from forecourt.db import migrate
from forecourt.db.database import open_database
from forecourt.demo import sign_in
from forecourt.errors import ForecourtError, SettingsBroken
from forecourt.serve import serve
from forecourt.settings.server import changed


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0, or 1 with a sentence on standard error."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for noisy in ("alembic", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except (ForecourtError, OSError, SQLAlchemyError, CommandError, EOFError) as error:
        print(f"forecourt: {str(error).strip() or type(error).__name__}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("forecourt", description="The space in front of a support site.")
    parser.add_argument("--version", action="version", version=f"forecourt {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _serve_options(command(commands, "serve", _serve, "serve the sites of the settings"))
    command(commands, "migrate", _migrate, "bring the database's schema up to date")
    check.add_to(commands)
    policy_publish.add_to(commands)
    consent.add_to(commands)
    retention.add_to(commands)
    snippet.add_to(commands)
    user = commands.add_parser("user", help="who may use the console").add_subparsers(required=True, metavar="ACTION")
    add = command(user, "add", _add_user, "add an agent, or set an agent's password anew")
    add.add_argument("email")
    add.add_argument("--name", help="the name colleagues see; the address when not given")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    return parser


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


def _serve(options: argparse.Namespace) -> None:
    at = changed(settings_of(options), port=options.port)
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
    at = settings_of(options)
    at.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    print(f"The schema stands at {migrate.migrate(open_database(at.database_url, at.data).engine)}.")


def _add_user(options: argparse.Namespace) -> None:
    password = sys.stdin.readline().strip() if options.password_stdin else getpass.getpass("Password: ")
    add = partial(save_agent, email=options.email, name=options.name or options.email, password=hash_password(password))
    with_database(settings_of(options), lambda database: database.write(add))
    print(f"{options.email} may sign in to the console.")


if __name__ == "__main__":
    sys.exit(main())
