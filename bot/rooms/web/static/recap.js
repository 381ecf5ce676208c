/** The recap: what the chat came to, and its files. */

import { byId, el, icon, signOf } from "./dom.js";
import { count, direction, link, linked } from "./words.js";

/** What the files that are offered are called. */
const FILES = /** @type {Record<string, string>} */ ({ story: "Story", recap: "Recap", transcript: "Transcript" });

/** The same of their forms. */
const FORMS = /** @type {Record<string, string>} */ ({
  html: "Web page",
  blog: "For a blog (HTML)",
  md: "Markdown",
  txt: "Text",
  csv: "Table (CSV)",
  json: "Data (JSON)",
  jsonl: "Data by line (JSONL)",
});

export class RecapView {
  #section = byId("recap");
  #toggle = byId("recap-toggle");
  #shown = false;

  constructor(/** @type {import("./room.js").Room} */ room) {
    this.room = room;
    this.#toggle.onclick = () => this.show(this.#section.hidden, true);
    room.watch(["hello"], () => this.#available());
    room.watch(["recap"], () => {
      this.#draw();
      this.#available();
      // Nobody is taken away from what they are writing.
      if (!this.#shown && !byId("message").value.trim()) this.show(true);
      this.#shown = true;
    });
  }

  /** Show the recap in place of the conversation, or the conversation again. */
  show(/** @type {boolean} */ on, focus = false) {
    this.#section.hidden = !on;
    byId("conversation").hidden = on;
    byId("compose").hidden = on;
    this.#toggle.textContent = on ? "Back to the chat" : "Recap";
    if (focus) (on ? this.#section : byId("message")).focus();
  }

  #available() {
    this.#toggle.hidden = !this.room.recap;
  }

  #draw() {
    const { recap, chat, files } = this.room;
    const numbers = [
      ["person", "people", recap.people],
      ["message", "messages", recap.messages],
      ["answer", "answers", recap.answers],
    ];
    this.#section.replaceChildren(
      el("p", { class: "hashtag" }, `#${chat.hashtag}`),
      el("h2", { id: "recap-heading", dir: "auto" }, chat.title ?? "Recap"),
      el(
        "dl",
        { class: "numbers" },
        ...numbers.map(([one, many, n]) =>
          el("div", {}, el("dt", {}, n === 1 ? one : many), el("dd", {}, n.toLocaleString())),
        ),
      ),
      gathering(recap),
      part("What it was about", themes(recap.themes), recap.themes),
      ...recap.questions.map((/** @type {any} */ question) => answers(question)),
      part("Links", links(recap.links), recap.links),
      part(
        "To read on",
        el(
          "ul",
          {},
          ...(recap.resources ?? []).map((/** @type {any} */ each) =>
            el("li", { dir: "auto" }, link(each.url, each.title)),
          ),
        ),
        recap.resources ?? [],
      ),
      part(
        "Thank you",
        el(
          "p",
          { class: "thanks" },
          ...recap.thanks.flatMap((/** @type {string} */ name, /** @type {number} */ n) => [
            n ? ", " : "",
            el("bdi", {}, name),
          ]),
        ),
        recap.thanks,
      ),
      recap.next ? part("Next chat", el("p", { dir: "auto" }, ...linked(recap.next))) : "",
      part("To keep", downloads(files)),
    );
  }
}

function part(/** @type {string} */ title, /** @type {Node} */ content, /** @type {any[]} */ filled = [true]) {
  return filled.length ? el("section", {}, el("h3", {}, title), content) : "";
}

/** Who was there again, and when most was said. */
function gathering(/** @type {any} */ { new: first, returned, busiest }) {
  const time = (/** @type {number} */ at) => new Date(at).toLocaleTimeString([], { timeStyle: "short" });
  const told = [
    first === null ? "" : `${first.toLocaleString()} for the first time, ${returned.toLocaleString()} again`,
    busiest ? `Busiest minute ${time(busiest.at)}: ${count(busiest.messages, "message", "messages")}` : "",
  ].filter(Boolean);
  return told.length ? el("p", { class: "soft" }, told.join(" · ")) : "";
}

/** What people talked about: each phrase with how many did, and in whose words. */
function themes(/** @type {any[]} */ all) {
  return el(
    "ul",
    {},
    ...all.map(({ phrase, people, example }) =>
      el(
        "li",
        { title: example },
        el("bdi", {}, phrase),
        " ",
        el("span", { class: "soft" }, count(people, "person", "people")),
      ),
    ),
  );
}

/** The conversation under a question, and its themes, each in a line. */
function besides(/** @type {any} */ { talk, talkers, themes: all }) {
  return [
    talk &&
      el(
        "p",
        { class: "soft" },
        `${count(talk, "other message", "other messages")} from ${count(talkers, "person", "people")}`,
      ),
    all.length > 0 &&
      el(
        "p",
        { class: "soft" },
        "Talked about: ",
        ...all.flatMap((/** @type {any} */ { phrase, people }, /** @type {number} */ n) => [
          n ? ", " : "",
          el("bdi", {}, phrase),
          ` (${people.toLocaleString()})`,
        ]),
      ),
  ].filter(Boolean);
}

/** Pages that were shared, each with by whom. */
function links(/** @type {any[]} */ all) {
  return el(
    "ul",
    { class: "links" },
    ...all.map(({ url, by, people }) =>
      el(
        "li",
        {},
        link(url),
        " ",
        el(
          "span",
          { class: "soft" },
          "from ",
          el("bdi", {}, by),
          people > 1 ? ` and ${count(people - 1, "other", "others")}` : "",
        ),
      ),
    ),
  );
}

function answers(/** @type {any} */ question) {
  const { name, ask, answers: n, people, best, links: shared = [] } = question;
  return el(
    "section",
    { class: "asked" },
    el("h3", { dir: "auto" }, el("span", { class: "question-name" }, name), " ", el("bdi", {}, ask)),
    el(
      "p",
      { class: "soft" },
      n ? `${count(n, "answer", "answers")} from ${count(people, "person", "people")}` : "No answers",
    ),
    ...besides(question),
    ...best.map((/** @type {any} */ entry) =>
      el(
        "blockquote",
        { class: entry.highlighted ? "highlighted" : null },
        el("p", { class: "text", dir: direction(entry.text) }, ...linked(entry.text)),
        el(
          "p",
          { class: "by" },
          el("bdi", { class: "name" }, entry.author?.name ?? ""),
          entry.highlighted && el("span", { class: "star" }, icon("star"), "Highlighted"),
          ...Object.entries(entry.reactions).map(([sign, times]) => el("span", {}, signOf(sign), ` ${times}`)),
        ),
      ),
    ),
    ...(shared.length ? [el("p", { class: "soft" }, "Links shared:"), links(shared)] : []),
  );
}

/** Links to the files of the chat, from the forms that there are of each. */
export function downloads(/** @type {Record<string, string[]>} */ files) {
  const row = (/** @type {string} */ what, /** @type {string[]} */ forms) =>
    el(
      "p",
      { class: "files" },
      el("b", {}, FILES[what] ?? what),
      ...forms.map((form) =>
        el(
          "a",
          {
            href: `/files/${what}.${form}`,
            download: true,
            "aria-label": `${FILES[what] ?? what} as ${FORMS[form] ?? form}`,
          },
          icon("file"),
          FORMS[form] ?? form,
        ),
      ),
    );
  return el("div", {}, ...Object.entries(files).map(([what, forms]) => row(what, forms)));
}
