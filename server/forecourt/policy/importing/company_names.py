"""Judges whether a text may be a company's name: by its legal form, its capitals, and what its words are."""

import re

from forecourt.policy.check.name_spelling import without_legal_form

_OTHER_FORMS = re.compile(
    r"(?:\b(?:Unlimited Company|Company|Companies|Group|Holdings?|Foundation|Stiftung|e\.? ?V\.|PBC|L\.?P\.?|Co\.|UG|"
    r"Genossenschaft|e\.? ?G\.|S\.? ?L\.?U?\.?|S\.C\.|SCS|EURL|SNC|SPRL|CVBA|KDA|Oy Ab|HB|ANS|DA|SpA|Sdn\.? Bhd\.?|"
    r"K\.K\.|KK|Unip\.? Lda|Lda|EIRL|S\. ?de ?R\. ?L\.)|株式会社|有限公司|合同会社|ООО|ТОВ)\W*$"
)


def has_legal_form(text: str) -> bool:
    """Returns whether the text ends with a company's legal form, as `Linode, LLC` does."""
    name = re.sub(r"\s*\([^()]*\)\W*$", "", text).strip()
    return without_legal_form(name) != name or bool(_OTHER_FORMS.search(name))
