"""The words that say nothing of what a text is about, in each language.

They are those of Stopwords ISO (https://github.com/stopwords-iso/stopwords-iso, MIT), which the package `stopwordsiso`
carries: 58 languages, among them all but one of the twenty that most people speak. What it lacks is added here, and what
it should not have is taken out.
"""

from functools import cache

from bot.script.phrases import labelling, primary

#: By what name the list of a language goes where it is not its own: Egyptian Arabic, Cantonese, Wu, Nigerian Pidgin, ….
_AS = {
    "arz": "ar", "yue": "zh", "wuu": "zh", "cmn": "zh", "pcm": "en", "nb": "no", "nn": "no", "fil": "tl", "in": "id",
    "iw": "he", "pes": "fa", "prs": "fa", "jv": "id", "bs": "hr", "sr": "hr",
}  # fmt: skip

#: Written for hashchat: languages that the lists do not have.
_OWN = {
    "te": """ఈ ఆ మరియు ఒక కూడా నేను మేము మనం నువ్వు మీరు వారు వాళ్ళు అతను ఆమె అది ఇది అవి ఇవి కానీ అని లో కు కి నుండి నుంచి తో
        కోసం గురించి వల్ల ద్వారా వరకు మీద పై కింద ఏమి ఏం ఎవరు ఎందుకు ఎలా ఎక్కడ ఎప్పుడు ఎంత అక్కడ ఇక్కడ అప్పుడు ఇప్పుడు చాలా
        అన్ని అందరూ ఉంది ఉన్నాయి ఉన్నారు ఉంటుంది ఉండాలి అయితే అయినా కాదు లేదు లేదా అవును నా నాకు మా మాకు మీ మీకు వారి వారికి
        తన తమ ఇంకా మాత్రమే అంటే అలా ఇలా అనే చేయాలి చేస్తే చేసి""",
    "ta": """இந்த அந்த ஒரு மற்றும் நான் நாம் நாங்கள் நீ நீங்கள் அவர் அவர்கள் அவன் அவள் அது இது அவை இவை ஆனால் என்று என என்ன யார்
        ஏன் எப்படி எங்கே எப்போது எந்த அங்கே இங்கே அப்போது இப்போது மிகவும் மிக எல்லா அனைத்து உள்ளது உள்ளன இருக்கிறது இருந்து
        இருக்கும் இல்லை அல்லது ஆம் என் எனக்கு எங்கள் உங்கள் அவர்களின் தன் தங்கள் மட்டும் கூட பற்றி மூலம் வரை மேல் கீழ் போது
        வேண்டும் என்பது போன்ற பிறகு""",
    "pa": """ਇਹ ਉਹ ਇੱਕ ਅਤੇ ਤੇ ਦਾ ਦੇ ਦੀ ਦੀਆਂ ਨੂੰ ਨੇ ਤੋਂ ਵਿੱਚ ਵਿਚ ਲਈ ਨਾਲ ਮੈਂ ਅਸੀਂ ਤੂੰ ਤੁਸੀਂ ਕੀ ਕੌਣ ਕਿਉਂ ਕਿਵੇਂ ਕਿੱਥੇ ਕਦੋਂ ਕਿੰਨਾ
        ਹੈ ਹਨ ਸੀ ਸਨ ਹਾਂ ਹੋ ਹੋਵੇ ਨਹੀਂ ਨਾ ਪਰ ਜਾਂ ਵੀ ਹੀ ਜੋ ਜੇ ਤਾਂ ਕਿ ਮੇਰਾ ਮੇਰੇ ਮੇਰੀ ਸਾਡਾ ਸਾਡੇ ਸਾਡੀ ਤੁਹਾਡਾ ਆਪਣੇ ਆਪਣਾ ਆਪਣੀ ਬਹੁਤ
        ਸਾਰੇ ਸਭ ਇੱਥੇ ਉੱਥੇ ਹੁਣ ਫਿਰ ਕਰ ਕਰਦੇ ਕਰਨ ਕੋਈ ਕੁਝ ਬਾਰੇ ਤੱਕ""",
}  # fmt: skip

#: What people write in any chat, whatever its language.
_ANYWHERE = "rt mt qt via amp lol haha http https www com org html"

#: The lists were made for searching the web, where these are everywhere; in a chat they are what people talk about.
_TELLING = {
    "en": """area areas bill computer detail face fire free group groups help home importance information interest interested
        interesting interests invention man member members men microsoft new novel old older open order page pages problem
        problems proud research room rooms self sincere state states system test text value web website work worked working
        works world year years young younger youngest""",
    "de": "dank gott jahr jahre jahren mann mensch menschen mittel ordnung tag tage tagen zeit",
    "es": "empleo estado estados lugar trabaja trabajais trabajamos trabajan trabajar trabajas trabajo verdad valor tiempo",
    "fr": "parole personne personnes temps travail",
    "it": "anni anno casa città governo lavoro mondo persona persone stato tempo vita",
    "ru": "время год город дело день дом друг жизнь люди место мир работа слово страна человек",
    "pt": "estado grupo lugar mês novo ponto tempo tentaram trabalhar trabalho valor",
}  # fmt: skip
#: Languages in which a word of two characters is hardly more than a syllable.
_SHORT_WRITING = frozenset({"th", "lo", "my", "km"})
#: Chinese words of one character that are hardly ever part of another.
_SINGLE = "的了是我你妳您他她它這这那吗嗎呢吧啊也很"


@cache
def stop_words(language: str) -> frozenset[str]:
    """Give the words of a language (BCP 47 tag) that say nothing by themselves, folded; for one without a list only few."""
    from stopwordsiso import stopwords  # noqa: PLC0415  (its 200 kB are read only where themes are wanted)

    own = primary(language)
    labels = labelling(language)
    listed = {word.casefold() for word in stopwords(_AS.get(own, own))}
    return frozenset(
        (listed - set(_TELLING.get(_AS.get(own, own), "").casefold().split()))
        | set(_OWN.get(own, "").split())
        | set(_ANYWHERE.split())
        | {labels.answer, labels.question}
    )


def cutting(language: str) -> frozenset[str]:
    """Give the stop words at which a text without spaces may be cut: the short ones are parts of others, too."""
    shortest = 3 if primary(language) in _SHORT_WRITING else 2
    return frozenset({word for word in stop_words(language) if len(word) >= shortest} | set(_SINGLE))
