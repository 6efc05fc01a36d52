"""Knows the words that headings and lists of such pages are made of, and that are no company's name by themselves."""

import re

_WORDS = """
about acceptable access account accountability accounting accounts accuracy activities activity addendum additional
address addresses administration administrative administrator advertising affiliate affiliates agreement agreements ai
alerting alerts all analysis analytics and annex anonymization any api app appendix applicable application applications
appointment approval approved archive artificial assessment asset assets assistance audit auditing audits
authentication authority authorization automated automation availability backend backup backups banking basic basis
behalf billing breach browser browsers bug bugs build business call calls campaign campaigns card cards categories
category cdn center centers centre centres certification certifications change changelog changes characteristics chat
children choice choices cloud code collaboration collection comments commitment commitments communication
communications community companies company compliance computing conclusion conditions confidentiality configuration
confirmation connection consent consulting contact contacts content contract contracts contractors contractual control
controller controllers controls conversations cookie cookies copyright core corporate countries country create creation
criteria crm current custom customer customers daily dashboard dashboards data database databases date deactivation
definition definitions deletion delivery demo department deployment description descriptions design detail details
detection development device devices diagnostics digital diligence directory disaster disclosure disclosures discounts
discussion display distribution dns document documentation documents domain domains due duration ecommerce edge editing
education effective email emails emergency employee employees encryption end engagement engineering enhanced enterprise
entities entity environment erasure error errors essential event events example examples exception exceptions export
external facilities faq faqs feature features feedback fee fees field fields file files finance financial firewall form
forms forum fraud frequency function functional functionality functions further future gateway general generation
geolocation global glossary governance government group groups guarantee guide handling hardware health help helpdesk
highlights history home host hosting human identification identifiers identity image images important incident
incidents information infrastructure initial input insights instructions integration integrations intelligence
intellectual interaction interactions interest internal international internet introduction inventory invoice invoices
invoicing issue issues job jobs key keys know knowledge language languages large law lawful laws layer learning legal
legend level liability license licensing limitation limitations list lists live load local localization location
locations log logging logistics logs machine mail mailing main maintenance management managed manager map maps market
marketing material materials measures mechanism media meeting meetings membership message messages messaging metadata
method methods metrics migration mobile model models modification monitoring name names nature network networking
networks new news newsletter newsletters none note notes notice notices notification notifications object objecting
objection objections obligation obligations office online operation operational operations optimization option optional
options order orders organization organizations other others overview owner ownership page pages partner partners party
parties password payment payments payroll people performance period periods permission permissions person personal
personalization personnel phone photo photos physical pipeline plan planning plans platform platforms policies policy
portability portal preamble preference preferences prevention previous price prices pricing primary principle
principles prior privacy procedure procedures process processed processes processing processor processors procurement
product productivity production products professional profile profiles program project projects promotion property
protection provider providers provision public purpose purposes push qualifications quality queries question questions
queue queues real-time reason reasons recipient recipients record recording records recovery recruiting recruitment
rectification redundancy reference references refund refunds region regions register registration regulation
regulations related relation relations release releases reliability removal remote removed replacement replication
report reporting reports request requests requirement requirements research residency resilience resources response
responsibilities responsibility restriction retention review reviews revision right rights risk risks role roles
routing safeguard safeguards safety sale sales scheduling schedule scope screen scripts search secondary section
security select selection server servers service services session sessions settings sharing shipping sign signature
signatures single site sites sms social software source sources special specific spam staff standard standards start
statement statements statistics status storage store streaming sub subcontracting subcontractor subcontractors subject
subjects subprocessing subprocessor subprocessors sub-processing sub-processor sub-processors subscribe subscription
subscriptions summary supervisory supplemental supplier suppliers support survey surveys system systems table task
tasks tax taxes team teams technical technologies technology telemetry telephony template templates term termination
terms test testing text third third-party ticketing time title tool tooling tools topics tracing tracking traffic
training transaction transactional transactions transfer transfers translation translations transmission transparency
transport trust type types unlisted update updated updates upload uptime usage use used user users utilities value
vendor vendors verification version versions video videos violations virtual visitors voice vulnerability warehouse
warranty web webhook webhooks website websites work workflow workflows workforce worldwide
write call certified self-certified clauses module decision signed
first last latest next modified modifications
a an are as at be been being by can do does for from had has have how if in into is it its may more most must no not
of on or our out over own per she should such than that the their them then there these they this those to under until
up upon us via was we were what when where which while who why will with within without would yes you your

alle andre behandling behandlinger behandlingsansvarlig behandlere databehandler databehandlere data drift e-post epost
endringer fakturering for formål forespørsler fra generelt hosting hva hvem hvilke hvor hvordan hvorfor informasjon
informasjonskapsler infrastruktur innledning innsigelse innsigelser kategorier kommunikasjon kontakt kontaktinformasjon
kunde kundeservice kundestøtte lagring leverandør leverandører liste lokasjon markedsføring meldinger mer navn
nettside og om omfang opplysninger oppdateringer oversikt overføring overføringer overvåking personopplysninger
personvern rettigheter samtykke selskap selskaper sikkerhet sikkerhetskopi skytjenester som sporing spørsmål statistikk
sted støtte support søk telefoni tilgang tjeneste tjenester til tredjeparter underdatabehandler underdatabehandlere
underleverandør underleverandører utsendelse utvikling utvalg varsel varsling varsler vedlikehold kunder vilkår vår våre
analyse betaling betalinger betalingsformidling
aktuella behandling betalning biträden cookies drift frågor innehåll integritet kontakta kundtjänst lagring leverantör
leverantörer lista meddelanden om personuppgifter rättigheter säkerhet tjänst tjänster underbiträde underbiträden vad vi
våra ändringar övervakning översikt och betaling databehandlere ændringer rettigheder sikkerhed hvad hvordan vores

der die das den dem des ein eine einer und oder von vom zu zum zur im in mit für über unsere unser unserer ihre wir sie
was wer wie wo wann warum welche allgemeines kontakt hosting zweck zwecke umfang liste bereich aktuelle weitere sonstige

le la les l un une des du de et ou où à au aux pour par sur avec nos notre votre vos qui que quoi quand comment
pourquoi quels quelles accueil activité activités adresse analyse assistance assurance autres base but catégories
changements clients commande commercial communication conditions confidentialité conservation contact cookies
coordonnées demandes divers données droits durée e-mail fonction fournisseur fournisseurs facturation finalité
finalités garanties générales gestion hébergement identité infrastructure introduction liste lieu localisation
maintenance marketing mentions messagerie mises modifications newsletter notification objet oppositions outils paiement
paiements personnelles politique prestataires présentation prestations protection questions responsable réseau
sauvegarde sécurité serveurs service services sous-traitance sous-traitant sous-traitants stockage suivi support
surveillance tiers traitement traitements transferts utilisation

el los las una unos y e o del al para por con nuestra nuestro nuestros sus qué quién cómo cuándo dónde actividad
actualizaciones almacenamiento alojamiento análisis atención ayuda cambios categorías cliente clientes comunicaciones
condiciones contacto correo datos derechos encargado encargados facturación finalidad finalidades garantías general
gestión infraestructura introducción lista mantenimiento mensajería notificaciones objeciones otros pago pagos
personales política preguntas privacidad procesamiento proveedor proveedores seguridad servicio servicios soporte
subencargado subencargados terceros transferencias tratamiento ubicación uso

il lo gli i un uno della dei delle degli e o di da con per su nostri nostra come cosa chi dove quando aggiornamenti
archiviazione assistenza attività clienti contatti dati diritti elenco fatturazione finalità fornitori gestione
modifiche notifiche pagamenti personali privacy responsabili servizi sicurezza sub-responsabili supporto trasferimenti
trattamento het een en of van voor met bij onze ons uw wie wat hoe waar waarom betalingen beveiliging contact doel
doeleinden gegevens hosting klanten klantenservice leveranciers lijst locatie meldingen ondersteuning opslag overzicht
privacy rechten subverwerker subverwerkers verwerker verwerkers verwerking vragen wijzigingen
"""
# German and Dutch write compounds as one word, and German all nouns in capitals.
_STEMS = re.compile(
    r"abwicklung|abrechnung|verarbeit|dienst|leistung|kunden|daten|schutz|sicher|übermitt|zahlung|speicher|verwaltung|"
    r"versand|überwach|analys|nachricht|einleit|präambel|änderung|zweck|auftrag|anbieter|liste|übersicht|allgemein|"
    r"bereich|rechte|widerspr|buchhalt|fakturier|rechnung|telefonie|kommunikation|entwicklung|betrieb|informatio|"
    r"begriff|definition|kategorie|empfänger|dritt|pflicht|gegenstand|dauer|anhang|anlage|technisch|organisator|"
    r"maßnahm|löschung|mitteil|benachricht|kontakt|standort|aktuali|hinweis|fragen|verwerk|gegeven|leverancier|"
    r"behandl|underdata|opplysning|tjenest|databeh|sub-?processor|sub-?process|sous-trait|encargad|responsab"
)
_QUESTION_WORDS = """
what how why who when where which our your their we you if this these those all any other
hva hvordan hvorfor hvem når hvor hvilke våre vår vi vad hur varför vem vilka våra hvad hvornår vores
was wie warum wer wann wo welche unsere wir qui que quoi comment pourquoi quand quels quelles nos notre
qué quién cómo cuándo dónde por nuestros nuestra cosa come chi dove quando perché wat hoe waarom wie onze
"""


def is_common(word: str) -> bool:
    folded = word.casefold().strip("'’\"().,:;!?*")
    return not folded or folded in _COMMON or folded.isdecimal() or bool(_STEMS.search(folded))


_COMMON = frozenset(_WORDS.split())
QUESTION_WORDS = frozenset(_QUESTION_WORDS.split())
