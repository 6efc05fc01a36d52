"""`forecourt policy publish`: publishes a site's policy folder as its next release."""

import argparse

from forecourt import site_loader
from forecourt.commands.database import run_with_database
from forecourt.commands.settings import find_site, load_command_settings
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.policy import actions
from forecourt.policy.stated_facts import count_listed_facts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", help="the site's name in the settings")
    parser.add_argument(
        "--emergency", default="", metavar="REASON", help="why the notice period is not kept; the reason is published"
    )


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)
    _, policy = site_loader.load_policies(options.site, find_site(settings, options.site))
    reason = " ".join(options.emergency.split())
    result = run_with_database(settings, lambda database: actions.publish(database, options.site, policy, reason))
    release = result.release
    record_event(SecurityEvent.POLICY_PUBLISHED, site=options.site, release=release.number)
    unused = " Nothing in it came early, so the reason is not shown." if reason and not release.emergency else ""
    print(f"Release {release.number} of {options.site} is live ({release.sha256[:12]}).{unused}")
    if count := count_listed_facts(release.policy.facts):
        print(
            f"It is listed, and states {count.stated_count} of {count.total} facts; forecourt check names the others."
        )
