"""The words of a recap in each language of the bot's own, for rooms that show one where the chat took place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recapping:
    """All that a recap says in one language. Pairs are for one and for many; names in braces are filled in."""

    person: tuple[str, str]
    message: tuple[str, str]
    other_message: tuple[str, str]
    answer: tuple[str, str]
    reaction: tuple[str, str]
    other: tuple[str, str]
    by: str
    hosts: str
    gathering: str
    busiest: str
    about: str
    talked: str
    links: str
    pictures: str
    resources: str
    thanks: str
    next: str
    transcript: str
    too_large: str

    def counted(self, number: int, what: tuple[str, str]) -> str:
        """Say how many there are of something, which is one of the pairs."""
        return f"{number:,} {what[number != 1]}"


ENGLISH = Recapping(
    person=("person", "people"),
    message=("message", "messages"),
    other_message=("other message", "other messages"),
    answer=("answer", "answers"),
    reaction=("reaction", "reactions"),
    other=("other", "others"),
    by="{what} from {people}",
    hosts="With {hosts}",
    gathering="{new} for the first time, {returned} again",
    busiest="busiest minute {time}: {messages}",
    about="What it was about",
    talked="Talked about: {themes}",
    links="Links shared",
    pictures="Pictures shared",
    resources="Resources",
    thanks="Thanks to",
    next="Next chat",
    transcript="The whole chat is in the file below: open it in a browser.",
    too_large="The whole chat is too large a file for this server. Hosts get it with {command}.",
)

SPANISH = Recapping(
    person=("persona", "personas"),
    message=("mensaje", "mensajes"),
    other_message=("otro mensaje", "otros mensajes"),
    answer=("respuesta", "respuestas"),
    reaction=("reacción", "reacciones"),
    other=("persona más", "personas más"),
    by="{what} de {people}",
    hosts="Con {hosts}",
    gathering="{new} por primera vez, {returned} de nuevo",
    busiest="minuto más activo {time}: {messages}",
    about="De qué se habló",
    talked="Se habló de: {themes}",
    links="Enlaces compartidos",
    pictures="Imágenes compartidas",
    resources="Recursos",
    thanks="Gracias a",
    next="Próximo chat",
    transcript="El chat entero está en el archivo de abajo: ábrelo en un navegador.",
    too_large="El chat entero es un archivo demasiado grande para este servidor. La moderación lo obtiene con {command}.",
)

FRENCH = Recapping(
    person=("personne", "personnes"),
    message=("message", "messages"),
    other_message=("autre message", "autres messages"),
    answer=("réponse", "réponses"),
    reaction=("réaction", "réactions"),
    other=("autre personne", "autres personnes"),
    by="{what} de {people}",
    hosts="Avec {hosts}",
    gathering="{new} pour la première fois, {returned} de retour",
    busiest="minute la plus animée {time} : {messages}",
    about="De quoi il a été question",
    talked="On a parlé de : {themes}",
    links="Liens partagés",
    pictures="Images partagées",
    resources="Ressources",
    thanks="Merci à",
    next="Prochain chat",
    transcript="Le chat entier se trouve dans le fichier ci-dessous : ouvrez-le dans un navigateur.",
    too_large="Le chat entier est un fichier trop grand pour ce serveur. L'animation l'obtient avec {command}.",
)

GERMAN = Recapping(
    person=("Person", "Personen"),
    message=("Nachricht", "Nachrichten"),
    other_message=("weitere Nachricht", "weitere Nachrichten"),
    answer=("Antwort", "Antworten"),
    reaction=("Reaktion", "Reaktionen"),
    other=("weitere Person", "weitere Personen"),
    by="{what} von {people}",
    hosts="Mit {hosts}",
    gathering="{new} zum ersten Mal, {returned} wieder dabei",
    busiest="lebhafteste Minute {time}: {messages}",
    about="Worum es ging",
    talked="Gesprochen wurde über: {themes}",
    links="Geteilte Links",
    pictures="Geteilte Bilder",
    resources="Materialien",
    thanks="Dank an",
    next="Nächster Chat",
    transcript="Der ganze Chat ist in der Datei unten: Öffne sie in einem Browser.",
    too_large="Der ganze Chat ist als Datei zu groß für diesen Server. Die Moderation bekommt ihn mit {command}.",
)

PORTUGUESE = Recapping(
    person=("pessoa", "pessoas"),
    message=("mensagem", "mensagens"),
    other_message=("outra mensagem", "outras mensagens"),
    answer=("resposta", "respostas"),
    reaction=("reação", "reações"),
    other=("outra pessoa", "outras pessoas"),
    by="{what} de {people}",
    hosts="Com {hosts}",
    gathering="{new} pela primeira vez, {returned} de volta",
    busiest="minuto mais movimentado {time}: {messages}",
    about="Do que se falou",
    talked="Falou-se de: {themes}",
    links="Links compartilhados",
    pictures="Imagens compartilhadas",
    resources="Recursos",
    thanks="Agradecimentos a",
    next="Próximo chat",
    transcript="O chat inteiro está no arquivo abaixo: abra-o em um navegador.",
    too_large="O chat inteiro é um arquivo grande demais para este servidor. A moderação o obtém com {command}.",
)
