"""Says which role may use which part of the console. `agent_route` asks here, and so does every link."""

from collections.abc import Mapping
from enum import StrEnum


class ConsoleRole(StrEnum):
    ADMIN = "admin"
    AGENT = "agent"
    EDITOR = "editor"
    CONTRACTOR = "contractor"


class Permission(StrEnum):
    """Names the parts of the console. `docs/security.md` says which pages each has, and a test walks them all."""

    ACCOUNT = "account"
    INBOX = "inbox"
    CONTACT_EXPORT = "contact_export"
    OBJECTIONS = "objections"
    NEWSLETTER = "newsletter"
    POLICY = "policy"
    CONSENTS = "consents"
    PEOPLE = "people"
    DEPARTMENTS = "departments"
    AUDIT_LOG = "audit_log"


_PERMISSIONS: Mapping[ConsoleRole, frozenset[Permission]] = {
    ConsoleRole.ADMIN: frozenset(Permission),
    ConsoleRole.AGENT: frozenset(
        {
            Permission.ACCOUNT,
            Permission.INBOX,
            Permission.CONTACT_EXPORT,
            Permission.OBJECTIONS,
            Permission.NEWSLETTER,
        }
    ),
    ConsoleRole.EDITOR: frozenset({Permission.ACCOUNT, Permission.POLICY, Permission.CONSENTS, Permission.OBJECTIONS}),
    ConsoleRole.CONTRACTOR: frozenset({Permission.ACCOUNT, Permission.INBOX}),
}
_HOMES = {Permission.INBOX: "/console/", Permission.POLICY: "/console/policy/"}


def has_permission(role: ConsoleRole, permission: Permission) -> bool:
    return permission in _PERMISSIONS[role]


def home_page(role: ConsoleRole) -> str:
    """Returns the address of the page on which the role's work begins."""
    return next(page for permission, page in _HOMES.items() if has_permission(role, permission))
