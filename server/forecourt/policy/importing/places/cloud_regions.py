"""Knows the regions of the common clouds, by code and by name, and the cities that need no country beside them.

Cities come from CLDR's time zones, and from where these clouds and the companies that use them have their sites.
"""

import re
from collections import defaultdict
from functools import cache

from babel.core import get_global

from forecourt.policy.importing.places.countries import fold_name

_PROVIDER = re.compile(
    r"(amazon web services|amazon aws|amazon|aws|google cloud platform|google cloud|google|gcp|microsoft azure|"
    r"microsoft|azure|digitalocean|hetzner|ovhcloud|ovh|scaleway|linode|akamai|fly\.io|vercel|cloudflare|heroku|"
    r"ibm cloud|oracle cloud|oci|exoscale|upcloud)\b[\s:,–-]*(?:regions?\b\s*)?(.*)",
    re.IGNORECASE | re.DOTALL,
)
# Country: AWS | Google | Azure, where a name of Azure's stands as its code is written.
_REGIONS = {
    "US": "us-east-1|us-east-2|us-west-1|us-west-2|us-gov-east-1|us-gov-west-1|us-central1|us-central2|us-east1|"
    "us-east4|us-east5|us-east7|us-south1|us-west1|us-west2|us-west3|us-west4|us-west8|us east|us west|us-east|us-west|"
    "us central|us south|eastus|eastus2|eastus3|centralus|northcentralus|southcentralus|westcentralus|westus|westus2|"
    "westus3",
    "CA": "ca-central-1|ca-west-1|northamerica-northeast1|northamerica-northeast2|canadacentral|canadaeast",
    "MX": "mx-central-1|northamerica-south1|mexicocentral",
    "BR": "sa-east-1|southamerica-east1|brazilsouth|brazilsoutheast",
    "CL": "southamerica-west1|chilecentral",
    "IE": "eu-west-1|northeurope",
    "GB": "eu-west-2|europe-west2|uksouth|ukwest",
    "FR": "eu-west-3|europe-west9|francecentral|francesouth",
    "DE": "eu-central-1|europe-west3|europe-west10|germanywestcentral|germanynorth|eusc-de-east-1",
    "CH": "eu-central-2|europe-west6|switzerlandnorth|switzerlandwest",
    "SE": "eu-north-1|europe-north2|swedencentral|swedensouth",
    "IT": "eu-south-1|europe-west8|europe-west12|italynorth",
    "ES": "eu-south-2|europe-southwest1|spaincentral",
    "BE": "europe-west1|belgiumcentral",
    "NL": "europe-west4|westeurope",
    "FI": "europe-north1",
    "PL": "europe-central2|polandcentral",
    "NO": "norwayeast|norwaywest",
    "AT": "austriaeast",
    "DK": "denmarkeast",
    "IL": "il-central-1|me-west1|israelcentral",
    "QA": "me-central1|qatarcentral",
    "SA": "me-central2",
    "AE": "me-central-1|uaenorth|uaecentral",
    "BH": "me-south-1",
    "ZA": "af-south-1|africa-south1|southafricanorth|southafricawest",
    "IN": "ap-south-1|ap-south-2|asia-south1|asia-south2|centralindia|southindia|westindia",
    "SG": "ap-southeast-1|asia-southeast1|southeastasia",
    "AU": "ap-southeast-2|ap-southeast-4|australia-southeast1|australia-southeast2|australiaeast|australiasoutheast|"
    "australiacentral",
    "ID": "ap-southeast-3|asia-southeast2|indonesiacentral",
    "MY": "ap-southeast-5|malaysiawest",
    "NZ": "ap-southeast-6|newzealandnorth",
    "TH": "ap-southeast-7|asia-southeast3",
    "JP": "ap-northeast-1|ap-northeast-3|asia-northeast1|asia-northeast2|japaneast|japanwest",
    "KR": "ap-northeast-2|asia-northeast3|koreacentral|koreasouth",
    "HK": "ap-east-1|asia-east2|eastasia",
    "TW": "ap-east-2|asia-east1",
    "CN": "cn-north-1|cn-northwest-1|chinanorth|chinaeast",
}
_GEOGRAPHIC_NAMES = (
    "northeurope",
    "westeurope",
    "southeastasia",
    "eastasia",
)  # regions of Azure's only beside its name
_CITIES = {
    "DE": "Frankfurt|Frankfurt am Main|Frankfurt/Main|Falkenstein|Nuremberg|Nürnberg|Munich|München|Hamburg",
    "FR": "Gravelines|Roubaix|Strasbourg|Marseille",
    "CH": "Zurich|Geneva",
    "IT": "Milan|Milano|Turin",
    "BE": "St. Ghislain",
    "NL": "Eemshaven|Rotterdam",
    "FI": "Hamina",
    "IN": "Mumbai|Hyderabad|Delhi|New Delhi|Bangalore|Bengaluru|Chennai|Pune",
    "AU": "Canberra",
    "JP": "Osaka",
    "CA": "St. John's|Montreal|Montréal|Calgary|Ottawa",
    "GB": "Cardiff|Slough",
    "ZA": "Cape Town",
    "IL": "Tel Aviv",
    "BR": "São Paulo",
    "US": "San Francisco|San Diego|Palo Alto|Mountain View|Menlo Park|Redwood City|Sunnyvale|"
    "Cupertino|Seattle|Redmond|Hillsboro|The Dalles|Las Vegas|Salt Lake City|Austin|Dallas|Houston|Atlanta|Miami|"
    "Ashburn|Reston|Boston|Council Bluffs|Brooklyn|Philadelphia|San Mateo|Bellevue|Raleigh|Pittsburgh|Moncks Corner",
}
_POST_CODE = re.compile(r"^[A-Z\d-]*\d[A-Z\d-]*\s|(?:\s[A-Z\d]*\d[A-Z\d]*)+$")  # or the 2 of `Dublin 2`
_ZONES = re.compile(r"(?:Africa|America|Asia|Australia|Europe|Pacific)/(?:[^/]+/)?([^/]+)")


def split_provider(text: str) -> tuple[str, str]:
    """Returns the cloud's name and the rest: `AWS` and `Frankfurt`. Both are blank where no cloud stands first."""
    match = _PROVIDER.fullmatch(text.strip())
    return (match[1], match[2].strip(" ()")) if match else ("", "")


def find_region(text: str) -> str:
    """Returns the code of the country in which the cloud's region is, empty where `text` names none."""
    provider, rest = split_provider(text)
    name = fold_name(rest if provider else text).removesuffix(" region").removeprefix("region ")
    name = re.sub(r"(?<=\d)[a-f]$", "", name)  # the zone in `us-west-2a`
    country = _countries_by_region().get(name, "")
    joined_name = name.replace(" ", "")
    if country or (not provider and joined_name in _GEOGRAPHIC_NAMES and name != joined_name):
        return country
    return _countries_by_region().get(joined_name, "") or (find_city(name) if provider else "")


def find_city(name: str) -> str:
    """Returns the code of the country in which the city is, empty where import does not know it.

    A post code before or after it is passed over.
    """
    return _countries_by_city().get(fold_name(_POST_CODE.sub("", name)), "")


@cache
def _countries_by_region() -> dict[str, str]:
    return {each: country for country, regions in _REGIONS.items() for each in regions.split("|")}


@cache
def _countries_by_city() -> dict[str, str]:
    """Returns countries by the folded names of cities, without those of which two countries have one."""
    countries = defaultdict[str, set[str]](set)
    for zone, country in get_global("zone_territories").items():
        if match := _ZONES.fullmatch(zone):
            countries[fold_name(match[1].replace("_", " "))].add(country)
    for country, cities in _CITIES.items():
        for city in cities.split("|"):
            countries[fold_name(city)].add(country)
    return {city: next(iter(codes)) for city, codes in countries.items() if len(codes) == 1}
