"""Makes a site whose chat is bound to a company of which a listed policy states less than the sample."""

from dataclasses import replace
from pathlib import Path

from forecourt.settings.site import SiteSettings
from tests.policy.sample import break_sample


def bind_chat_to_listed_company(site: SiteSettings, folder: Path, stated: str, instead: str) -> SiteSettings:
    """Returns the site with a listed policy in `folder`, in which `instead` stands for what the sample has `stated`."""
    changes = ((stated, instead), ("notice_days = 30", 'notice_days = 30\nlevel = "listed"'))
    policy = break_sample(folder, "facts.toml", *changes)
    return replace(site, policy=policy, chat=replace(site.chat, engagements=("twilio",)))
