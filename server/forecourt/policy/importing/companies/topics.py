"""Decides whether a heading or a sentence before a list says that companies follow."""

import re

from forecourt.policy.importing.companies.common_words import QUESTION_WORDS

_COMPANIES = re.compile(
    r"sub[- ]?process(?:or|er)|sub[- ]?contractor|third[- ]part(?:y|ies)|\bvendors?\b|\bproviders?\b|\bsuppliers?\b|"
    r"data processors?|\bprocessors\b|\bpartners\b|\brecipients\b|"
    r"\bdatabehandlere\b|underdatabehandler|underleverand|tredjepart|leverand|underbitr|personuppgiftsbitr|tredje part|"
    r"leverant|"
    r"unterauftrag|subunternehm|auftragsverarbeitern?\b|dienstleister|drittanbieter|\banbieter|"
    r"sous-traitant|prestataire|fournisseur|subencargad|encargados? d|proveedor|tercer[oa]s|"
    r"sub-?responsabil|fornitor|subverwerker|verwerkers|leverancier|suboperador|subprocessador|fornecedor|"
    r"podwykonawc|podmiot|alikäsittelij|zpracovatel|spracovateľ|dodavatel|dodávate|サブプロセッサ|子处理者|分处理者",
    re.IGNORECASE,
)
_SUBPROCESSORS = re.compile(
    r"sub[- ]?process(?:or|er)|underdatabehandler|underleverand|underbitr|unterauftrag|subunternehm|sous-traitant|"
    r"subencargad|sub-?responsabil|subverwerker|suboperador|subprocessador|alikäsittelij|サブプロセッサ|子处理者|分处理者",
    re.IGNORECASE,
)
# Sections about subprocessors in general, in which names are examples at most.
_GENERAL = re.compile(
    r"\?|\b(?:what|how|why|chang\w*|versions?|history|revisions?|archive|notif\w*|notice|object\w*|rights?|contact\w*|updates?|definition\w*|criteria|"
    r"selection|principles?|obligations?|requirements?|due diligence|endring\w*|varsl\w*|innsigelse\w*|rettighet\w*|"
    r"definisjon\w*|änderung\w*|widerspruch\w*|rechte|begriff\w*|modification\w*|opposition\w*|droits|cambios|derechos)\b",
    re.IGNORECASE,
)

# What begins with one of these is no question, and often announces: `Our subprocessors`, `We use these vendors:`
_ANNOUNCING = """
all any following if nos notre nuestra nuestros onze other our their these this those unsere vi vores vår våra våre
we wir you your
"""
_ASKING_WORDS = QUESTION_WORDS - frozenset(_ANNOUNCING.split())


def is_about_companies(text: str) -> bool:
    """Returns whether the text speaks of subprocessors, vendors or the like."""
    return bool(_COMPANIES.search(text))


def is_about_subprocessors(text: str) -> bool:
    return bool(_SUBPROCESSORS.search(text))


def is_general(heading: str) -> bool:
    """Returns whether a heading stands over what is said of subprocessors, and not over them."""
    words = heading.split()
    is_question = bool(words) and words[0].casefold() in _ASKING_WORDS
    return is_question or bool(_GENERAL.search(heading))
