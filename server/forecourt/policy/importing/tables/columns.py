"""Decides what a column is about, by its heading, in the languages people send us pages in."""

import re
from enum import StrEnum
from functools import cache


class Column(StrEnum):
    """Lists what a column can be about, in the order in which they are tried: `subprocessor location` is a location."""

    MECHANISM = "mechanism"
    CONTACT = "contact"
    ADDRESS = "address"
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


_LEGAL_NAMES = (
    "legal entity|legal name|entity name|entity|registered name|company name|juridisk|firmenname|raison sociale|"
    "razón social|ragione sociale|razão social"
)
_BARE_NAMES = "name|navn|nom|nombre|nome|naam|namn|nazwa|nimi"
# What is done, or what it is called; the other words for a service ask for a name.
_SERVICES = "service|tjeneste|ytelse|tjänst|dienst|leistung|servicio|servizio|serviço|usług|palvelu|služba"
# English, Norwegian, then others. A part of a heading's word is enough, so compounds and endings need no row.
# An earlier synonym says it better.
_SYNONYMS = {
    Column.MECHANISM: "transfer mechanism|mechanism|safeguard|transfer|legal basis|legal ground|scc|sccs|dpf|"
    "privacy shield|"
    "privacy framework|adequacy|overføring|behandlingsgrunnlag|garanti|rechtsgrundlage|übermittlung|angemessenheit|"
    "transfert|transferencia|doorgifte|waarborg|överföring|skyddsåtgärd|overførsel|trasferiment|garanzie|transferência|"
    "salvaguarda|zabezpiecz|siirto|suojatoim",
    Column.CONTACT: "contact|e-mail|email|kontakt|e-post|epost|contacto|contatto|contato|yhteystie",
    Column.ADDRESS: "registered address|address|registered office|postadresse|anschrift|adres|dirección|domicilio|"
    "indirizzo|endereço|morada|osoite",
    Column.SUBJECTS: "data subject|individuals concerned|affected persons|registrerte|registrerede|registrerade|"
    "betroffene|betrokkenen|personnes concernées|personas|interesad|interessat|titulares|osób|rekisteröid",
    Column.SEAT: "country of incorporation|incorporated|entity country|entity location|location of entity|"
    "company location|company country|country of registration|country of establishment|established in|registered in|"
    "headquarter|hq|based in|seat|hovedkontor|registreringsland|hjemland|hjemsted|firmensitz|hauptsitz|"
    "unternehmenssitz|sitz|säte|zetel|hoofdkantoor|vestiging|gevestigd|siège|sede|siedziba|kotipaikka",
    Column.LOCATIONS: "location of processing|processing location|location|country|countries|region|where|hosting|"
    "hosted|data cent|datacent|residency|jurisdiction|territor|"
    "stored|place of|lokasjon|land|sted|plassering|lagringssted|"
    "behandlingssted|datasenter|standort|verarbeitungsort|speicherort|serverort|ort|länder|staat|drittland|"
    "rechenzentrum|pays|lieu|localisation|hébergement|país|ubicación|lugar|plats|lokation|placering|locatie|plaats|"
    "paese|luogo|ubicazione|localização|kraj|lokaliz|miejsce|sijainti|maa|lokalita|krajina",
    Column.RELATION: "relation|type of subprocessor|subprocessor type|relasjon|tilknytning|verhältnis|relatie",
    Column.CERTIFICATES: "certificat|certification|compliance|attestation|sertifi|zertifi|certyfik",
    Column.AUDIENCES: "audience|applies to|applicable to|customer region|customers|gjelder|kunder|målgruppe|kunden|"
    "gilt für|klanten|s'applique|aplica a|gælder",
    Column.EFFECTIVE: "effective|start date|since|date added|added|in use from|date|dato|fra dato|tatt i bruk|seit|"
    "datum|depuis|fecha|siden|sedan|sinds",
    Column.PURPOSE: "purpose|activit|what they do|what it does|what for|used for|services provided|service provided|"
    "type of service|nature of|reason|processing|description|use case|task|why|formål|aktivitet|behandling|"
    "beskrivelse|zweck|tätigkeit|verarbeitung|gegenstand|aufgabe|verwendung|einsatz|beschreibung|doel|doeleinde|"
    "verwerkingsdoel|beschrijving|omschrijving|finalit|usage|objet|finalidad|propósito|descripción|scopo|"
    "descrizione|descrição|syfte|ändamål|användning|beskrivning|cel|opis|tarkoitus|käyttö|kuvaus|účel|function|role|"
    "roles|rolle|funksjon|funktion|rôle|fonction|función|rol|functie|ruolo|funzione|função|roll|rola|funkcja|"
    "tehtävä|rooli",
    Column.ENTITY: f"{_LEGAL_NAMES}|"
    "sub-processor|subprocessor|sub processor|underdatabehandler|underleverandør|unterauftrag|subunternehm|"
    "sous-traitant|subencargad|sub-responsabil|subresponsabil|subverwerker|sub-verwerker|underbitr|subcontratante|"
    "suboperador|subprocessador|podwykonawc|alikäsittelij|alihankkija|processor|provider|vendor|supplier|third party|"
    "third-party|contractor|recipient|partner|leverandør|databehandler|mottaker|auftragsverarbeiter|auftragnehmer|"
    "dienstleister|drittanbieter|anbieter|empfänger|fournisseur|prestataire|destinataire|proveedor|encargado|"
    "fornitore|responsabile|fornecedor|leverancier|verwerker|ontvanger|leverantör|biträde|modtager|dostawca|podmiot|"
    "toimittaja|käsittelijä|company|business|organi|selskap|foretak|virksomhet|unternehmen|firma|firmen|société|"
    "entité|entreprise|empresa|entidad|azienda|società|bedrijf|onderneming|företag|bolag|virksomhed|selskab|yritys|"
    "spoločnosť|"
    f"{_BARE_NAMES}",
    Column.SERVICE: f"{_SERVICES}|product|produkt|produit|prodotto|produto|tuote|tool|platform|"
    "application|app|software|system|solution|verktøy|verktyg|værktøj|werkzeug|anwendung|outil|logiciel|herramienta|strument|ferramenta|narzędzi|työkalu",
    Column.DATA: "personal data|data|pii|information|opplysning|personopplysning|daten|données|datos|uppgifter|"
    "gegevens|oplysning|dati|dados|dane|danych|tiedot|údaje",
}
# Stand in headings of columns for which a policy has no place, though they speak of a company or of data.
_NO_COLUMN = re.compile(
    r"\b(?:web ?sites?|web ?page|web address|url|urls|link|links|homepage|nettside|privacy|datenschutz\w*|dpa|dpas|"
    r"agreements?|\w*avtale|\w*vertrag|contract|status|logo|numbers?|ids?|retention|duration|\w*dauer|\w*frist|"
    r"oppbevaringstid|lagringstid|durée|(?:more|further|additional) information|protection officer|compliant|risk\w*|"
    r"parent company|comments?|company (?:type|size)|(?:entity|vendor|provider) type|"
    r"type of (?:company|entity|vendor)|code|controllers?|owners?|managers?|tier|rating|score|criticality|"
    r"our (?:legal |own )?(?:entity|entities|company|companies|affiliates?)|contracting (?:entity|party|company)|"
    r"engaging entity|data exporter)\b"
)
_YES_OR_NO = re.compile(r"(?:approved|active|is|are|has|does|in use)\b.*\?", re.IGNORECASE)
_AND = re.compile(r"\s(?:and|og|und|et|y|och|en|e|with|med|mit)\s|[,;/&+(]")
_WHOLE_HEADINGS = {
    "use": Column.PURPOSE,
    "uses": Column.PURPOSE,
    "bruk": Column.PURPOSE,
    "what": Column.PURPOSE,
    "hva": Column.PURPOSE,
    "hva de gjør": Column.PURPOSE,
    "was sie tun": Column.PURPOSE,
    "local": Column.LOCATIONS,
    "place": Column.LOCATIONS,
    "places": Column.LOCATIONS,
    "who": Column.ENTITY,
    "unterauftragsverhältnis": Column.ENTITY,
    "unterauftragsverhältnisse": Column.ENTITY,
}
_NAMES_OF_SERVICES = re.compile(
    r"(?:service|product|tool|application|app|software|platform)s? names?|"
    r"names? of (?:the )?(?:service|product|tool|application)s?|tjenestenavn|produktnavn|produktname|dienstname"
)
_WHOLE_WORD_AT_MOST = 4  # letters up to which a synonym is a word of its own and no part of one


def to_column(heading: str) -> Column | None:
    ranked = _rank_column(heading)
    return ranked[0] if ranked else None


def rank_heading(heading: str) -> int:
    """Returns how well the heading names its column, zero being best, to compare it with others of the same column."""
    ranked = _rank_column(heading)
    return ranked[1] if ranked else 0


def has_no_place_in_policy(heading: str) -> bool:
    """Returns whether the heading is known to ask for something that a policy does not say, as a web address."""
    return bool(_NO_COLUMN.search(_words(heading)) or _YES_OR_NO.fullmatch(heading.strip()))


def names_legal_entities(heading: str) -> bool:
    """Returns whether the heading asks for a legal name, and not for what a company is called."""
    return rank_heading(heading) < len(_LEGAL_NAMES.split("|")) and to_column(heading) is Column.ENTITY


def is_bare_name(heading: str) -> bool:
    """Returns whether the heading says only that names stand below it."""
    position = len(_SYNONYMS[Column.ENTITY].split("|")) - len(_BARE_NAMES.split("|"))
    return rank_heading(heading) >= position and to_column(heading) is Column.ENTITY


def names_services(heading: str) -> bool:
    """Returns whether the heading asks for services, and neither for products nor for their names."""
    is_name = bool(_NAMES_OF_SERVICES.fullmatch(_words(heading)))
    return to_column(heading) is Column.SERVICE and not is_name and rank_heading(heading) < len(_SERVICES.split("|"))


def names_companies(headings: list[str] | tuple[str, ...]) -> bool:
    """Returns whether a table with these headings is one of companies.

    It is, without a heading for companies, where services or addresses of companies stand beside two other things, and
    where one asks for a company and its place together.
    """
    columns = set(map(to_column, headings)) - {None}
    if any(map(find_column_beside_company, headings)) and len(columns) > 1:
        return True
    is_near = Column.SERVICE in columns or any(map(names_company_with_address, headings))
    return Column.ENTITY in columns or (is_near and len(columns) > 2)


def names_company_with_address(heading: str) -> bool:
    return to_column(heading) is Column.ADDRESS and any(
        _has_synonym(_words(heading), synonym) for synonym in _SYNONYMS[Column.ENTITY].split("|")
    )


def find_column_beside_company(heading: str) -> Column | None:
    """Returns what a heading asks for beside the company, as `Name and address` and `Vendor / location` do."""
    column, parts = to_column(heading), [part for part in _AND.split(heading.casefold()) if part.strip()]
    is_place = column in (Column.ADDRESS, Column.LOCATIONS, Column.SEAT)
    return column if is_place and len(parts) > 1 and to_column(parts[0]) is Column.ENTITY else None


@cache
def _rank_column(heading: str) -> tuple[Column, int] | None:
    words = _words(heading)
    if _YES_OR_NO.fullmatch(heading.strip()):
        return None
    if column := Column.SERVICE if _NAMES_OF_SERVICES.fullmatch(words) else _WHOLE_HEADINGS.get(words):
        return column, 0
    for column, synonyms in _SYNONYMS.items():
        if column is Column.ADDRESS and _NO_COLUMN.search(words):  # but a mechanism or a contact may be a link
            return None
        ranks = (rank for rank, synonym in enumerate(synonyms.split("|")) if _has_synonym(words, synonym))
        if (rank := next(ranks, None)) is not None:
            return column, rank
    return None


def _words(heading: str) -> str:
    """Returns the words of a heading, also of one that a program wrote, as `VendorName` and `vendor_name`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return " ".join(re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", words.casefold()))


def _has_synonym(heading: str, synonym: str) -> bool:
    return synonym in heading.split() if len(synonym) <= _WHOLE_WORD_AT_MOST else synonym in heading


def heading_stems() -> frozenset[str]:
    """Returns the words, and the parts of words, that headings import knows are made of."""
    return frozenset(word for synonyms in _SYNONYMS.values() for word in re.findall(r"[^\W_]+(?:-[^\W_]+)*", synonyms))
