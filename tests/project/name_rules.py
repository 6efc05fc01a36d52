"""Lists the words that `test_names.py` holds names and docstrings to."""

_BANNED = """
again chosen due found given held heard known kept left made met owed own said seen shown spoken strays taken told
"""
BANNED = frozenset(_BANNED.split())
"""Words that no module, class, function, method or parameter is called, though they do not end like a participle."""

_BANNED_LOCALS = "asked here sent there wanted what where which who"
BANNED_LOCALS = BANNED | frozenset(_BANNED_LOCALS.split())
"""Words that no parameter or local variable is called, in the server and in tests."""

PARTICIPLE_ENDINGS = ("ed", "ing")

ALLOWED = {
    "decoding": "is the field's word: strict decoding of input",
    "feed": "is a noun: an Atom or JSON feed",
    "finding": "is a noun: what the check of a policy reports",
    "gained": "is the API's field: what a change adds",
    "heading": "is a noun: the title of a section",
    "loading": "is where settings are loaded, beside what they are",
    "malformed": "is the error's code in the contract of the API",
    "processing": "is a noun of the law: processing of personal data (GDPR)",
    "publishing": "is what an editor does on that page",
    "required": "is the settings' word for a purpose that needs no consent, and argparse's",
    "routing": "is a noun: where mails come from and lead to",
    "sealing": "is a noun: the task that seals records in the log",
    "templating": "is the field's word for Jinja's set-up, as in Starlette",
    "timing": "is a noun: when an objection came",
}
"""Names of one word that end like a participle all the same, each with the reason."""

_VERBS = """
Adds Allows Answers Appends Applies
Asks Begins Bounds Brings Builds Calls Carries Checks Chooses Closes Collects Commits Compares Compiles Computes
Confirms Converts Copies Counts Creates Decides Decodes Defines Deletes Delivers Derives Describes Discards Does Drops
Dumps Edits Encodes Ends Erases Exports Fills Filters Finds Fixes Follows Formats Gathers Gives Groups Guards Handles
Hashes Holds Identifies Implements Imports Invites Joins Judges Keeps Knows Leaves Lets Limits Links Listens Lists
Loads Locks Logs Looks Mails Makes Maps Marks Matches Measures Merges Moves Names Negotiates Offers Opens Orders Pairs
Parses Plans Posts Prepares Prints Proves Publishes Puts Queues Raises Reads Receives Recognizes Records Redirects
Refreshes Refuses Releases Remembers Removes Renames Renders Replaces Reports Represents Resolves Restores Returns
Runs Saves Says Seals Selects Sends Serves Sets Settles Shows Signs Sorts Speaks Splits Stands Starts States Stops
Stores Switches Takes Tells Tracks Tries Turns Undoes Updates Verifies Waits Wakes Walks Watches Withdraws Wraps
Writes Yields
"""
VERBS = frozenset(_VERBS.split())
"""Third-person verbs that the docstring of a function begins with."""

_OTHER_VERBS = "is are was were has have had can may must does do need mean let get come go"
OTHER_VERBS = frozenset(_OTHER_VERBS.split())
"""Verbs that the first sentence of a class's or module's docstring may have instead."""
