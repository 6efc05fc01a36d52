"""Reads headers whose values have weights, such as Accept and Accept-Language (RFC 9110, section 12.4.2)."""

_MOST_VALUES, _MOST_CHARACTERS = 20, 500


def parse_weighted_values(header: str) -> list[str]:
    """Returns the values without their parameters, the heaviest first. Those of weight 0 are not wanted, and left out.

    Only the first 20 values and 500 characters count.
    """
    parts = header[:_MOST_CHARACTERS].split(",")[:_MOST_VALUES]
    weighted = [(_weight_of(part), part.partition(";")[0].strip()) for part in parts]
    accepted = [(weight, value) for weight, value in weighted if weight > 0 and value]
    return [value for _, value in sorted(accepted, key=lambda pair: -pair[0])]


def _weight_of(part: str) -> float:
    """Returns the parameter `q`: 1 where there is none, and 0 where it is no number: its value does not count."""
    parameters = dict(_parse_parameter(parameter) for parameter in part.split(";")[1:])
    try:
        return float(parameters.get("q", "1"))
    except ValueError:
        return 0.0


def _parse_parameter(parameter: str) -> tuple[str, str]:
    name, _, value = parameter.partition("=")
    return name.strip().lower(), value.strip()
