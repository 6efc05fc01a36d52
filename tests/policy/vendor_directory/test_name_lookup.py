"""A name finds its vendor however a list spells it, and finds nothing where it is another company's."""

import pytest

from forecourt.policy.vendor_directory.name_lookup import match_vendors

EMEA = "Amazon Web Services EMEA SARL"


def offers(name: str) -> dict[str, str | None]:
    """Returns the id of each vendor that is offered, with the legal name that was recognized."""
    matches = match_vendors(name)
    return {match.vendor.id: match.entity.legal_name.value if match.entity else None for match in matches}


@pytest.mark.parametrize(
    ("name", "vendor", "legal_name"),
    [
        ("AWS", "amazon-web-services", None),
        ("amazon web services", "amazon-web-services", None),
        ("Amazon Web Services, Inc.", "amazon-web-services", "Amazon Web Services, Inc."),
        ("Amazon Web Services Inc (AWS)", "amazon-web-services", "Amazon Web Services, Inc."),
        (EMEA, "amazon-web-services", EMEA),
        ("Amazon (AWS)", "amazon-web-services", None),
        ("AWS [Frankfurt]", "amazon-web-services", None),
        ("Stripe Payments Europe Ltd.", "stripe", "Stripe Payments Europe, Limited"),
        ("PayPal (Europe) S.à r.l. et Cie, S.C.A.", "paypal", "PayPal (Europe) S.à r.l. et Cie, S.C.A."),
        ("Typeform SL", "typeform", "TYPEFORM S.L."),
        ("The Rocket Science Group", "mailchimp", "The Rocket Science Group LLC"),
        ("Hetzner Online GmbH – Germany", "hetzner", "Hetzner Online GmbH"),
        ("Cloudflare, Inc.*", "cloudflare", "Cloudflare, Inc."),
        ("Functional Software, Inc. dba Sentry", "sentry", "Functional Software, Inc."),
        ("The Rocket Science Group LLC d/b/a Mailchimp", "mailchimp", "The Rocket Science Group LLC"),
        ("Anthropic, PBC", "anthropic", "Anthropic PBC"),
        ("Sendinblue (Brevo)", "brevo", None),
        ("AWS S3", "amazon-web-services", None),
        ("Google Cloud Platform (GCP)", "google-cloud", None),
        ("Azure OpenAI Service", "microsoft-azure", None),
        ("Twilio SendGrid", "twilio", None),
        ("SendGrid, Inc.", "twilio", None),
        ("Intercom R&D Unlimited Company", "intercom", "Intercom R&D Unlimited Company"),
        ("Slack Technologies, LLC", "slack", "Slack Technologies, LLC"),
        ("salesforce.com, inc.", "salesforce", None),
        ("Resend (Plus Five Five, Inc.)", "resend", "Plus Five Five, Inc."),
        ("Sentry (Functional Software, Inc.)", "sentry", "Functional Software, Inc."),
        ("PayPal (Europe) S.a.r.l. et Cie, S.C.A.", "paypal", "PayPal (Europe) S.à r.l. et Cie, S.C.A."),
        ("Plausible Insights OU", "plausible", "Plausible Insights OÜ"),
        ("Scaleway S.A.S.", "scaleway", None),
        ("Hotjar Limited", "hotjar", None),
    ],
)
def test_spellings_of_one_vendor(name: str, vendor: str, legal_name: str | None) -> None:
    assert offers(name) == {vendor: legal_name}


@pytest.mark.parametrize(
    ("name", "vendor"),
    [
        ("OpenAI, L.L.C.", "openai"),
        ("OpenAI, Inc.", "openai"),
        ("Sentry, Inc.", "sentry"),
        ("Stripe, Inc.", "stripe"),
        ("Supabase, Inc.", "supabase"),
        ("Neon, Inc.", "neon"),
        ("Mixpanel, Inc.", "mixpanel"),
    ],
)
def test_a_form_of_the_vendor_s_countries_finds_the_vendor_and_no_company(name: str, vendor: str) -> None:
    assert offers(name) == {vendor: None}


@pytest.mark.parametrize(
    "name",
    [
        *("Notion AS", "Linear AB", "Clerk AS", "Neon AS", "Railway Ltd", "Mixpanel AS", "Crisp AS", "Expo AS"),
        *("Sentry Page Protection", "Elastic Path Software Inc.", "Amazon", "Clerk & Co", "Azure Power Global"),
        *("Acme", "", "()", "Inc.", "A" * 201),
    ],
)
def test_another_company_finds_nothing(name: str) -> None:
    assert offers(name) == {}


def test_a_company_of_several_vendors_finds_them_all() -> None:
    products = ("firebase", "google-analytics", "google-cloud", "google-workspace")
    assert offers("Google LLC") == dict.fromkeys(products, "Google LLC")
    assert offers("Google LLC / Google Ireland Limited") == dict.fromkeys(products)
    assert offers("PayPal, Inc.") == {"braintree": "PayPal, Inc.", "paypal": "PayPal, Inc."}
    assert offers("Slack by Salesforce") == {"slack": None, "salesforce": None}
