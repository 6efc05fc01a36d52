"""Issues and reads visitor tokens: signed pairs of visitor and site. A token names somebody and grants nothing."""

from itsdangerous import BadData, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.exc import BadSignature

from forecourt.errors import TokenInvalid

LENGTH_AT_MOST = 512  # characters; ours have about 150


def issue_visitor_token(serializer: URLSafeSerializer, visitor: str, site: str) -> str:
    return str(serializer.dumps([visitor, site]))


def read_visitor_token(serializer: URLSafeSerializer, token: str, site: str) -> str:
    """Returns the visitor that `token` names. Raises `TokenInvalid` if it is forged, cut short or of another site."""
    if len(token) > LENGTH_AT_MOST or not _is_canonical(token):
        raise TokenInvalid("not as we write them")
    try:
        visitor, site_of_token = serializer.loads(token)
    except (BadData, BadSignature, ValueError, TypeError) as error:
        raise TokenInvalid("not ours") from error
    if site_of_token != site or not isinstance(visitor, str):
        raise TokenInvalid("of another site")
    return visitor


def _is_canonical(token: str) -> bool:
    """Checks that each part is spelled as base64 writes it: several spellings have one value, and we take one only."""
    try:
        return all(base64_encode(base64_decode(part)).decode() == part for part in token.split("."))
    except BadData:
        return False
