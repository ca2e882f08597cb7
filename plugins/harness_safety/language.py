"""The language of a text, by its script and its function words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

_BEGINNING = 2000
_LEAST_SHARE = 0.1  # of the words of a text in sentences; code and lists have fewer function words

# The short words that hold a language's sentences together. Languages without phrases are here, too: without them
# Portuguese would pass for Spanish and Dutch for German.
_FUNCTION_WORDS: Mapping[str, str] = {
    "English": "the and of to is it's you your i i'm i'll i'd that that's this these those for with not are be was were"
    " have has on at as but by from or if it we they what which there their my can can't cannot don't won't will would"
    " should here how who whose do does its than then let yes sure sorry isn't it'll we're a in no so me he she his her"
    " any please most more",
    "German": "der die das und ist nicht ich sie es ein eine einen einem einer zu zum zur den dem des mit auf für von"
    " im ihnen ihr ihre ihrem ihren ihrer mir mich dir dich du wir uns aber auch wie wenn dass daß kann können darf"
    " werde wird werden sind war nein ja bitte leider gern da hier dazu dabei dafür kein keine keinen nach bei aus"
    " über man sich so doch nur noch oder als dann tut leid danke klar unser unsere dieser diese dieses am vom",
    "French": "le la les des une et est je ne pas vous nous il elle ce cette ces que qui dans pour sur avec au aux du"
    " mais ou où votre vos ça cela on sont être suis non oui désolé merci voici par plus en te tu mon ma mes leur un de"
    " à c' j' qu' n' l' d' s' m' t'",
    "Spanish": "el los las la y es que no se lo dos una un por para con del al de en a pero su sus está están como"
    " más esto eso esta este ese esa yo tú usted le te me mi tu si sí puedo puede son ser hay muy aquí"
    " siento gracias o ha he ni voy va vamos tengo tiene fue qué cuál cómo quién dónde cuando donde"
    " también nada todo hasta desde",
    "Italian": "il gli di che è non per con una un la le i e sono questo questa della delle dei del nel nella ho posso"
    " mi ti si lo ma anche come più mio tuo sua grazie dispiace così a in da l' d' un' c' dell' nell' all'",
    "Portuguese": "o os as a e é não que uma um para com do da dos das no na em de por você seu sua eu isso este esta"
    " está posso mais mas como ao à obrigado desculpe também se me",
    "Dutch": "de het een en is niet ik je jij u dat van voor met op te zijn maar ook hoe kan kunt er aan naar om bij in"
    " dit deze geen wij ze hij mijn uw spijt",
    "Swedish, Danish or Norwegian": "och att det är inte jag du en ett som på för med av till den har kan om vi men i"
    " og at er ikke jeg et til hjælpe hjälpa var så det de",
    "Polish": "nie się i na to jest że do jak ale czy ja mogę może być dla przez tego ten ta proszę przykro",
    "Czech or Slovak": "je se na že to ve ale nebo jak pro který která jsem jsou není mohu nemohu aby být když",
    "Romanian": "nu și în este cu pentru care că să un o la din pe mai sunt pot dar acest această vă îmi de a",
    "Turkish": "ve bir bu için ile da çok ama değil olarak ben sen daha gibi bunu yardımcı",
    "Indonesian or Malay": "yang dan di ini itu tidak untuk dengan saya anda dari ke pada adalah bisa akan atau dapat",
    "Hungarian": "a az és hogy nem egy is ez de meg van csak ha mint tudok",
    "Finnish": "ja ei että se voi ole kun mutta tai hän minä sinä ovat oli tämä",
    "Vietnamese": "và của là không tôi bạn có cho được với trong một này những các để xin lỗi thể",
    "Catalan": "el els les la i és que no amb per una un del al de en però aquest aquesta ho em puc més hi ha a l' d'",
}
_WORDS = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_LANGUAGES_OF: Mapping[str, Sequence[str]] = {
    word: [language for language, others in _WORDS.items() if word in others]
    for words in _WORDS.values()
    for word in words
}
_WORD = re.compile(r"(?<![\w@./:#])[^\W\d_]+(?:'[^\W\d_]+)?(?![\w@/]|\.\w)")
_SCRIPTS = {"HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean", "CJK": "Chinese"}


def likely_languages(text: str) -> Sequence[str]:
    """The English name of the language, or of the script where only that is told; several that are as likely, or none.

    A language outside the table is taken for the one whose function words it shares most.
    """
    beginning = text[:_BEGINNING].lower().replace("’", "'")
    if beginning.isascii():
        return _by_function_words(beginning)
    scripts: Counter[str] = Counter()
    for character, count in Counter(beginning).items():
        if character.isalpha():
            scripts[_script(character)] += count
    if not scripts:
        return []
    if scripts["Japanese"] and scripts["Japanese"] + scripts["Chinese"] > scripts["LATIN"]:
        return ["Japanese"]
    script, _ = max(scripts.items(), key=lambda item: item[1] * (2 if item[0] == "Chinese" else 1))
    return _by_function_words(beginning) if script == "LATIN" else [script]


def _script(character: str) -> str:
    if character.isascii():
        return "LATIN"
    first = unicodedata.name(character, "unnamed").split()[0].split("-")[0]
    return _SCRIPTS.get(first, first if first == "LATIN" else first.capitalize())


def _by_function_words(text: str) -> Sequence[str]:
    words = _WORD.findall(text)
    seen = Counter(part for word in words for part in _parts(word))
    weights = dict.fromkeys(_FUNCTION_WORDS, 0.0)
    hits: Counter[str] = Counter()
    for word, count in seen.items():
        languages = _LANGUAGES_OF.get(word, ())
        for language in languages:
            weights[language] += count / len(languages)
            hits[language] += count
    most = max(weights.values())
    best = [language for language, weight in weights.items() if weight == most]
    return best if most and hits[best[0]] >= _LEAST_SHARE * len(words) else []


def _parts(word: str) -> tuple[str, ...]:
    """The word, and what an apostrophe cuts off its beginning: French and Italian write the article so."""
    if "'" not in word:
        return (word,)
    elided, apostrophe, rest = word.partition("'")
    return (word, elided + apostrophe, rest) if len(rest) > 1 else (word,)
