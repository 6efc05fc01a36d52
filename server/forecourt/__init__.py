"""Forecourt: the policy, the consent gate and the support corner behind one script tag."""

__version__ = "0.3.0"
