"""`forecourt policy`: from files to releases and back."""

import argparse

from forecourt import site_loader
from forecourt.commands import policy_diff, policy_evidence, policy_export, policy_import, policy_schema
from forecourt.commands.command import command, settings_of, site_of, with_database
from forecourt.policy import actions


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    policy = commands.add_parser("policy", help="the subprocessor policy").add_subparsers(
        required=True, metavar="ACTION"
    )
    publish = command(policy, "publish", _publish, "publish a site's policy folder as its next release")
    publish.add_argument("site", help="the site's name in the settings")
    publish.add_argument("--emergency", default="", metavar="REASON", help="why the notice period is not kept; shown")
    for each in (policy_import, policy_export, policy_diff, policy_schema, policy_evidence):
        each.add_to(policy)


def _publish(options: argparse.Namespace) -> None:
    at = settings_of(options)
    _, policy = site_loader.load_policies(options.site, site_of(at, options.site))
    reason = " ".join(options.emergency.split())
    made = with_database(at, lambda database: actions.publish(database, options.site, policy, reason))
    needless = " Nothing in it came early, so the reason is not shown." if reason and not made.release.emergency else ""
    print(f"Release {made.release.number} of {options.site} stands ({made.release.sha256[:12]}).{needless}")
