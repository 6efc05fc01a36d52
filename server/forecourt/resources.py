"""Says where the files that are not code are: in `_bundled` of an installed wheel, else in the checkout's root."""

from pathlib import Path

PACKAGE = Path(__file__).parent
_BUNDLED = PACKAGE / "_bundled"
_ROOT = _BUNDLED if _BUNDLED.is_dir() else PACKAGE.parent.parent

TEMPLATES = _ROOT / "templates"
WIDGET = _ROOT / "widget" / "dist"
LOCALES = PACKAGE / "locales"
MIGRATIONS = PACKAGE / "db" / "migrations"
SAMPLE = PACKAGE / "sample"
VENDORS = PACKAGE / "policy" / "vendor_directory" / "vendors"
