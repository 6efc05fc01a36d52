"""A heading says what its column is about; what stands in it says which of two that could name the companies does."""

from pathlib import Path

import pytest

from forecourt.policy.importing.import_file import import_into
from forecourt.policy.importing.tables.columns import to_column
from tests.policy.importing.test_pages import read_toml, write_file

HEADINGS = {
    "entity": "Legal entity|Sub-processor|Service provider|Vendor|Third party|Processor|Company|Name|Who|"
    "Providers we use|Underdatabehandler|Selskap|Navn på leverandør|Underbiträde|Leverantör|Underleverandør|"
    "Virksomhed|Unternehmen|Auftragsverarbeiter|Dienstleister|Firma|Subverwerker|Leverancier|Naam|Sous-traitant|"
    "Prestataire|Société|Subencargado|Proveedor|Nombre|Fornitore|Azienda|Subcontratante|Fornecedor|Empresa|Podmiot|"
    "Dostawca|Nazwa|Alikäsittelijä|Toimittaja|Nimi",
    "service": "Service|Service name|Name of product|Product|Tool|Tjeneste|Tjenestenavn|Tjänst|Dienst|Leistung|"
    "Produit|Servicio|Servizio|Serviço|Usługa|Palvelu",
    "purpose": "Purpose of processing|What they do|Activity|Description|Use|Role|Function|Services provided|Formål|"
    "Aktivitet|Bruk|Rolle|Funksjon|Syfte|Ändamål|Zweck|Funktion|Art der Verarbeitung|Tätigkeit|Doel|"
    "Verwerkingsdoel|Finalité|Rôle|Fonction|Finalidad|Función|Scopo|Finalità|Ruolo|Finalidade|Função|"
    "Cel przetwarzania|Funkcja|Käyttötarkoitus|Tehtävä",
    "locations": "Location|Subprocessor location|Data location|Where they process|Country|Hosting region|Lokasjon|"
    "Lagringssted|Land|Plats|Lokation|Standort|Serverstandort|Ort der Verarbeitung|Verarbeitungsort|Staat|Locatie|"
    "Plaats|Pays|Lieu d'hébergement|Localisation|País|Ubicación|Paese|Luogo|Localização|Kraj|Lokalizacja|Sijainti|"
    "Maa",
    "seat": "Headquarters|HQ|Entity country|Company location|Sitz|Firmensitz|Hovedkontor|Säte|Zetel|Siège|Sede|"
    "Siedziba|Kotipaikka",
    "data": "Categories of personal data|Data|Data shared|Personopplysninger|Personuppgifter|Oplysninger|"
    "Datenkategorien|Gegevens|Données|Datos|Dati|Dados|Dane|Tiedot",
    "subjects": "Data subjects|Betroffene Personen|Registrerte",
    "mechanism": "Transfer mechanism|Safeguards (link)|Legal basis for transfer|Overføringsgrunnlag|Rechtsgrundlage",
    "contact": "Contact|Email address|Kontakt",
    "address": "Registered address|Anschrift|Name and address|Firma, Anschrift|Adresse|Indirizzo",
    "audiences": "Applies to|Gjelder kunder i",
    "effective": "In use since|Date added|Dato|Seit",
    "certificates": "Certifications|Zertifikate",
    "": "Landlord's cat|Notes|Company website|Sub-processor URL|Data processing agreement|DPA|Data retention|"
    "Status|Parent company|Privacy policy|Datenschutzerklärung|GDPR compliant?|Further information|Company type|",
}


@pytest.mark.parametrize(
    ("heading", "about"), [(heading, about) for about, headings in HEADINGS.items() for heading in headings.split("|")]
)
def test_a_heading_says_what_its_column_is_about(heading: str, about: str) -> None:
    assert (to_column(heading) or "") == about


@pytest.mark.parametrize(
    ("headings", "rows", "names", "services", "line"),
    [
        ("Company,Sub-processor,What they do", "Us,Acme,Mail\nUs,Beta,Chat", "Acme|Beta", "", "and not 'Us'"),
        ("Sub-processor,Company,What they do", "Acme,Us,Mail\nBeta,Us,Chat", "Acme|Beta", "", "and not 'Us'"),
        ("Sub-processor,Entity name", "Acme,Acme Inc.\nBeta,Beta GmbH", "Acme Inc.|Beta GmbH", "Acme|Beta", ""),
        ("Vendor,Legal entity", "Acme,Acme Inc.\nBeta,Beta GmbH", "Acme Inc.|Beta GmbH", "Acme|Beta", ""),
        ("Sub-processor,Company", "Acme,Acme Inc.\nBeta,Beta GmbH", "Acme Inc.|Beta GmbH", "Acme|Beta", ""),
        ("Name,Company", "Chat,Acme\nMail,Beta", "Acme|Beta", "Chat|Mail", ""),
        ("Sub-processor,Service,Purpose", "Acme,Chat,To talk\nBeta,Mail,To write", "Acme|Beta", "Chat|Mail", ""),
        ("Service,Provider", "Acme One,Acme\nBeta Two,Beta", "Acme|Beta", "Acme One|Beta Two", ""),
        ("Product,Vendor", "Chat,Acme\nMail,Beta", "Acme|Beta", "Chat|Mail", ""),
        ("Provider,Vendor", "Acme,Acme Shop\nBeta,Beta Shop", "Acme|Beta", "", "and not 'Acme Shop', 'Beta Shop'"),
        ("Company website,Sub-processor", "a.example,Acme\nb.example,Beta", "Acme|Beta", "", "no heading import knows"),
        (
            "Service,Purpose,Location",
            "Acme,Mail,Norway\nBeta,Chat,Norway",
            "Acme|Beta",
            "",
            "was taken for the company",
        ),
        ("Company,Sub-processor", "Us,Acme", "Acme", "", "and not 'Us'"),
        (
            "Our entity,Subprocessor",
            "Us AS,Acme\nUs Inc,Beta",
            "Acme|Beta",
            "",
            "'Our entity' is no heading import knows",
        ),
        ("Contracting entity,Vendor", "Us AS,Acme\nUs Inc,Beta", "Acme|Beta", "", "'Us AS', 'Us Inc'"),
        ("Controller,Processor,Sub-processor", "Cust,Us,Acme\nCust,Us,Beta", "Acme|Beta", "", "and not 'Us'"),
        ("Vendor owner,Vendor", "Jane,Acme\nJo,Beta", "Acme|Beta", "", "'Vendor owner' is no heading import knows"),
        ("Approved subprocessor?,Name", "Yes,Acme\nNo,Beta", "Acme|Beta", "", "'Yes', 'No'"),
        ("OwnerId,VendorName", "7,Acme\n8,Beta", "Acme|Beta", "", "'OwnerId' is no heading import knows"),
        ("vendor_id,vendor_name", "7,Acme\n8,Beta", "Acme|Beta", "", "'vendor_id' is no heading import knows"),
    ],
)
def test_the_column_of_the_companies_is_chosen_by_heading_and_content(
    headings: str, rows: str, names: str, services: str, line: str, tmp_path: Path
) -> None:
    result = import_into(tmp_path / "draft", write_file(tmp_path, f"{headings}\n{rows}\n"), "en")
    facts, words = read_toml(tmp_path / "draft", "facts.toml"), {}
    if (tmp_path / "draft/words/en.toml").exists():
        words = read_toml(tmp_path / "draft", "words/en.toml")
    assert sorted(each["legal_name"] for each in facts["entities"].values()) == names.split("|")
    assert sorted(words.get("service", {}).values()) == [each for each in services.split("|") if each]
    lines = [str(each) for each in (*result.unplaced, *result.assumed)]
    assert line in "".join(lines)
    assert bool(lines) is bool(line)


def test_a_table_of_services_alone_is_none_of_companies(tmp_path: Path) -> None:
    page = "# Us\n\n## Prices\n\n|Service|Price|\n|--|--|\n|Chat|1|\n"
    result = import_into(tmp_path / "draft", write_file(tmp_path, page, "page.md"), "en")
    assert "no column names a company" in str(result.unplaced[0])


@pytest.mark.parametrize(
    "heading", ["Name and country", "Vendor / location", "Sub-processor (location)", "Firma, Sitz"]
)
def test_a_column_of_names_and_places_is_parted(heading: str, tmp_path: Path) -> None:
    sheet = f"{heading};Purpose\nAcme AS, Norway;Mail\nBeta (Germany);Chat\nGamma – USA;Pay\n"
    import_into(tmp_path / "draft", write_file(tmp_path, sheet), "de" if "Firma" in heading else "en")
    facts = read_toml(tmp_path / "draft", "facts.toml")
    assert [each["legal_name"] for each in facts["entities"].values()] == ["Acme AS", "Beta", "Gamma"]
    countries = [each.get("country") for each in facts["entities"].values()]
    places = [place["country"] for each in facts["engagements"].values() for place in each.get("locations", [])]
    assert (countries if "Sitz" in heading else places) == ["NO", "DE", "US"]


def test_a_column_of_companys_places_alone_names_no_company(tmp_path: Path) -> None:
    page = "# Us\n\n|Company location|Purpose|\n|--|--|\n|Norway|Mail|\n"
    result = import_into(tmp_path / "draft", write_file(tmp_path, page, "page.md"), "en")
    assert "no column names a company" in str(result.unplaced[0])
