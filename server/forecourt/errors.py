"""Holds every error, as one tree. A refusal has an HTTP status, and a code that a client can act on.

ForecourtError
├── Refusal                       a request that is not carried out
│   ├── Malformed            400  malformed            not JSON, not UTF-8, nested too deep
│   ├── TokenInvalid         401  token_invalid        none, forged, expired, of another site
│   ├── OriginRefused        403  origin_refused       an Origin that is not on the site's list
│   ├── GestureRequired      403  gesture_required     an acceptance without a person's click
│   ├── ConsentRequired      403  consent_required     `needs` names what is missing
│   ├── SignInRequired       403  sign_in_required     the console without a session
│   ├── RoleRefused          403  role_refused         a page of the console that the agent's role does not include
│   ├── NotFound             404  not_found
│   ├── MethodNotAllowed     405  method_not_allowed
│   ├── ConsentStale         409  consent_stale        what was agreed to has changed
│   ├── KeyConflict          409  key_conflict         one idempotency key with two bodies
│   ├── ConversationClosed   409  conversation_closed
│   ├── UnseenMessages       409  unseen_messages      somebody wrote what the answer's writer has not seen
│   ├── PolicyMoved          409  policy_moved         another release or another editor came first
│   ├── LastAdmin            409  last_admin           the only admin of the console would cease to be one
│   ├── LinkExpired          410  link_expired         a link that was used or is too old
│   ├── TooLarge             413  too_large
│   ├── NotJson              415  unsupported_type
│   ├── FileKindRefused      415  file_kind            a file of a kind that messages may not carry
│   ├── FileEmpty            422  file_empty
│   ├── FileDamaged          422  file_damaged         a file that is not whole, or not what it seems
│   ├── ImageTooLarge        422  image_too_large      more pixels than are unpacked
│   ├── FileUnsafe           422  file_unsafe          the operator's scan command refused it
│   ├── Invalid              422  invalid              `errors` names every wrong field
│   ├── TooMany              429  too_many             `retry_after` seconds
│   ├── FileUnchecked        503  file_unchecked       the scan command failed, so nobody knows
│   └── Unavailable          503  unavailable          a queue is full or the database is away
├── SettingsBroken                the settings cannot be used
├── PolicyBroken                  a policy folder that cannot be released
├── VendorDirectoryBroken         a file of the directory of vendors that is not exact
├── LogBroken                     the consent log, or a checkpoint of it, does not verify
├── BackupBroken                  a backup that cannot be made, or cannot be restored where it should be
├── FetchRefused                  an address of a page that may not or cannot be fetched
├── PasswordRefused               a new password that is short or common, typed at the command line
└── StartRefused                  a port is taken, another server uses the data, or rights are missing
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from forecourt.consent_change import ConsentChange


class ForecourtError(Exception):
    """Is the root. `str(error)` is a sentence for whoever caused it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Describes one wrong field: its dotted path, a code (`required`, `unknown`...), and the parameters of the code."""

    path: str
    code: str
    params: dict[str, object] = field(default_factory=dict)

    @classmethod
    def too_long(cls, path: str, text: str, limit: int) -> "Fault":
        """Returns the fault of a text that is longer than `limit` characters. It says by how many."""
        return cls(path, "too_long", {"limit": limit, "excess": len(text) - limit})

    def __str__(self) -> str:
        details = ", ".join(f"{key} {value}" for key, value in self.params.items())
        return f"{self.path or 'the whole'}: {self.code}" + (f" ({details})" if details else "")


class Refusal(ForecourtError):
    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"


class Malformed(Refusal):
    status, code = 400, "malformed"


class TokenInvalid(Refusal):
    status, code = 401, "token_invalid"


class OriginRefused(Refusal):
    status, code = 403, "origin_refused"


class GestureRequired(Refusal):
    status, code = 403, "gesture_required"


class ConsentRequired(Refusal):
    """Says in `needs` which purposes are missing, and `privacy_policy` where that was not acknowledged."""

    status, code = 403, "consent_required"

    def __init__(self, needs: Sequence[str]):
        super().__init__(f"needs {', '.join(needs)}")
        self.needs = tuple(needs)


class SignInRequired(Refusal):
    status, code = 403, "sign_in_required"


class RoleRefused(Refusal):
    status, code = 403, "role_refused"


class NotFound(Refusal):
    status, code = 404, "not_found"


class MethodNotAllowed(Refusal):
    status, code = 405, "method_not_allowed"


class ConsentStale(Refusal):
    """Says in `changed` which features have other terms than were agreed to, and in `changes` how, in words."""

    status, code = 409, "consent_stale"

    def __init__(self, changed_features: Sequence[str], changes: Sequence[ConsentChange] = ()):
        super().__init__(f"changed for {', '.join(changed_features)}")
        self.changed, self.changes = tuple(changed_features), tuple(changes)


class KeyConflict(Refusal):
    status, code = 409, "key_conflict"


class ConversationClosed(Refusal):
    status, code = 409, "conversation_closed"


class UnseenMessages(Refusal):
    """Is raised with the number of the last message that the writer of an answer has seen."""

    status, code = 409, "unseen_messages"

    def __init__(self, last_seen: int):
        super().__init__(f"messages after {last_seen}")
        self.last_seen = last_seen


class PolicyMoved(Refusal):
    status, code = 409, "policy_moved"


class LastAdmin(Refusal):
    status, code = 409, "last_admin"


class LinkExpired(Refusal):
    status, code = 410, "link_expired"


class TooLarge(Refusal):
    status, code = 413, "too_large"


class NotJson(Refusal):
    status, code = 415, "unsupported_type"


class FileKindRefused(Refusal):
    status, code = 415, "file_kind"


class FileEmpty(Refusal):
    status, code = 422, "file_empty"


class FileDamaged(Refusal):
    status, code = 422, "file_damaged"


class ImageTooLarge(Refusal):
    status, code = 422, "image_too_large"


class FileUnsafe(Refusal):
    status, code = 422, "file_unsafe"


class FileUnchecked(Refusal):
    status, code = 503, "file_unchecked"


FILE_REFUSALS = (FileKindRefused, FileEmpty, FileDamaged, ImageTooLarge, FileUnsafe, FileUnchecked)


class Invalid(Refusal):
    """Holds every wrong field of one input."""

    status, code = 422, "invalid"

    def __init__(self, faults: Sequence[Fault]):
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


class TooMany(Refusal):
    status, code = 429, "too_many"

    def __init__(self, retry_after: int):
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after


class Unavailable(Refusal):
    status, code = 503, "unavailable"
    retry_after = 2


class SettingsBroken(ForecourtError):
    pass


class PolicyBroken(ForecourtError):
    """Holds a sentence for each fault, which names the file, the key and what to do."""

    def __init__(self, sentences: Sequence[str]):
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)


class VendorDirectoryBroken(ForecourtError):
    """Holds a sentence for each fault, which names the file and the key."""

    def __init__(self, sentences: Sequence[str]):
        super().__init__("\n".join(sentences))


class LogBroken(ForecourtError):
    pass


class BackupBroken(ForecourtError):
    pass


class FetchRefused(ForecourtError):
    """Says in a sentence why a page was not fetched.

    `code` is one of `address`, `private`, `name`, `redirect`, `status`, `large`, `slow` and `network`. `detail` is what
    it is about, and has no word of any language.
    """

    def __init__(self, sentence: str, code: str, detail: str):
        super().__init__(sentence)
        self.code, self.detail = code, detail


class PasswordRefused(ForecourtError):
    """Says what is wrong with a new password."""


class StartRefused(ForecourtError):
    pass
