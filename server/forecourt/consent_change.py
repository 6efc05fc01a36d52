"""Holds what the API says about one change since a visitor agreed: in refusals and in the state of a consent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """Says in `text`, in the reader's language, what is different from what was agreed to.

    `feature` is the feature concerned, or empty where the change concerns a purpose that no feature needs. `purposes`
    are asked again because of it. `kind` is the kind of change: added, removed, moved and so on.
    """

    feature: str
    purposes: tuple[str, ...]
    kind: str
    text: str
