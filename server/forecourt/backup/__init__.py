"""Backs a server up into one file, and restores it from there: database, keys and mails."""
