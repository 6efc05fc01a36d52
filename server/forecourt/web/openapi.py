"""`/openapi.json`: the public API as OpenAPI 3.1, from the same endpoints and types that serve it."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from forecourt.errors import ForecourtError, Refused
from forecourt.web.cached_response import CachedResponse, ready
from forecourt.web.endpoint import Endpoint
from forecourt.web.headers_middleware import CORS
from forecourt.web.problems import MEDIA_TYPE, Problem
from forecourt.web.response_cache import ResponseCache

_PARAMETER = re.compile(r"{(\w+)(:\w+)?}")


def route(made: ResponseCache, endpoints: Sequence[Endpoint], version: str) -> Route:
    """Described when it is first asked for."""

    def make() -> CachedResponse:
        return ready(describe(endpoints, version), "application/json", "public, max-age=300", CORS)

    async def openapi(request: Request) -> CachedResponse:
        return await made.answer(request, "openapi", make)

    return Route("/openapi.json", openapi)


def describe(endpoints: Sequence[Endpoint], version: str) -> bytes:
    kinds = [kind for each in endpoints for kind in (each.body, *each.answers.values()) if isinstance(kind, type)]
    unique = list(dict.fromkeys([*kinds, Problem]))
    schemas, components = msgspec.json.schema_components(unique, ref_template="#/components/schemas/{name}")
    known = dict(zip(unique, schemas, strict=True))
    paths: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for each in endpoints:
        paths[_PARAMETER.sub(r"{\1}", each.path)][each.method.lower()] = _operation(each, known)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "ForecourtError", "version": version, "license": {"name": "MIT", "identifier": "MIT"}},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"visitor": {"type": "http", "scheme": "bearer"}},
        },
    }
    return msgspec.json.encode(document)


def _operation(each: Endpoint, known: dict[type, dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "summary": each.summary,
        "operationId": f"{each.method.lower()}{re.sub(r'[^A-Za-z0-9]+', '_', each.path)}".rstrip("_"),
        "parameters": _parameters(each),
        "responses": _answers(each, known) | _refusals(each, known),
    }
    if each.body:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": known[each.body]}}}
    if each.token:
        made["security"] = [{"visitor": []}]
    return made


def _parameters(each: Endpoint) -> list[dict[str, Any]]:
    text = {"type": "string"}
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": text} for name, _ in _PARAMETER.findall(each.path)
    ]
    return in_path + [
        {"name": name, "in": "query", "description": what, "schema": text} for name, what in each.query.items()
    ]


def _answers(each: Endpoint, known: dict[type, dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for status, kind in each.answers.items():
        answer: dict[str, Any] = {"description": each.summary}
        made[str(status)] = answer
        if isinstance(kind, str):
            answer["content"] = {kind: {}}
        elif kind:
            answer["content"] = {"application/json": {"schema": known[kind]}}
    return made


def _refusals(each: Endpoint, known: dict[type, dict[str, Any]]) -> dict[str, Any]:
    by_status: defaultdict[int, list[str]] = defaultdict(list)
    for refusal in (*each.refusals, *_always(each)):
        by_status[refusal.status].append(refusal.code)
    content = {MEDIA_TYPE: {"schema": known[Problem]}}
    return {
        str(status): {"description": "code: " + ", ".join(sorted(codes)), "content": content}
        for status, codes in sorted(by_status.items())
    }


def _always(each: Endpoint) -> list[type[Refused]]:
    names = {"NotFound", "Unavailable"} | ({"Malformed", "NotJson", "TooLarge", "Invalid"} if each.body else set())
    names |= {"TokenInvalid"} if each.token else set()
    return [kind for kind in all_refusals() if kind.__name__ in names and kind not in each.refusals]


def all_refusals(root: type[ForecourtError] = Refused) -> list[type[Refused]]:
    found = [kind for kind in root.__subclasses__() if issubclass(kind, Refused)]
    return sorted(found, key=lambda kind: (kind.status, kind.code))
