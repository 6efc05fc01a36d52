"""`forecourt serve`: serves the sites of the settings, until it is told to stop."""

import argparse
import logging
import sys
from functools import partial

from forecourt.app import Application
from forecourt.errors import SettingsBroken
from forecourt.logs.configuration import configure_logs
from forecourt.server import serve
from forecourt.settings.loading import load_settings
from forecourt.settings.server import Settings, override


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, help="the port of Forecourt (8000)")
    parser.add_argument("--demo", action="store_true", help="serve a sample site, and a marketing page that embeds it")
    parser.add_argument("--demo-port", type=_port, default=8001, help="the port of the demo's marketing page (8001)")


def run(options: argparse.Namespace) -> None:
    settings = _read_settings(options)
    configure_logs(settings.log_format, settings.security_log, is_server=True)
    if not settings.limits:
        logging.getLogger("forecourt").warning("rate limits are off (FORECOURT_LIMITS)")
    serve(settings, options.demo_port if options.demo else None, _print_addresses, partial(_read_settings, options))
    print("Stopped.")


def _read_settings(options: argparse.Namespace) -> Settings:
    """Returns the settings with what the command line says over them. Raises `SettingsBroken`."""
    settings = override(load_settings(options.settings), data=options.data, port=options.port)
    if not settings.sites and not options.demo:
        raise SettingsBroken("No site is set. Write [sites.NAME] into forecourt.toml, or try: forecourt serve --demo")
    return settings


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
