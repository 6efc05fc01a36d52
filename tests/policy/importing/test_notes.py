"""Import keeps so many notes with a draft, and says how many more there are."""

from forecourt.policy.drafts import ImportNote
from forecourt.policy.importing.imported_policy import NOTES_AT_MOST, limit_notes


def test_what_is_cut_is_counted() -> None:
    notes = [ImportNote(str(number)) for number in range(NOTES_AT_MOST + 2)]
    assert limit_notes(notes[:NOTES_AT_MOST]) == tuple(notes[:NOTES_AT_MOST])
    assert limit_notes(notes)[-1].text.startswith("2 more")
