"""An existing page, or a sheet, read into a draft of a policy folder, so that nothing has to be retyped.

What cannot be placed is listed and never guessed; what the page does not say is left out for `forecourt check` to ask.
"""
