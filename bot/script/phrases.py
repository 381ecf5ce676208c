"""The bot's own words in each language, and those with which people label answers in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.script import recapping
from bot.script.recapping import Recapping


@dataclass(frozen=True, slots=True)
class Labelling:
    """The words of which labels are made in a language: for answer, for question, and all that mean "and"."""

    answer: str
    question: str
    conjunctions: tuple[str, ...]


_ENGLISH_LABELS = Labelling("answer", "question", ("and",))
#: People shorten the word for answer to its initial: `A1`, but `R1` for a respuesta.
_LABELS = {"en": _ENGLISH_LABELS} | {
    language: Labelling(answer, question, tuple(conjunctions.split()))
    for language, answer, question, conjunctions in (
        ("af", "antwoord", "vraag", "en"),
        ("ca", "resposta", "pregunta", "i"),
        ("cs", "odpověď", "otázka", "a"),
        ("cy", "ateb", "cwestiwn", "a ac"),
        ("da", "svar", "spørgsmål", "og"),
        ("de", "antwort", "frage", "und"),
        ("es", "respuesta", "pregunta", "y e"),
        ("et", "vastus", "küsimus", "ja"),
        ("eu", "erantzuna", "galdera", "eta"),
        ("fi", "vastaus", "kysymys", "ja"),
        ("fr", "réponse", "question", "et"),
        ("ga", "freagra", "ceist", "agus"),
        ("gl", "resposta", "pregunta", "e"),
        ("hr", "odgovor", "pitanje", "i"),
        ("hu", "válasz", "kérdés", "és"),
        ("id", "jawaban", "pertanyaan", "dan"),
        ("is", "svar", "spurning", "og"),
        ("it", "risposta", "domanda", "e ed"),
        ("nb", "svar", "spørsmål", "og"),
        ("nl", "antwoord", "vraag", "en"),
        ("nn", "svar", "spørsmål", "og"),
        ("no", "svar", "spørsmål", "og"),
        ("pl", "odpowiedź", "pytanie", "i"),
        ("pt", "resposta", "pergunta", "e"),
        ("ro", "răspuns", "întrebare", "și"),
        ("sk", "odpoveď", "otázka", "a"),
        ("sl", "odgovor", "vprašanje", "in"),
        ("sv", "svar", "fråga", "och"),
        ("tr", "cevap", "soru", "ve"),
    )
}


def primary(language: str) -> str:
    """Give the first subtag of a BCP 47 tag in lower case: `pt` of `pt-BR`."""
    return language.partition("-")[0].casefold()


def labelling(language: str) -> Labelling:
    """Give the words of which labels are made in the language (BCP 47 tag); the English ones where it is not known."""
    return _LABELS.get(primary(language), _ENGLISH_LABELS)


def letter(language: str) -> str:
    """Give the letter that labels answers in the language: `A1` for an answer, `R1` for a respuesta; else `A`."""
    return labelling(language).answer[0].upper()


@dataclass(frozen=True, slots=True)
class Phrases:
    """All that the bot says in one language. Pairs are for one and for many; names in braces are filled in."""

    welcome: str
    hosts: str
    guests: str
    plan: tuple[str, str]
    how_to_answer: str
    how_to_address: str
    answer_by_button: str
    answer_in_thread: str
    all_else: str
    what_is_kept: str
    ask_to_be_forgotten: str
    be_forgotten: str
    repeat: str
    follow_up: str
    last_call: str
    more_time: str
    paused: str
    resumed: str
    thanks: str
    late_answers: str
    late_as_before: str
    resources: str
    next: str
    conjunction: str
    days: tuple[str, str]
    hours: tuple[str, str]
    minutes: tuple[str, str]
    seconds: tuple[str, str]
    date: str
    weekdays: str
    months: str
    answer: str
    own_answer: str
    own_answers: str
    answers: str
    says: str
    recap: Recapping

    def join(self, names: list[str]) -> str:
        """Join names as in a sentence: `Ana, Bo and Cy`."""
        return f" {self.conjunction} ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)

    def time(self, time: timedelta) -> str:
        """Write a length of time in words, to the second; up to two days in hours: `1 hour 30 minutes`, `36 hours`."""
        rest = max(0, round(time.total_seconds()))
        lengths = ((86400, self.days), (3600, self.hours), (60, self.minutes), (1, self.seconds))
        words: list[str] = []
        for length, names in lengths if rest >= 2 * 86400 else lengths[1:]:
            count, rest = divmod(rest, length)
            if count or (length == 1 and not words):
                words.append(f"{count} {names[count != 1]}")
        return " ".join(words)

    def moment(self, local: datetime, zone: str) -> str:
        """Write a date and time of a zone in words."""
        date = self.date.format(
            weekday=self.weekdays.split()[local.weekday()],
            day=local.day,
            month=self.months.split()[local.month - 1],
            year=local.year,
        )
        return f"{date}, {local:%H:%M} ({zone})"


ENGLISH = Phrases(
    welcome="Welcome to {hashtag}: {title}",
    hosts="Hosted by {hosts}.",
    guests="Joined by {guests}.",
    plan=("One question, about {time}.", "{questions} questions, about {time} each."),
    how_to_answer="How to answer: begin with the question's label, {answer} for {question}. A reply to a question counts as well.",
    how_to_address=(
        "How to answer: press “{button}” below the question, reply to it without turning the mention off, or mention the bot "
        "before the question's label, {answer} for {question}. Nothing else reaches the bot."
    ),
    answer_by_button="You can also press “{button}” below it.",
    answer_in_thread="What you write in its thread counts, too.",
    all_else="Everything else is conversation, and welcome.",
    what_is_kept=(
        "What is kept: what you write in this chat, with your name, for its transcript and its recap, which the hosts may "
        "publish."
    ),
    ask_to_be_forgotten="If you want to be forgotten, tell a host, and your words are removed from both.",
    be_forgotten="If you want to be forgotten, choose {way}, and your words are removed from both.",
    repeat="Once more, {question}",
    follow_up="Still on {question}: {text}",
    last_call="{left} left for {question}.",
    more_time="More time for {question}: {left}.",
    paused="The chat is paused. It goes on soon.",
    resumed="The chat goes on.",
    thanks="That was {hashtag}. Thank you all for taking part!",
    late_answers="Answers still count for {time}: begin with the label of the question.",
    late_as_before="Answers still count for {time}, in the same ways.",
    resources="To read on:",
    next="Next chat: {next}",
    conjunction="and",
    days=("day", "days"),
    hours=("hour", "hours"),
    minutes=("minute", "minutes"),
    seconds=("second", "seconds"),
    date="{weekday}, {day} {month} {year}",
    weekdays="Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    months="January February March April May June July August September October November December",
    answer="Answer",
    own_answer="Edit or withdraw",
    own_answers="My answers",
    answers="{name} answers {questions}:",
    says="{name} says:",
    recap=recapping.ENGLISH,
)

_PHRASES = {
    "en": ENGLISH,
    "es": Phrases(
        welcome="Te damos la bienvenida a {hashtag}: {title}",
        hosts="Moderación: {hosts}.",
        guests="Con la participación de {guests}.",
        plan=(
            "Una pregunta, duración aproximada: {time}.",
            "{questions} preguntas, duración aproximada de cada una: {time}.",
        ),
        how_to_answer=(
            "Cómo responder: empieza con la etiqueta de la pregunta, {answer} para {question}. También cuenta contestar "
            "directamente a la pregunta."
        ),
        how_to_address=(
            "Cómo responder: pulsa «{button}» debajo de la pregunta, contéstale sin desactivar la mención, o menciona al bot "
            "antes de la etiqueta de la pregunta, {answer} para {question}. Nada más le llega al bot."
        ),
        answer_by_button="O pulsa «{button}» debajo de ella.",
        answer_in_thread="Lo que escribes en su hilo también cuenta.",
        all_else="Todo lo demás es conversación, y es bienvenido.",
        what_is_kept=(
            "Qué se guarda: lo que escribes en este chat, con tu nombre, para la transcripción y el resumen, que la "
            "moderación puede publicar."
        ),
        ask_to_be_forgotten="Si quieres que te olvidemos, díselo a la moderación y tus palabras se borrarán de ambos.",
        be_forgotten="Si quieres que te olvidemos, elige {way} y tus palabras se borrarán de ambos.",
        repeat="Una vez más, {question}",
        follow_up="Seguimos con {question}: {text}",
        last_call="Aún hay tiempo para {question}: {left}.",
        more_time="Más tiempo para {question}: {left}.",
        paused="El chat está en pausa. Seguiremos pronto.",
        resumed="El chat continúa.",
        thanks="Esto ha sido {hashtag}. ¡Gracias por participar!",
        late_answers="Las respuestas siguen contando durante {time}: empieza con la etiqueta de la pregunta.",
        late_as_before="Las respuestas siguen contando durante {time}, de las mismas maneras.",
        resources="Para seguir leyendo:",
        next="Próximo chat: {next}",
        conjunction="y",
        days=("día", "días"),
        hours=("hora", "horas"),
        minutes=("minuto", "minutos"),
        seconds=("segundo", "segundos"),
        date="{weekday} {day} de {month} de {year}",
        weekdays="lunes martes miércoles jueves viernes sábado domingo",
        months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        answer="Responder",
        own_answer="Cambiar o retirar",
        own_answers="Mis respuestas",
        answers="{name} responde a {questions}:",
        says="{name} dice:",
        recap=recapping.SPANISH,
    ),
    "fr": Phrases(
        welcome="Bienvenue sur {hashtag} : {title}",
        hosts="Animation : {hosts}.",
        guests="Avec la participation de : {guests}.",
        plan=("Une question, environ {time}.", "{questions} questions, environ {time} chacune."),
        how_to_answer=(
            "Pour répondre : commencez par l'étiquette de la question, {answer} pour {question}. Répondre directement à une "
            "question compte aussi."
        ),
        how_to_address=(
            "Pour répondre : appuyez sur « {button} » sous la question, répondez-y sans désactiver la mention, ou mentionnez "
            "le bot avant l'étiquette de la question, {answer} pour {question}. Rien d'autre ne parvient au bot."
        ),
        answer_by_button="Ou appuyez sur « {button} » au-dessous.",
        answer_in_thread="Ce que vous écrivez dans son fil compte également.",
        all_else="Tout le reste est conversation, et bienvenu.",
        what_is_kept=(
            "Ce qui est conservé : ce que vous écrivez dans ce chat, avec votre nom, pour la transcription et le résumé, qui "
            "peuvent être publiés."
        ),
        ask_to_be_forgotten="Pour être oublié·e, dites-le à l'animation : vos propos seront retirés des deux.",
        be_forgotten="Pour être oublié·e, choisissez {way} : vos propos seront retirés des deux.",
        repeat="Encore une fois, {question}",
        follow_up="Toujours sur {question} : {text}",
        last_call="Encore {left} pour {question}.",
        more_time="Plus de temps pour {question} : {left}.",
        paused="Le chat est en pause. Il reprendra bientôt.",
        resumed="Le chat reprend.",
        thanks="C'était {hashtag}. Merci à vous d'avoir participé !",
        late_answers="Les réponses comptent encore pendant {time} : commencez par l'étiquette de la question.",
        late_as_before="Les réponses comptent encore pendant {time}, de la même manière.",
        resources="Pour aller plus loin :",
        next="Prochain chat : {next}",
        conjunction="et",
        days=("jour", "jours"),
        hours=("heure", "heures"),
        minutes=("minute", "minutes"),
        seconds=("seconde", "secondes"),
        date="{weekday} {day} {month} {year}",
        weekdays="lundi mardi mercredi jeudi vendredi samedi dimanche",
        months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        answer="Répondre",
        own_answer="Modifier ou retirer",
        own_answers="Mes réponses",
        answers="{name} répond à {questions} :",
        says="{name} dit :",
        recap=recapping.FRENCH,
    ),
    "de": Phrases(
        welcome="Willkommen bei {hashtag}: {title}",
        hosts="Moderation: {hosts}.",
        guests="Zu Gast: {guests}.",
        plan=("Eine Frage, Zeit dafür: etwa {time}.", "{questions} Fragen, Zeit für jede: etwa {time}."),
        how_to_answer=(
            "So antwortest du: Beginne mit dem Kürzel der Frage, {answer} für {question}. Auch eine direkte Antwort auf die "
            "Frage zählt."
        ),
        how_to_address=(
            "So antwortest du: Drücke unter der Frage auf „{button}“, antworte direkt auf sie, ohne die Erwähnung "
            "auszuschalten, oder erwähne den Bot vor dem Kürzel der Frage, {answer} für {question}. Sonst erreicht den "
            "Bot nichts."
        ),
        answer_by_button="Oder drücke darunter auf „{button}“.",
        answer_in_thread="Was du in ihrem Thread schreibst, zählt ebenfalls.",
        all_else="Alles andere ist Gespräch und ebenso willkommen.",
        what_is_kept=(
            "Was gespeichert wird: was du in diesem Chat schreibst, mit deinem Namen, für das Protokoll und den Rückblick, die "
            "veröffentlicht werden können."
        ),
        ask_to_be_forgotten=(
            "Wenn du vergessen werden möchtest, sag es der Moderation: Deine Worte werden dann aus beiden entfernt."
        ),
        be_forgotten="Wenn du vergessen werden möchtest, wähle {way}: Deine Worte werden dann aus beiden entfernt.",
        repeat="Noch einmal, {question}",
        follow_up="Noch zu {question}: {text}",
        last_call="Restzeit für {question}: {left}.",
        more_time="Mehr Zeit für {question}: {left}.",
        paused="Der Chat macht Pause. Er geht bald weiter.",
        resumed="Der Chat geht weiter.",
        thanks="Das war {hashtag}. Danke fürs Mitmachen!",
        late_answers="So lange zählen Antworten noch: {time}. Beginne mit dem Kürzel der Frage.",
        late_as_before="So lange zählen Antworten noch, auf dieselbe Weise: {time}.",
        resources="Zum Weiterlesen:",
        next="Nächster Chat: {next}",
        conjunction="und",
        days=("Tag", "Tage"),
        hours=("Stunde", "Stunden"),
        minutes=("Minute", "Minuten"),
        seconds=("Sekunde", "Sekunden"),
        date="{weekday}, {day}. {month} {year}",
        weekdays="Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        answer="Antworten",
        own_answer="Ändern oder zurückziehen",
        own_answers="Meine Antworten",
        answers="{name} antwortet auf {questions}:",
        says="{name} sagt:",
        recap=recapping.GERMAN,
    ),
    "pt": Phrases(
        welcome="Boas-vindas a {hashtag}: {title}",
        hosts="Moderação: {hosts}.",
        guests="Com a participação de {guests}.",
        plan=("Uma pergunta, cerca de {time}.", "{questions} perguntas, cerca de {time} para cada uma."),
        how_to_answer=(
            "Como responder: comece com a etiqueta da pergunta, {answer} para {question}. Responder diretamente à pergunta "
            "também conta."
        ),
        how_to_address=(
            "Como responder: aperte “{button}” abaixo da pergunta, responda a ela sem desativar a menção, ou mencione o bot "
            "antes da etiqueta da pergunta, {answer} para {question}. Nada mais chega ao bot."
        ),
        answer_by_button="Ou aperte “{button}” abaixo dela.",
        answer_in_thread="O que você escreve no tópico dela também conta.",
        all_else="Tudo o mais é conversa, e é bem-vindo.",
        what_is_kept=(
            "O que fica guardado: o que você escreve neste chat, com o seu nome, para a transcrição e o resumo, que a moderação "
            "pode publicar."
        ),
        ask_to_be_forgotten="Se quiser ser esquecido ou esquecida, avise a moderação, e as suas palavras serão retiradas de ambos.",
        be_forgotten="Se quiser ser esquecido ou esquecida, escolha {way}, e as suas palavras serão retiradas de ambos.",
        repeat="Mais uma vez, {question}",
        follow_up="Ainda sobre {question}: {text}",
        last_call="Ainda há tempo para {question}: {left}.",
        more_time="Mais tempo para {question}: {left}.",
        paused="O chat está em pausa. Continuaremos em breve.",
        resumed="O chat continua.",
        thanks="Este foi o {hashtag}. Agradecemos a todas as pessoas que participaram!",
        late_answers="As respostas ainda contam durante {time}: comece com a etiqueta da pergunta.",
        late_as_before="As respostas ainda contam durante {time}, das mesmas maneiras.",
        resources="Para ler mais:",
        next="Próximo chat: {next}",
        conjunction="e",
        days=("dia", "dias"),
        hours=("hora", "horas"),
        minutes=("minuto", "minutos"),
        seconds=("segundo", "segundos"),
        date="{weekday}, {day} de {month} de {year}",
        weekdays="segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
        months="janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        answer="Responder",
        own_answer="Alterar ou retirar",
        own_answers="Minhas respostas",
        answers="{name} responde a {questions}:",
        says="{name} diz:",
        recap=recapping.PORTUGUESE,
    ),
}


def phrases(language: str) -> Phrases:
    """Give the bot's words in a language (BCP 47 tag), English where it has none in it."""
    return _PHRASES.get(primary(language), ENGLISH)


def speaks(language: str) -> bool:
    """Tell whether the bot has words of its own in a language."""
    return primary(language) in _PHRASES
