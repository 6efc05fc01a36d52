"""Decides what a column is about, by its heading, in the languages people send us pages in."""

import re
from enum import StrEnum


class Column(StrEnum):
    """Lists what a column can be about, in the order in which they are tried: `subprocessor location` is a location."""

    MECHANISM = "mechanism"
    ADDRESS = "address"
    CONTACT = "contact"
    SUBJECTS = "subjects"
    SEAT = "seat"
    LOCATIONS = "locations"
    RELATION = "relation"
    CERTIFICATES = "certificates"
    AUDIENCES = "audiences"
    EFFECTIVE = "effective"
    PURPOSE = "purpose"
    ENTITY = "entity"
    SERVICE = "service"
    DATA = "data"


# English, Norwegian, then others. A part of a heading's word is enough, so compounds and endings need no row.
_SYNONYMS = {
    Column.MECHANISM: "transfer mechanism|mechanism|safeguard|transfer|legal basis for transfer"
    "|overføring|garanti|rechtsgrundlage|übermittlung|transfert|transferencia",
    Column.ADDRESS: "address|registered office|adresse|postadresse|anschrift|dirección|adres",
    Column.CONTACT: "contact|e-mail|email|kontakt|e-post|epost|contacto|contatto",
    Column.SUBJECTS: "data subject|individuals concerned|registrerte|betroffene|personas",
    Column.SEAT: "country of incorporation|entity country|country of registration|headquarter|hovedkontor|"
    "registreringsland|sitzland",
    Column.LOCATIONS: "location|country|countries|region|where|hosting|data cent|lokasjon|land|sted|plassering|"
    "lagringssted|behandlingssted|standort|ort|länder|pays|lieu|localisation|país|ubicación|plats|lokalita|krajina",
    Column.RELATION: "relation|type of subprocessor|relasjon|tilknytning",
    Column.CERTIFICATES: "certificat|certification|sertifi|zertifi",
    Column.AUDIENCES: "audience|applies to|applicable to|customer region|customers|gjelder|kunder|målgruppe|kunden",
    Column.EFFECTIVE: "effective|start date|since|date added|in use from|dato|fra dato|tatt i bruk|seit",
    Column.PURPOSE: "purpose|activit|description|nature of|processing|use|formål|aktivitet|beskrivelse|behandling|"
    "zweck|tätigkeit|finalit|finalidad|syfte|účel",
    Column.ENTITY: "legal entity|entity|company|sub-processor|subprocessor|sub processor|provider|vendor|supplier|"
    "third party|name|organi|selskap|foretak|underdatabehandler|leverandør|navn|virksomhet|unternehmen|"
    "unterauftrag|firma|anbieter|société|entité|sous-traitant|nom|empresa|entidad|nombre|företag|spoločnosť",
    Column.SERVICE: "service|product|function|tjeneste|produkt|ytelse|tjänst|dienst|leistung|produit|servicio|služba",
    Column.DATA: "personal data|data|information|opplysning|personopplysning|daten|données|datos|uppgifter|údaje",
}
_EXACT = {"service name": Column.SERVICE, "product name": Column.SERVICE, "tjenestenavn": Column.SERVICE}
_WHOLE_WORD_AT_MOST = 4  # letters up to which a synonym is a word of its own and no part of one


def to_column(heading: str) -> Column | None:
    words = " ".join(re.findall(r"[^\W_]+(?:-[^\W_]+)*", heading.casefold()))
    columns = (
        column for column, synonyms in _SYNONYMS.items() if any(_has_synonym(words, one) for one in synonyms.split("|"))
    )
    return _EXACT.get(words) or next(columns, None)


def _has_synonym(heading: str, synonym: str) -> bool:
    return synonym in heading.split() if len(synonym) <= _WHOLE_WORD_AT_MOST else synonym in heading
