"""Import keeps so many notes with a draft, and says how many more there are."""

from forecourt import i18n
from forecourt.policy.drafts import ImportNote
from forecourt.policy.importing.imported_policy import NOTES_AT_MOST, limit_notes
from forecourt.policy.importing.remark import RemarkKind, remark


def test_what_is_cut_is_counted() -> None:
    notes = [ImportNote(remark(RemarkKind.REGION, text=str(number))) for number in range(NOTES_AT_MOST + 2)]
    assert limit_notes(notes[:NOTES_AT_MOST]) == tuple(notes[:NOTES_AT_MOST])
    assert limit_notes(notes)[-1].sentence(i18n.words("en")).startswith("2 more")
