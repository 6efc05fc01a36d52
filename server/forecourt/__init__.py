"""Serves a subprocessor policy, a consent gate and a support corner behind one script tag."""

__version__ = "0.4.0"
