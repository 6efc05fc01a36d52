"""Reads an existing page or sheet into a draft of a policy folder, so that nothing has to be typed again.

What cannot be placed is listed and never guessed. What the page does not say is left out, for `forecourt check` to ask.
"""
