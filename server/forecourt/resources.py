"""Where files that are not code are: `_bundled` in a wheel, the checkout's root otherwise."""

from pathlib import Path

PACKAGE = Path(__file__).parent
_BUNDLED = PACKAGE / "_bundled"
_ROOT = _BUNDLED if _BUNDLED.is_dir() else PACKAGE.parent.parent

TEMPLATES = _ROOT / "templates"
WIDGET = _ROOT / "widget" / "dist"
LOCALES = PACKAGE / "locales"
MIGRATIONS = PACKAGE / "db" / "migrations"
SAMPLE = PACKAGE / "sample"
