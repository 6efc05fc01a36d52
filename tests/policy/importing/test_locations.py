"""Places are read as people write them. None is invented, and none is lost without a line that names it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecourt.policy.importing.places import countries, seats
from forecourt.policy.importing.places.locations import ImportedLocation, is_place, parse_locations


def read(cell: str, language: str = "en") -> list[str]:
    """Returns the locations as `US` or `US: Oregon`, and the remarks behind them."""
    parsed = parse_locations(cell, language)
    return [f"{each.country}: {each.place}" if each.place else each.country for each in parsed.locations] + [
        f"? {remark}" for remark in parsed.remarks
    ]


@pytest.mark.parametrize(
    ("cell", "locations"),
    [
        ("Northern California, US", ["US: Northern California"]),
        ("N. Virginia", ["US: N. Virginia"]),
        ("Frankfurt (Germany)", ["DE: Frankfurt"]),
        ("Gravelines (France)", ["FR: Gravelines"]),
        ("USA (Oregon); Ireland", ["US: Oregon", "IE"]),
        ("USA (Oregon, Ohio)", ["US: Oregon", "US: Ohio"]),
        ("USA - Oregon", ["US: Oregon"]),
        ("USA – San Francisco, CA", ["US: San Francisco, CA"]),
        ("US: Oregon, Virginia", ["US: Oregon", "US: Virginia"]),
        ("US-Oregon", ["US: Oregon"]),
        ("Oregon (USA)", ["US: Oregon"]),
        ("California", ["US: California"]),
        ("Quebec, Canada", ["CA: Quebec"]),
        ("London, England", ["GB: London, England"]),
        ("England, UK", ["GB: England"]),
        ("Germany, Frankfurt", ["DE: Frankfurt"]),
        ("Dublin, Ireland, Germany and France", ["IE: Dublin", "DE", "FR"]),
        ("USA, Oregon, Ireland", ["US: Oregon", "IE"]),
        ("Oregon, Ohio, USA", ["US: Oregon", "US: Ohio"]),
        ("Frankfurt and Berlin, Germany", ["DE: Frankfurt", "DE: Berlin"]),
        ("Frankfurt/Main, Germany", ["DE: Frankfurt/Main"]),
        ("Portland, Oregon, USA", ["US: Portland, Oregon"]),
        ("New York, New York, USA", ["US: New York, New York"]),
        ("New York, NY", ["US: New York, NY"]),
        ("Washington, D.C., USA", ["US: Washington, D.C."]),
        ("Germany, Germany", ["DE"]),
        ("– Germany", ["DE"]),
        ("Netherlands (the)", ["NL"]),
        ("Germany 🇩🇪 (Frankfurt)", ["DE: Frankfurt"]),
        ("Sydney, NSW, Australia", ["AU: Sydney, NSW"]),
        ("Perth, WA, Australia", ["AU: Perth, WA"]),
        ("St. John's, NL, Canada", ["CA: St. John's, NL"]),
        ("Regina, SK, CA", ["CA: Regina, SK"]),
        ("Utrecht, NL", ["NL: Utrecht"]),
        ("Paris, Texas", ["US: Paris, Texas"]),
        ("us-west-2a", ["US: us-west-2a"]),
        ("Hosted in Germany", ["DE"]),
        ("Germany only", ["DE"]),
        ("US-based", ["US"]),
        ("San Francisco, CA USA", ["US: San Francisco, CA"]),
        ("San Francisco CA USA", ["US: San Francisco, CA"]),
        ("Frankfurt Germany", ["DE: Frankfurt"]),
        ("Seattle WA", ["US: Seattle, WA"]),
        ("Paris, TX", ["US: Paris, TX"]),
        ("London, ON", ["CA: London, ON"]),
        ("Ontario, CA, USA", ["US: Ontario, CA"]),
        ("Ontario, CA 91764", ["US: Ontario, CA 91764"]),
        ("Ontario, OR", ["US: Ontario, OR"]),
        ("Lebanon, NH", ["US: Lebanon, NH"]),
        ("Quebec, CA", ["CA: Quebec"]),
        ("St. John's, NL", ["CA: St. John's, NL"]),
        ("Hong Kong S.A.R., China", ["HK"]),
        ("Hong Kong SAR, PRC", ["HK"]),
        ("Taiwan (R.O.C.)", ["TW"]),
        ("U. S. A.", ["US"]),
    ],
)
def test_a_location_is_a_country_with_its_place(cell: str, locations: list[str]) -> None:
    assert read(cell) == locations


@pytest.mark.parametrize(
    "cell",
    [
        "Ireland, Germany",
        "Ireland / Germany",
        "Ireland/Germany",
        "Ireland; Germany",
        "Ireland\nGermany",
        "Ireland • Germany",
        "Ireland | Germany",
        "Ireland + Germany",
        "Ireland and Germany",
        "Ireland & Germany",
        "Ireland and/or Germany",
        "Irland und Deutschland",
        "IE, DE",
        "IRL/DEU",
        "🇮🇪 🇩🇪",
        "🇮🇪🇩🇪",
        "🇮🇪 Ireland 🇩🇪 Germany",
        "Ireland 🇮🇪, Germany 🇩🇪",
    ],
)
def test_a_list_of_countries_is_parted_as_people_part_it(cell: str) -> None:
    assert read(cell) == ["IE", "DE"]


@pytest.mark.parametrize(
    ("cell", "language", "codes"),
    [
        ("Irlanda e Germania", "it", ["IE", "DE"]),
        ("Irlandia i Niemcy", "pl", ["IE", "DE"]),
        ("Ierland en Duitsland", "nl", ["IE", "DE"]),
        ("Irlande et Allemagne", "fr", ["IE", "DE"]),
        ("Irlanti ja Saksa", "fi", ["IE", "DE"]),
        ("Irland och Tyskland", "sv", ["IE", "DE"]),
        ("Irland og Tyskland", "da", ["IE", "DE"]),
        ("Irlanda y Alemania", "es", ["IE", "DE"]),
        ("Bosnia and Herzegovina and Serbia", "en", ["BA", "RS"]),
        ("Trinidad & Tobago, Barbados", "en", ["TT", "BB"]),
        ("Korea, Republic of", "en", ["KR"]),
        ("Hong Kong, China", "en", ["HK"]),
        ("Macao SAR, Taiwan", "en", ["MO", "TW"]),
    ],
)
def test_a_word_between_countries_is_none_inside_a_countrys_name(cell: str, language: str, codes: list[str]) -> None:
    assert read(cell, language) == codes


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("🇺🇸 United States", "US"),
        ("United States 🇺🇸", "US"),
        ("🇺🇸", "US"),
        ("🇺🇸 USA", "US"),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿 United Kingdom", "GB"),
        ("United States (US)", "US"),
        ("United States (USA)", "US"),
        ("the United States of America", "US"),
        ("The United States", "US"),
        ("U.S.A.", "US"),
        ("us", "US"),
        ("Vereinigte Staaten von Amerika", "US"),
        ("États-Unis", "US"),
        ("Hong Kong SAR", "HK"),
        ("Hong Kong S.A.R.", "HK"),
        ("Deutschland", "DE"),
        ("Tyskland", "DE"),
        ("Niemcy", "DE"),
        ("Österreich", "AT"),
        ("Cote d'Ivoire", "CI"),
        ("Russian Federation", "RU"),
        ("The Netherlands", "NL"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Great Britain", "GB"),
        ("Myanmar (Burma)", "MM"),
        ("DE (Germany)", "DE"),
        ("Canada (CA)", "CA"),
    ],
)
def test_a_country_goes_by_many_names(cell: str, code: str) -> None:
    assert read(cell) == [code]


@pytest.mark.parametrize(
    ("cell", "locations"),
    [
        ("San Francisco, CA, USA", ["US: San Francisco, CA"]),
        ("Ashburn, VA, US", ["US: Ashburn, VA"]),
        ("Atlanta, Georgia, USA", ["US: Atlanta, Georgia"]),
        ("Wilmington, DE, USA", ["US: Wilmington, DE"]),
        ("Indianapolis, IN, United States", ["US: Indianapolis, IN"]),
        ("Springfield, IL, US", ["US: Springfield, IL"]),
        ("Portland, ME, U.S.", ["US: Portland, ME"]),
        ("Springfield, MA, USA", ["US: Springfield, MA"]),
        ("San Francisco, CA", ["US: San Francisco, CA"]),
        ("Mountain View, CA 94043", ["US: Mountain View, CA 94043"]),
        ("Springfield, IL 62701-1234", ["US: Springfield, IL 62701-1234"]),
        ("Dallas, TX", ["US: Dallas, TX"]),
        ("USA (CA)", ["US: CA"]),
        ("US-CA", ["US: CA"]),
        ("CA, USA", ["US: CA"]),
        ("GA (Georgia)", ["US: GA (Georgia)"]),
        ("Texas, Georgia", ["US: Texas", "US: Georgia"]),
        ("Toronto, ON, CA", ["CA: Toronto, ON"]),
        ("Toronto, ON M5V 2T6", ["CA: Toronto, ON M5V 2T6"]),
        ("Toronto, CA", ["CA: Toronto"]),
        ("Berlin, DE", ["DE: Berlin"]),
        ("10115 Berlin, DE", ["DE: 10115 Berlin"]),
        ("Tbilisi, Georgia", ["GE: Tbilisi"]),
        ("Armenia, Georgia", ["AM", "GE"]),
        ("US, DE, IE", ["US", "DE", "IE"]),
        ("IE, IN, CA", ["IE", "IN", "CA"]),
        ("NO", ["NO"]),
    ],
)
def test_neighbours_decide_what_a_name_of_two_places_is(cell: str, locations: list[str]) -> None:
    assert read(cell) == locations


@pytest.mark.parametrize("code", ["AL", "AR", "AZ", "CA", "CO", "DE", "GA", "ID", "IL", "IN", "KY", "LA", "MA"])
@pytest.mark.parametrize("more_codes", [["MD", "ME", "MN", "MO", "MS", "MT", "NC", "NE", "PA", "SC", "SD", "TN", "VA"]])
def test_a_states_code_before_its_country_is_no_other_country(code: str, more_codes: list[str]) -> None:
    for state in (code, *more_codes):
        assert read(f"Anytown, {state}, USA") == [f"US: Anytown, {state}"]
        assert read(f"Anytown, {state}") == [
            f"? {remark}" for remark in parse_locations(f"Anytown, {state}", "en").remarks
        ]


@pytest.mark.parametrize(
    ("cell", "reading"),
    [
        ("Georgia", ["? 'Georgia' can be Georgia or Georgia (United States); none was taken"]),
        ("Macon, Georgia", ["? 'Macon, Georgia' can be Georgia or Georgia (United States); none was taken"]),
        ("Springfield, IL", ["? 'Springfield, IL' can be Israel or Illinois (United States); none was taken"]),
        ("CA, US", ["US", "? 'CA' can be Canada or California (United States); none was taken"]),
        ("US/CA", ["US", "? 'CA' can be Canada or California (United States); none was taken"]),
        ("CA", ["CA", "? 'CA' can be Canada or California (United States); Canada was taken"]),
        ("Congo", ["? 'Congo' can be Congo - Kinshasa or Congo - Brazzaville; none was taken"]),
        ("NA", ["? 'NA' can be Namibia or a region; none was taken"]),
        ("Ireland or Germany", ["IE", "DE", "? 'Ireland or Germany' names alternatives; all of them were taken"]),
        ("🇺🇸 Canada", ["CA", "? the flag of United States beside 'Canada' was not taken"]),
        ("Frankfurt, Ireland", ["IE", "? 'Frankfurt' is no country"]),
        ("Perth, WA", ["? 'Perth' is no country", "? 'WA' is no country"]),
        ("Germany (France)", ["? 'Germany (France)' names several countries; none was taken"]),
        (
            "Ontario, CA",
            [
                "CA: Ontario",
                "? 'Ontario, CA' can be Ontario (Canada) or a place in California (United States); Canada was taken",
            ],
        ),
        ("Peru, IN", ["? 'Peru, IN' can be Peru and India or a place in Indiana (United States); none was taken"]),
        (
            "Norway, ME, USA",
            [
                "? 'Norway, ME, USA' can be Norway and Montenegro or a place in Maine (United States); none was taken",
            ],
        ),
        ("DE-BY", ["? 'DE-BY' is no country"]),
    ],
)
def test_what_can_be_two_places_is_listed_with_the_reading_that_was_chosen(cell: str, reading: list[str]) -> None:
    assert read(cell) == reading


@pytest.mark.parametrize(
    ("cell", "codes", "named"),
    [
        ("USA (multi-region)", ["US"], "multi-region"),
        ("Ireland (Stripe Payments Europe)", ["IE"], "Stripe Payments Europe"),
        ("Germany (Falkenhausen)", ["DE"], "Falkenhausen"),
        ("USA - multi-region", ["US"], "multi-region"),
        ("Germany (EU)", ["DE"], "EU"),
        ("EU (Germany)", ["DE"], "EU"),
        ("EU (Germany, France)", ["DE", "FR"], "EU"),
        ("US/EU", ["US"], "EU"),
        ("United States and Europe", ["US"], "Europe"),
        ("United States, global edge network", ["US"], "global edge network"),
        ("US (primary)", ["US"], "primary"),
        ("Primary: Ireland", ["IE"], "Primary"),
        ("AWS (Ireland)", ["IE"], "AWS"),
        ("AWS, Ireland", ["IE"], "AWS"),
        ("Hetzner Online GmbH, Germany", ["DE"], "Hetzner Online GmbH"),
        ("EU/UK/US regions as configured", ["GB"], "US regions as configured"),
        ("Global", [], "Global"),
        ("🌍 Worldwide", [], "Worldwide"),
        ("EEA", [], "EEA"),
        ("EU", [], "EU"),
        ("🇪🇺", [], "EU"),
        ("multi-region", [], "multi-region"),
        ("EØS", [], "EØS"),
        ("Europäische Union", [], "Europäische Union"),
        ("Atlantis", [], "Atlantis"),
        ("OK", [], "OK"),
        ("No", [], "No"),
        ("per", [], "per"),
        ("TBD", [], "TBD"),
        ("Run by Germany", [], "Run by Germany"),
        ("Paris", [], "Paris"),
        ("West Europe", [], "West Europe"),
        ("MI", [], "MI"),
        ("276", [], "276"),
    ],
)
def test_what_is_no_place_is_named_and_becomes_none(cell: str, codes: list[str], named: str) -> None:
    parsed = parse_locations(cell, "en")
    assert [str(each.country) for each in parsed.locations] == codes
    assert not any(each.place for each in parsed.locations)
    assert any(f"'{named}'" in str(remark) for remark in parsed.remarks)


@pytest.mark.parametrize(
    ("cell", "locations"),
    [
        ("eu-west-1", ["IE: eu-west-1"]),
        ("us-east-1, eu-west-1", ["US: us-east-1", "IE: eu-west-1"]),
        ("europe-west3", ["DE: europe-west3"]),
        ("AWS Frankfurt", ["DE: AWS Frankfurt"]),
        ("AWS eu-central-1 (Frankfurt)", ["DE: AWS eu-central-1 (Frankfurt)"]),
        ("Azure West Europe", ["NL: Azure West Europe"]),
        ("westeurope", ["NL: westeurope"]),
        ("East US 2", ["US: East US 2"]),
        ("Germany West Central", ["DE: Germany West Central"]),
        ("US West (Oregon)", ["US: US West (Oregon)"]),
        ("Ireland (eu-west-1) + USA (us-east-1)", ["IE: eu-west-1", "US: us-east-1"]),
    ],
)
def test_a_clouds_region_lies_in_its_country(cell: str, locations: list[str]) -> None:
    assert read(cell) == locations


def test_a_city_in_the_brackets_of_a_region_is_enough() -> None:
    assert parse_locations("EU (Frankfurt or Ireland)", "en").locations == (
        ImportedLocation("DE", "Frankfurt"),
        ImportedLocation("IE"),
    )


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("1 Market St, San Francisco, CA", "US"),
        ("1 Peach Way, Atlanta, Georgia", "US"),
        ("1 Peach Way, Macon, Georgia 31201", "US"),
        ("2 Main St; Springfield, IL 62701; USA", "US"),
        ("Rustaveli Ave 1, Tbilisi, Georgia", "GE"),
        ("Am Ring 1, 10115 Berlin, DE", "DE"),
        ("Am Ring 1, 10115 Berlin", ""),
        ("75001 Paris France", "FR"),
        ("1 Raffles Place, Singapore 068896", "SG"),
        ("Dublin, Ireland D02 AF30.", "IE"),
        ("Karlsplatz 1, Wien, Österreich", "AT"),
        ("Philadelphia; US", "US"),
    ],
)
def test_an_address_ends_with_its_country(address: str, country: str) -> None:
    assert seats.parse_country_of_address(address, "en") == (country, ())


@pytest.mark.parametrize("end", ["Springfield, IL", "Macon, Georgia", "Anytown, CA"])
def test_an_address_whose_end_can_be_two_countries_has_none_and_says_so(end: str) -> None:
    country, [remark] = seats.parse_country_of_address(f"2 Main St, {end}", "en")
    assert (country, "none was taken" in str(remark)) == ("", True)


def test_an_address_in_ontario_is_named_as_what_can_be_two_places() -> None:
    country, [remark] = seats.parse_country_of_address("1 Main St, Ontario, CA", "en")
    assert country == "CA"
    assert "can be Ontario (Canada) or a place in California" in str(remark)
    assert seats.parse_country_of_address("1 Main St, Ontario, CA 91764", "en") == ("US", ())


@pytest.mark.parametrize(
    ("cell", "country", "remarks"),
    [
        ("USA", "US", ()),
        ("San Francisco, CA, USA", "US", ("'San Francisco, CA' is a place; only its country was taken",)),
        ("USA/Ireland", "", ("'USA/Ireland' names several countries; none was taken",)),
    ],
)
def test_a_seat_is_one_country(cell: str, country: str, remarks: tuple[str, ...]) -> None:
    code, seat_remarks = seats.parse_seat(cell, "en")
    assert (code, tuple(map(str, seat_remarks))) == (country, remarks)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ireland", True), ("EU", True), ("US", True), ("GE", False), ("BT", False), ("Oregon", False), ("Linode", False)],
)
def test_a_companys_name_is_rarely_a_places(name: str, expected: bool) -> None:
    assert is_place(name, "en") is expected


NAMES = ["Germany", "the United States", "USA", "UK", "Bosnia and Herzegovina", "Hong Kong SAR", "Deutschland", "IE"]
NAMES += ["CA", "DE", "Georgia", "Oregon", "New York", "Ontario", "N. Virginia", "Frankfurt", "Falkenhausen", "94105"]
NAMES += ["EU", "Global", "multi-region", "eu-west-1", "AWS Frankfurt", "Azure West Europe", "AWS", "primary", "NA"]
NAMES += ["Stripe Payments Europe", "Congo"]
MARKS = [", ", "; ", " / ", "/", " and ", " & ", " + ", "\n", " - ", ": ", " (", "), ", ") ", " ", "-"]


@settings(deadline=None, max_examples=400)  # the first one reads the names of all countries
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(MARKS)), min_size=1, max_size=6))
def test_no_word_of_a_cell_disappears(parts: list[tuple[str, str]]) -> None:
    """Each name is in a place, named in a remark, or the name of a country that was taken."""
    cell = "".join(name + mark for name, mark in parts)
    parsed = parse_locations(cell, "en")
    remaining_words = " ".join([*(each.place for each in parsed.locations), *map(str, parsed.remarks)])
    codes = {each.country for each in parsed.locations}
    for name, _ in parts:
        assert countries.country_code(name, "en") in codes or all(
            word in remaining_words for word in re.findall(r"\w+", name)
        ), name


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_named(cell: str) -> None:
    parsed = parse_locations(cell, "en")
    assert parsed.locations or parsed.remarks or not re.search(r"\w", cell)


@pytest.mark.parametrize(
    "cell", ["(" * 900 + ")" * 900, "US: " * 480, "a - " * 480, "AWS (a) " * 240, "🇺🇸" * 900, ",".join(["CA"] * 600)]
)
def test_a_hostile_cell_is_read_at_once(cell: str) -> None:
    parsed = parse_locations(cell, "en")
    assert parsed.locations or parsed.remarks
