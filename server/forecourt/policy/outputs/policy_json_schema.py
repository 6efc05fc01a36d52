"""The JSON Schema of `policy.json`, at an address that stays."""

import msgspec

from forecourt.policy.outputs.responses import PolicyResponse

PATH = "/v1/policy.schema.json"
MEDIA_TYPE = "application/schema+json"


def schema(address: str) -> bytes:
    """JSON Schema 2020-12. `address`: where browsers reach Forecourt."""
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": address + PATH}
    return msgspec.json.encode(named | msgspec.json.schema(PolicyResponse))
