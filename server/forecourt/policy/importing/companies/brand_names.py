"""Splits a company's brand off its legal name, as in `Sentry, Functional Software, Inc.`"""

import re

from forecourt.policy.check.name_spelling import without_legal_form
from forecourt.policy.importing.companies.company_names import NameSign, is_legal_form, is_legal_name, judge_name

_IN_BRACKETS = re.compile(r"(?P<brand>[^()]+?)\s*\((?:by\s+)?(?P<legal>[^()/:;]+)\)")
_BESIDE = re.compile(r"(?P<brand>[^,]+?)(?:,\s+|\s+[–—|•·-]+\s+|\s+by\s+)(?P<legal>.+)")
_SEVERAL = re.compile(r"[,;&/]|\s(?:and|og|und|et|y|och|en|e)\s")


def split_brand(name: str, language: str) -> tuple[str, str]:
    """Returns the legal name and the brand; the brand is blank where one name stands alone.

    Only what has a legal form is a legal name. `Smith, Jones & Partners LLP` has a comma in it and stays whole.
    """
    if (match := _IN_BRACKETS.fullmatch(name)) and is_legal_name(match["legal"]) and not is_legal_name(match["brand"]):
        return match["legal"], match["brand"]
    if (match := _BESIDE.fullmatch(name)) and is_brand_of(match["brand"], match["legal"], language):
        return match["legal"], match["brand"]
    return name, ""


def is_brand_of(brand: str, legal_name: str, language: str) -> bool:
    """Returns whether the first is a name without a legal form, and the second is one company's, with it."""
    if is_legal_form(legal_name.split(",")[0]) or not is_legal_name(legal_name) or is_legal_name(brand):
        return False
    if judge_name(brand, language, is_lead=True) < NameSign.WEAK or judge_name(legal_name, language) < NameSign.SURE:
        return False
    begins_alike = legal_name.casefold().startswith(brand.casefold())
    return begins_alike or not _SEVERAL.search(without_legal_form(legal_name))
