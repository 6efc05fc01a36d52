"""Writes the settings of a new site. A file that is there already is never changed."""

import os
import tempfile
from pathlib import Path
from typing import Any

from forecourt.errors import SettingsBroken
from forecourt.new_site.answers import SiteAnswers
from forecourt.policy.files import toml_writer
from forecourt.settings.loading import load_settings

POLICY_FOLDER, PRIVACY_FOLDER = "policy", "privacy"
_COMMENT = "Settings of Forecourt, begun by `forecourt init`. Every setting is in docs/settings.md."


def write_settings(file: Path, answers: SiteAnswers) -> None:
    """Writes the settings.

    Raises `SettingsBroken` where the answers make settings that the server would refuse, where the file is there, or
    where it cannot be written.
    """
    text = to_settings_toml(answers)
    _refuse_broken_settings(text, file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise SettingsBroken(f"{file} cannot be written: {error.strerror}.") from error


def to_settings_toml(answers: SiteAnswers) -> str:
    site: dict[str, Any] = {
        "origins": list(answers.origins),
        "controller": answers.controller,
        "email": answers.email,
        "policy": POLICY_FOLDER,
        "privacy_policy": PRIVACY_FOLDER,
        "locale": answers.locales[0],
        "locales": list(answers.locales),
    }
    server = {"port": answers.port} if answers.port is not None else {}
    return toml_writer.to_toml(_COMMENT, [((), server), (("sites", answers.site), site)])


def _refuse_broken_settings(text: str, file: Path) -> None:
    """Raises `SettingsBroken` with what the server would say of these settings."""
    descriptor, name = tempfile.mkstemp(suffix=".toml")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        load_settings(Path(name), {})
    except SettingsBroken as error:
        raise SettingsBroken(str(error).replace(name, str(file))) from error
    finally:
        Path(name).unlink()
