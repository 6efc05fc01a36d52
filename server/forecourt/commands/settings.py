"""Reads the settings that a command's options name."""

import argparse

from forecourt.errors import SettingsBroken
from forecourt.logs.configuration import configure_logs
from forecourt.settings.loading import load_settings
from forecourt.settings.nearest import suggest
from forecourt.settings.server import Settings, override
from forecourt.settings.site import SiteSettings


def load_command_settings(options: argparse.Namespace) -> Settings:
    """Returns the settings of `--settings`, with `--data` over them, and sets logging up as they say.

    Raises `SettingsBroken`, and OSError where the security log cannot be opened.
    """
    settings = override(load_settings(options.settings), data=options.data)
    configure_logs(settings.log_format, settings.security_log)
    return settings


def find_site(settings: Settings, name: str) -> SiteSettings:
    """Returns the settings of the site of that name. Raises `SettingsBroken`."""
    if name not in settings.sites:
        raise SettingsBroken(f"There is no site {name} in the settings; {suggest(name, settings.sites)}")
    return settings.sites[name]
