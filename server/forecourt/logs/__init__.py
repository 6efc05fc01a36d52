"""Writes log lines: with time, level, logger and request id, on one line each, and without personal data."""
