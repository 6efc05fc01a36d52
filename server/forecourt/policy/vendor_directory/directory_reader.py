"""Reads the directory of vendors strictly: a TOML file for each vendor, named after its id."""

import re
import tomllib
from functools import cache
from pathlib import Path

from forecourt.decoding import decode
from forecourt.errors import Invalid, VendorDirectoryBroken
from forecourt.policy.vendor_directory.vendor import Vendor
from forecourt.resources import VENDORS

_ID = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")


@cache
def load_directory() -> tuple[Vendor, ...]:
    """Returns the vendors that Forecourt ships, by id. Raises `VendorDirectoryBroken`."""
    return read_directory(VENDORS)


def read_directory(folder: Path) -> tuple[Vendor, ...]:
    """Returns the vendors of a folder, by id. Raises `VendorDirectoryBroken` with every fault, and OSError."""
    vendors: list[Vendor] = []
    faults: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            vendors.append(_read_vendor(path))
        except Invalid as error:
            faults += [f"{path.name}: {fault}" for fault in error.faults]
        except ValueError as error:  # no TOML, no UTF-8, or no id
            faults.append(f"{path.name}: {error}")
    if faults:
        raise VendorDirectoryBroken(faults)
    return tuple(vendors)


def _read_vendor(path: Path) -> Vendor:
    if not _ID.fullmatch(path.stem):
        raise ValueError("the name is no id; use small letters, digits and single hyphens")
    table = tomllib.loads(path.read_text("utf-8"))
    if "id" in table:
        raise ValueError("id: the file's name is the id already")
    return decode({**table, "id": path.stem}, Vendor)
