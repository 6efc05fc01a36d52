"""`forecourt serve`: serves the sites of the settings, until it is told to stop."""

import argparse
import logging
import sys

from forecourt.app import Application
from forecourt.commands.settings import load_command_settings
from forecourt.errors import SettingsBroken
from forecourt.logs.configuration import configure_logs
from forecourt.server import serve
from forecourt.settings.server import override


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, help="the port of Forecourt (8000)")
    parser.add_argument("--demo", action="store_true", help="serve a sample site, and a marketing page that embeds it")
    parser.add_argument("--demo-port", type=_port, default=8001, help="the port of the demo's marketing page (8001)")


def run(options: argparse.Namespace) -> None:
    settings = override(load_command_settings(options), port=options.port)
    configure_logs(settings.log_format, settings.security_log, is_server=True)
    if not settings.sites and not options.demo:
        raise SettingsBroken("No site is set. Write [sites.NAME] into forecourt.toml, or try: forecourt serve --demo")
    if not settings.limits:
        logging.getLogger("forecourt").warning("rate limits are off (FORECOURT_LIMITS)")
    serve(settings, options.demo_port if options.demo else None, _print_addresses)
    print("Stopped.")


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no port")


async def _print_addresses(application: Application, demo_port: int | None) -> None:
    print(f"Forecourt       {application.address}/")
    if demo_port is not None:
        from forecourt.demo import create_sign_in_link

        secret = await create_sign_in_link(application.database)
        print(f"Marketing page  http://localhost:{demo_port}/")
        print(f"Mails sent      http://localhost:{demo_port}/mails")
        print(f"Console         {application.address}/console/link/{secret}  (works once, within an hour)")
    sys.stdout.flush()
