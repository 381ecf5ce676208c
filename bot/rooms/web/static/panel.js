/** The panel beside the stream: the questions so far, one's own answers, and what people propose to the hosts. */

import { button, byId, el, icon } from "./dom.js";
import { resources, translations } from "./entry.js";
import { toast } from "./tell.js";
import { clockTime, count, direction, linked, listed, short } from "./words.js";

const WIDE = matchMedia("(min-width: 62rem)");
const TABS = ["questions", "mine", "proposals"];

export class Panel {
  #chat = byId("chat");
  #panel = byId("panel");
  #toggle = byId("panel-toggle");
  /** The question that was on the floor when the list was last drawn. @type {string | undefined} */ #current;

  /**
   * @param {import("./room.js").Room} room
   * @param {import("./outbox.js").Outbox} outbox
   * @param {{jump: (id: string) => Promise<boolean>, answer: (label: string) => void, place: (entry: any) => void,
   *   edit: (entry: any) => void, propose: () => void}} on
   */
  constructor(room, outbox, on) {
    this.room = room;
    this.outbox = outbox;
    this.on = on;
    this.#toggle.onclick = () => this.open(!this.isOpen, true);
    byId("panel-close").onclick = () => this.open(false, true);
    this.#panel.addEventListener("click", (/** @type {any} */ event) =>
      this.#clicked(event.target.closest("button")),
    );
    this.#panel.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#pressed(event));
    WIDE.addEventListener("change", () => this.open(WIDE.matches));
    room.watch(["hello", "course", "question", "entries", "gone"], (changes) => this.#draw(changes));
    room.watch(["hello", "proposals"], () => this.#drawProposals());
    this.open(WIDE.matches);
  }

  get isOpen() {
    return this.#chat.classList.contains("with-panel");
  }

  /** Open or close it; on a narrow screen it lies over the talk, which is out of reach meanwhile. */
  open(/** @type {boolean} */ open, focus = false) {
    this.#chat.classList.toggle("with-panel", open);
    this.#panel.hidden = !open;
    this.#toggle.setAttribute("aria-expanded", String(open));
    for (const id of ["top", "talk", "host"]) byId(id).inert = open && !WIDE.matches;
    if (focus) (open ? this.#panel.querySelector("[aria-selected=true]") : this.#toggle).focus();
  }

  /** Open it with one of its tabs. */
  show(/** @type {string} */ tab) {
    this.#select(tab);
    this.open(true, true);
  }

  #select(/** @type {string} */ chosen) {
    for (const name of TABS) {
      const tab = byId(`tab-${name}`);
      tab.setAttribute("aria-selected", String(name === chosen));
      tab.tabIndex = name === chosen ? 0 : -1;
      byId(`panel-${name}`).hidden = name !== chosen;
    }
  }

  #pressed(/** @type {KeyboardEvent} */ event) {
    const target = /** @type {any} */ (event.target);
    if (event.key === "Escape" && !WIDE.matches) return this.open(false, true);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || target.role !== "tab") return;
    const tabs = TABS.map((name) => byId(`tab-${name}`)).filter((tab) => !tab.hidden);
    const next = /** @type {any} */ (tabs.at((tabs.indexOf(target) + step) % tabs.length));
    this.#select(next.id.slice(4));
    next.focus();
  }

  async #clicked(/** @type {any} */ pressed) {
    if (!pressed) return;
    const { do: act, id, label } = pressed.dataset;
    if (pressed.role === "tab") return this.#select(pressed.id.slice(4));
    if (act === "take" || act === "dismiss") return this.#settle(act, id);
    if (!WIDE.matches) this.open(false);
    if (act === "answer") return this.on.answer(label);
    if (act === "propose") return this.on.propose();
    if (act === "jump" && !(await this.on.jump(id))) return toast("That message is no longer here.");
    const entry = this.room.mine.get(id);
    if (entry && act === "place") this.on.place(entry);
    if (entry && act === "edit") this.on.edit(entry);
  }

  async #settle(/** @type {string} */ act, /** @type {string} */ proposal) {
    const answer = await this.outbox.send({ do: act, proposal });
    toast(answer.text || (answer.ok ? "" : "That was refused."));
  }

  /** Draw what the batch may have changed; what others say changes nothing here. */
  #draw(/** @type {Map<string, any[]>} */ changes) {
    const entries = changes.get("entries") ?? [];
    const own = entries.some(({ entry }) => this.room.owns(entry)) || changes.has("gone");
    if (!own && !["hello", "course", "question"].some((topic) => changes.has(topic))) return;
    this.#drawQuestions();
    this.#drawMine();
  }

  #drawQuestions() {
    const { room } = this;
    const current = room.current?.label;
    const answered = new Set([...room.mine.values()].flatMap((entry) => entry.answers));
    const items = [...room.questions.values()].map((question) =>
      el(
        "li",
        { class: question.label === current ? "current" : null },
        el(
          "div",
          { class: "by" },
          el("b", { class: "question-name" }, question.name),
          clockTime(question.at),
          question.label === current && el("span", { class: "tag" }, "Now"),
          answered.has(question.label) && el("span", { class: "done" }, icon("check"), "You answered"),
        ),
        el("p", { class: "text", dir: "auto" }, ...linked(question.ask)),
        ...translations(question),
        ...resources(question.resources),
        el(
          "div",
          { class: "row" },
          room.answering &&
            button("Answer", {
              class: "link",
              label: `Answer ${question.name}`,
              data: { do: "answer", label: question.label },
            }),
          button("Show in the chat", {
            class: "link",
            label: `Show in the chat: ${question.name}`,
            data: { do: "jump", id: question.post },
          }),
        ),
      ),
    );
    const place = byId("panel-questions");
    const open = room.course.phase !== "late" && room.course.phase !== "over";
    redraw(
      place,
      el(
        "div",
        {},
        items.length
          ? el("ol", { class: "questions" }, ...items)
          : el("p", { class: "soft empty" }, "The questions appear here as they are asked."),
        open && button("Propose a question", { class: "propose", data: { do: "propose" } }),
      ),
    );
    if (current !== this.#current) place.scrollTop = place.scrollHeight;
    this.#current = current;
  }

  #drawMine() {
    const { room } = this;
    const answers = [...room.mine.values()].sort((a, b) => a.at - b.at);
    byId("tab-mine").textContent = answers.length ? `My answers (${answers.length})` : "My answers";
    const items = answers.map((entry) =>
      el(
        "li",
        {},
        el(
          "div",
          { class: "by" },
          el("b", {}, listed(entry.answers.map((label) => room.nameOf(label)))),
          clockTime(entry.at),
        ),
        el("p", { class: "text", dir: direction(entry.text) }, short(entry.text, 280) || "A picture"),
        el(
          "div",
          { class: "row" },
          ...[
            ["Show", "jump"],
            ["Edit", "edit"],
            ["Change question", "place"],
          ].map(([text, act]) =>
            button(text, {
              class: "link",
              label: `${text}: ${short(entry.text, 30)}`,
              data: { do: act, id: entry.id },
            }),
          ),
        ),
      ),
    );
    redraw(
      byId("panel-mine"),
      items.length
        ? el("ol", { class: "questions" }, ...items)
        : el("p", { class: "soft empty" }, "What you answer is listed here, with the question for which it counts."),
    );
  }

  #drawProposals() {
    const { proposals, you } = this.room;
    const tab = byId("tab-proposals");
    tab.hidden = !you.host;
    if (!you.host && tab.getAttribute("aria-selected") === "true") this.#select("questions");
    tab.textContent = proposals.length ? `Proposed (${proposals.length})` : "Proposed";
    tab.setAttribute("aria-label", count(proposals.length, "proposed question", "proposed questions"));
    const items = proposals.map(({ id, author, text, at }) =>
      el(
        "li",
        {},
        el("div", { class: "by" }, el("bdi", {}, el("b", {}, author.name)), clockTime(at)),
        el("p", { class: "text", dir: "auto" }, text),
        el(
          "div",
          { class: "row" },
          button("Take into the chat", { class: "link", data: { do: "take", id } }),
          button("Dismiss", { class: "link", data: { do: "dismiss", id } }),
        ),
      ),
    );
    redraw(
      byId("panel-proposals"),
      items.length
        ? el("ol", { class: "questions" }, ...items)
        : el(
            "p",
            { class: "soft empty" },
            "Questions that participants propose wait here. You can take one as the next question.",
          ),
    );
  }
}

/** Put in a new content without losing the focus, which stays on the button that does the same. */
function redraw(/** @type {any} */ place, /** @type {Node} */ content) {
  const focused = place.contains(document.activeElement) ? /** @type {any} */ (document.activeElement).dataset : null;
  place.replaceChildren(content);
  if (!focused) return;
  const same = [...place.querySelectorAll("button")].find(
    ({ dataset }) => dataset.do === focused.do && dataset.id === focused.id && dataset.label === focused.label,
  );
  (same ?? place).focus();
}
