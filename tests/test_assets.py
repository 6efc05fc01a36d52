"""A page's files are named with their integrity, which a browser compares with what it gets."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

from forecourt.assets import asset_attributes, page_assets
from forecourt.resources import TEMPLATES

TEMPLATE_PATHS = sorted(TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("name", sorted(page_assets()))
def test_the_attributes_of_a_file_hold_its_hash(name: str) -> None:
    digest = base64.b64encode(hashlib.sha384(page_assets()[name].body).digest()).decode()
    assert f'integrity="sha384-{digest}" crossorigin' in asset_attributes(name)
    assert asset_attributes(name).startswith('src="/assets/' if name.endswith(".js") else 'href="/assets/')
    assert f'="https://a&amp;b{page_assets()[name].address}"' in asset_attributes(name, "https://a&b")


@pytest.mark.parametrize("path", TEMPLATE_PATHS, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_every_file_of_a_page_is_named_with_its_integrity(path: Path) -> None:
    text = path.read_text("utf-8")
    tags = re.findall(r"<script\b[^>]*>|<link\b[^>]*stylesheet[^>]*>", text)
    named_tags = [tag for tag in tags if "application/" not in tag]
    assert all("{{ asset_attributes(" in tag for tag in named_tags), named_tags
