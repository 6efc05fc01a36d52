"""This module serves the JSON Schema of `policy.json` at an address that stays."""

import msgspec

from forecourt.policy.outputs.responses import PolicyResponse

PATH = "/v1/policy.schema.json"
MEDIA_TYPE = "application/schema+json"


def encode_schema(address: str) -> bytes:
    """Returns JSON Schema 2020-12. `address` is where browsers reach Forecourt."""
    identity = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": address + PATH}
    return msgspec.json.encode(identity | msgspec.json.schema(PolicyResponse))
