"""Lists the pages of the agents' console. Each page's module holds its own addresses."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.consent.context import ConsentContext
from forecourt.console import responses
from forecourt.console.audit_pages import AuditLogRoutes
from forecourt.console.consent.routes import ConsentPages
from forecourt.console.console_mails import ConsoleMails
from forecourt.console.contact_export import ContactExportRoutes
from forecourt.console.context import HOME, ConsoleContext
from forecourt.console.conversation_files import ConversationFileRoutes
from forecourt.console.conversations import ConversationRoutes
from forecourt.console.department_pages import DepartmentRoutes
from forecourt.console.device_cookie import DeviceCookie
from forecourt.console.inbox import InboxRoutes
from forecourt.console.invitation_page import InvitationRoutes
from forecourt.console.live_updates import LiveUpdateRoutes
from forecourt.console.objections import ObjectionConsoleRoutes
from forecourt.console.password_page import PasswordRoutes
from forecourt.console.password_reset_pages import PasswordResetRoutes
from forecourt.console.passwords import PasswordChecker
from forecourt.console.people import PeopleRoutes
from forecourt.console.policy.routes import PolicyEditor
from forecourt.console.search import SearchRoutes
from forecourt.console.second_step import make_second_step_cookie
from forecourt.console.session_cookie import make_session_cookie
from forecourt.console.session_pages import SessionRoutes
from forecourt.console.sessions import SessionLimits
from forecourt.console.sign_in import SignInRoutes
from forecourt.console.subscribers import SubscriberRoutes
from forecourt.console.triage import TriageRoutes
from forecourt.console.two_step_pages import TwoStepRoutes
from forecourt.errors import NotFound
from forecourt.files.gate import FileGate
from forecourt.settings.server import Settings


class ConsoleRoutes:
    def __init__(self, consent_context: ConsentContext, settings: Settings, file_gate: FileGate):
        address, fingerprints = consent_context.address, consent_context.fingerprints
        is_secure, lifetime = address.startswith("https:"), timedelta(hours=settings.session_hours)
        self._context = ConsoleContext(
            consent_context.database,
            make_session_cookie(round(lifetime.total_seconds()), is_secure),
            DeviceCookie(fingerprints, is_secure),
            make_second_step_cookie(is_secure),
            SessionLimits(lifetime, timedelta(hours=settings.session_idle_hours)),
            PasswordChecker(),
            consent_context.rate_limiter,
            settings,
            address,
            fingerprints,
            ConsoleMails.from_settings(settings, address),
        )
        self._consent_context, self._file_gate = consent_context, file_gate

    def routes(self) -> list[Route]:
        context = self._context
        pages = (
            SignInRoutes(context),
            InboxRoutes(context),
            ContactExportRoutes(context),
            ConversationRoutes(context, self._file_gate),
            ConversationFileRoutes(context),
            TriageRoutes(context),
            SearchRoutes(context),
            PolicyEditor(context),
            ObjectionConsoleRoutes(context, self._consent_context),
            ConsentPages(context, self._consent_context.offers),
            SubscriberRoutes(context, self._consent_context),
            SessionRoutes(context),
            PasswordRoutes(context),
            TwoStepRoutes(context),
            PeopleRoutes(context),
            DepartmentRoutes(context),
            AuditLogRoutes(context),
            InvitationRoutes(context),
            PasswordResetRoutes(context),
            LiveUpdateRoutes(context),
        )
        return [
            *(route for page in pages for route in page.routes()),
            context.public_route("GET", "/console", _redirect_home),
            context.public_route("GET", "/console/{rest:path}", _raise_not_found),
        ]


async def _redirect_home(_: Request) -> Response:
    return responses.redirect(HOME)


async def _raise_not_found(request: Request) -> Response:
    raise NotFound(request.url.path)
