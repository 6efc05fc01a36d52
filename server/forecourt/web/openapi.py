"""This module describes the public API at `/openapi.json` (OpenAPI 3.1), from the endpoints and types that serve it."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from forecourt.errors import ForecourtError, Refusal
from forecourt.web.cache_control import API_DESCRIPTION
from forecourt.web.cached_response import CachedResponse
from forecourt.web.endpoint import Endpoint
from forecourt.web.middleware.headers import PUBLIC_HEADERS
from forecourt.web.problems import MEDIA_TYPE, Problem
from forecourt.web.response_cache import ResponseCache

_PARAMETER = re.compile(r"{(\w+)(:\w+)?}")
JsonObject = dict[str, Any]  # of OpenAPI's document, whose values are of any JSON type
Schemas = Mapping[type, JsonObject]


def openapi_route(responses: ResponseCache, endpoints: Sequence[Endpoint], version: str) -> Route:
    """Serves the description, which is made when it is first asked for."""

    def build() -> CachedResponse:
        body = encode_description(endpoints, version)
        return CachedResponse.from_body(body, "application/json", API_DESCRIPTION, PUBLIC_HEADERS)

    async def show_description(request: Request) -> CachedResponse:
        return await responses.respond(request, "openapi", build)

    return Route("/openapi.json", show_description)


def encode_description(endpoints: Sequence[Endpoint], version: str) -> bytes:
    bodies = [
        body for endpoint in endpoints for body in (endpoint.body, *endpoint.answers.values()) if isinstance(body, type)
    ]
    types = list(dict.fromkeys([*bodies, Problem]))
    references, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    schemas = dict(zip(types, references, strict=True))
    paths: defaultdict[str, JsonObject] = defaultdict(dict)
    for endpoint in endpoints:
        paths[_PARAMETER.sub(r"{\1}", endpoint.path)][endpoint.method.lower()] = _operation(endpoint, schemas)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Forecourt", "version": version, "license": {"name": "MIT", "identifier": "MIT"}},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"visitor": {"type": "http", "scheme": "bearer"}},
        },
    }
    return msgspec.json.encode(document)


def _operation(endpoint: Endpoint, schemas: Schemas) -> JsonObject:
    operation: JsonObject = {
        "summary": endpoint.summary,
        "operationId": f"{endpoint.method.lower()}{re.sub(r'[^A-Za-z0-9]+', '_', endpoint.path)}".rstrip("_"),
        "parameters": _parameters(endpoint),
        "responses": _answers(endpoint, schemas) | _refusals(endpoint, schemas),
    }
    if endpoint.body:
        content = {"application/json": {"schema": schemas[endpoint.body]}}
        operation["requestBody"] = {"required": _has_required_field(endpoint.body), "content": content}
    if endpoint.upload:
        operation["requestBody"] = {"required": True, "content": {endpoint.upload: {}}}
    if endpoint.token:
        operation["security"] = [{"visitor": []}]
    return operation


def _has_required_field(kind: type) -> bool:
    """Checks whether a body must be sent: an absent one is read as `{}` (`request_body.py`)."""
    return any(field.required for field in msgspec.structs.fields(kind))


def _parameters(endpoint: Endpoint) -> list[JsonObject]:
    text = {"type": "string"}
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": text} for name, _ in _PARAMETER.findall(endpoint.path)
    ]
    in_query = [
        {"name": name, "in": "query", "description": description, "schema": text}
        for name, description in endpoint.query.items()
    ]
    in_header = [
        {"name": name, "in": "header", "required": True, "description": description, "schema": text}
        for name, description in endpoint.headers.items()
    ]
    return in_path + in_query + in_header


def _answers(endpoint: Endpoint, schemas: Schemas) -> JsonObject:
    answers: JsonObject = {}
    for status, body in endpoint.answers.items():
        answer: JsonObject = {"description": endpoint.summary}
        answers[str(status)] = answer
        if isinstance(body, str):
            answer["content"] = {body: {}}
        elif body:
            answer["content"] = {"application/json": {"schema": schemas[body]}}
    return answers


def _refusals(endpoint: Endpoint, schemas: Schemas) -> JsonObject:
    codes: defaultdict[int, list[str]] = defaultdict(list)
    for refusal in (*endpoint.refusals, *_implied_refusals(endpoint)):
        codes[refusal.status].append(refusal.code)
    content = {MEDIA_TYPE: {"schema": schemas[Problem]}}
    return {
        str(status): {"description": "code: " + ", ".join(sorted(codes_of_status)), "content": content}
        for status, codes_of_status in sorted(codes.items())
    }


def _implied_refusals(endpoint: Endpoint) -> list[type[Refusal]]:
    """Returns what an endpoint can refuse without naming it: any may be unavailable, one with a body malformed."""
    names = {"NotFound", "Unavailable"}
    names |= {"Malformed", "NotJson", "TooLarge", "Invalid"} if endpoint.body or endpoint.upload else set()
    names |= {"TokenInvalid"} if endpoint.token else set()
    return [kind for kind in all_refusals() if kind.__name__ in names and kind not in endpoint.refusals]


def all_refusals(root: type[ForecourtError] = Refusal) -> list[type[Refusal]]:
    """Returns every class that a client can be refused with, by status and code."""
    refusals = [kind for kind in root.__subclasses__() if issubclass(kind, Refusal)]
    return sorted(refusals, key=lambda kind: (kind.status, kind.code))
