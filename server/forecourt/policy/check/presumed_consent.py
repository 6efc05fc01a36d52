"""Checks that no text takes silence for consent. To go on browsing is none (GDPR recital 32; EDPB 05/2020, 86)."""

import re
from collections.abc import Iterator
from functools import cache

from forecourt.policy.check.finding import Finding, remedy, words_file
from forecourt.policy.check.texts import PlainTexts
from forecourt.policy.model import Policy

PRESUMED = "presumed-consent"
# Three patterns a language: to go on using or browsing; to consent, accept or assume so; words that negate it.
_WORDS = {
    "ar": ("استمرار|متابعة|مواصلة", "موافق|توافق|تقبل|قبول", "لا |ليس|لن "),
    "bg": ("продължа|използвайки", "съглас|приема", "не |никога"),
    "cs": ("pokračov|dalším použív|používáním", "souhlas|přijím|akcept", "není|nikdy|nepovaž|neznamen"),
    "da": ("fortsæt|fortsat brug|ved at bruge", "samtykk|accepter|godkend|går vi ud fra", "ikke|aldrig|intet"),
    "de": (
        "weiter(?:hin)? (?:nutz|surf|verwend|brows)|weitersurf|weiternutz|fortsetz|weitere nutzung|durch die nutzung",
        "zustimm|einverstanden|einwillig|akzeptier|stimmen sie",
        "nicht|kein|nie ",
    ),
    "el": ("συνεχίζ|συνέχιση|χρησιμοποιώντας", "συναιν|αποδέχ|συμφων", "δεν |όχι|ποτέ"),
    "en": (
        r"continu\w* (?:to )?(?:us|brows|navigat|visit|access|read)|keep (?:on )?(?:us|brows|read)ing|further use"
        r"|by (?:using|browsing|visiting|navigating)|if you continue|going on|go(?:es)? on (?:us|brows|read|visit)ing"
        r"|(?:stay|remain)\w* on (?:this|our|the) (?:web ?)?(?:site|page)",
        "consent|agree|accept|assum",
        r"not\b|no\b|never|nor\b|\w+n['’]t\b",
    ),
    "es": (
        "continu|sigue navegando|seguir navegando|al navegar|al utilizar",
        "acept|consient|consent|de acuerdo",
        "no |nunca",
    ),
    "et": ("jätkates|jätkamis|jätkate|kasutades", "nõustu|nõusolek", "ei |mitte"),
    "fi": ("jatkamalla|jatkat|käyttämällä", "hyväksy|suostu", "ei |eivät|emme"),
    "fil": (
        "pagpapatuloy|patuloy na pag|kung magpapatuloy",
        "pumapayag|sumasang-ayon|tinatanggap|pahintulot",
        "hindi|huwag",
    ),
    "fr": ("continu|poursui|en naviguant|en utilisant", "accept|consent|d.accord", "ne |n['’]|pas |jamais"),
    "hr": ("nastav|daljnj\\w+ korišt|korištenjem", "pristaj|prihva|suglas|slaž", "nije|nikad|ne "),
    "hu": ("folytat|további használat|használatával", "hozzájárul|elfogad|beleegy", "nem |soha"),
    "it": ("continu|proseguen|prosegu|navigando|utilizzando", "acconsent|accett|consens", "non |mai "),
    "ja": ("続行|継続|引き続き|閲覧を続け|使用を続け|利用を続け", "同意|承諾|みなし", "ません|ではな|ない"),
    "lt": ("tęsdam|toliau naudo|naudodam", "sutink|sutikim", "ne |nėra|niekada"),
    "lv": ("turpin|lietojot|izmantojot", "piekrīt|piekriš", "ne |nav |nekad"),
    "nb": (
        r"fortsett|fortsatt bruk|ved å (?:bruke|surfe|besøke)|bla videre",
        "samtykk|godta|aksepter|går vi ut fra|antar",
        "ikke|aldri|ingen|intet",
    ),
    "nl": (
        "verder te (?:gaan|surfen)|doorgaa|voortzet|blijft gebruiken|verder surf|door gebruik",
        "akkoord|toestemm|accept|instem",
        "niet|geen|nooit",
    ),
    "pl": ("kontynu|dalsze korzyst|korzystając", "zgod|akcept|zgadza", "nie |nigdy"),
    "pt": ("continu|prosseg|ao navegar|ao utilizar|ao usar", "aceit|consent|concord", "não|nunca"),
    "ro": ("continu|navigând|utilizând|folosind", "accept|consim|acord", "nu |niciodat"),
    "ru": ("продолж|используя", "соглас|принима", "не |никогда"),
    "sk": ("pokračov|ďalším použív|používaním|prehliadan", "súhlas|prijím|akcept", "nie |nikdy|nepovaž|neznamen"),
    "sl": ("nadaljeva|nadaljnj|z uporabo", "soglaš|strinja|sprejem|privol", "ni |ne |nikoli"),
    "sv": (
        "fortsätt|fortsatt använd|genom att använda|surfa vidare",
        "samtyck|godkänn|accepter|antar",
        "inte|aldrig|inget",
    ),
    "vi": ("tiếp tục", "đồng ý|chấp nhận", "không|chưa"),
    "zh": ("继续(?:使用|浏览|访问)|使用本", "同意|接受|视为", "不|非|未"),
}  # fmt: skip
_WITHOUT_SPACES = ("ja", "zh")  # no space between words
_SENTENCE = re.compile(r"[.!?。！？؟]\s*|\n")
_AT_MOST = 160  # characters between going on and consenting


def find_presumed_consent(policy: Policy, texts: PlainTexts) -> Iterator[Finding]:
    for language, words in texts.languages():
        base = language.partition("-")[0]
        for key, text in words.items() if base in _WORDS else ():
            if presumes_consent(text, base):
                yield Finding(words_file(language), key, remedy("presumed_consent"), PRESUMED)


def presumes_consent(text: str, language: str) -> bool:
    presumption, negation = _phrase_patterns(language)
    if not presumption.search(text):
        return False
    return any(presumption.search(each) and not negation.search(each) for each in _SENTENCE.split(text))


@cache
def _phrase_patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    to_continue, to_consent, to_negate = _WORDS[language]
    pattern = rf"(?:{to_continue}).{{0,{_AT_MOST}}}?(?:{to_consent})"
    edge = "" if language in _WITHOUT_SPACES else r"\b"
    return re.compile(pattern, re.IGNORECASE | re.DOTALL), re.compile(rf"{edge}(?:{to_negate})", re.IGNORECASE)
