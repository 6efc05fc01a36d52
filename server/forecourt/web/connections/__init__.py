"""Bounds every connection in time, size and number, which uvicorn does not: it waits for ever and takes any length."""
