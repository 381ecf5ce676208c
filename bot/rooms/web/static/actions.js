/** What can be done with a message: one toolbar that goes to the message in hand, a menu behind it, and the keyboard. */

import { copy, pickQuestions, sure } from "./dialogs.js";
import { button, byId, el, signOf, writing } from "./dom.js";
import { openMenu } from "./menu.js";
import { toast } from "./tell.js";
import { short } from "./words.js";

/** @typedef {import("./timeline.js").Entry} Entry */
/** @typedef {import("./menu.js").Item} Item */

export class Actions {
  #list = byId("entries");
  #bar = el("div", { class: "bar", role: "toolbar", "aria-label": "Actions" });

  /**
   * @param {import("./room.js").Room} room
   * @param {import("./outbox.js").Outbox} outbox
   * @param {import("./stream.js").Stream} stream
   * @param {import("./compose.js").Compose} compose
   */
  constructor(room, outbox, stream, compose) {
    this.room = room;
    this.outbox = outbox;
    this.stream = stream;
    this.compose = compose;
    // Not `pointerover`, which also comes when a message moves under a pointer that rests.
    this.#list.addEventListener(
      "pointermove",
      (/** @type {any} */ event) => event.pointerType === "mouse" && this.#reach(event.target),
    );
    this.#list.addEventListener("focusin", (/** @type {any} */ event) => this.#reach(event.target));
    this.#list.addEventListener("click", (/** @type {any} */ event) => this.#clicked(event));
    this.#list.addEventListener("keydown", (/** @type {any} */ event) => this.#pressed(event));
    room.watch(["hello"], () => this.#bar.remove());
  }

  /** Edit this person's latest message. */
  editLast() {
    const entry = this.room.timeline.latest((each) => this.room.owns(each));
    if (entry) this.compose.edit(entry);
  }

  /** Put right which questions a message answers. */
  async place(/** @type {Entry} */ entry) {
    const answers = await pickQuestions(this.room, entry);
    if (answers) this.#send({ do: "place", id: entry.id, answers });
  }

  #entryOf(/** @type {Element} */ node) {
    return this.room.timeline.get(/** @type {any} */ (node.closest("article"))?.dataset.id ?? null);
  }

  /** Bring the toolbar to the message that the pointer or the focus has come to. */
  #reach(/** @type {Element} */ node) {
    const article = node.closest("article");
    if (!article || article.contains(this.#bar) || !this.#entryOf(article)) return;
    // The toolbar leaves without the focus, which stays with its message.
    if (this.#bar.contains(document.activeElement))
      /** @type {any} */ (this.#bar.parentElement).focus({ preventScroll: true });
    const signs = this.room.signs.map((sign) => {
      const node = button("", { label: `React with ${sign}`, data: { do: "react", sign } });
      node.append(signOf(sign));
      return node;
    });
    this.#bar.replaceChildren(
      ...signs,
      button("", { icon: "reply", label: "Reply", data: { do: "reply" } }),
      button("", { icon: "more", label: "More", data: { do: "more" } }),
    );
    for (const [index, node] of [...this.#bar.children].entries()) node.tabIndex = index ? -1 : 0;
    this.#bar.lastElementChild.setAttribute("aria-haspopup", "menu");
    article.prepend(this.#bar);
  }

  #clicked(/** @type {MouseEvent} */ event) {
    const target = /** @type {any} */ (event.target);
    const pressed = target.closest("button, [data-jump]");
    const entry = this.#entryOf(target);
    if (!pressed || !entry) return;
    if (pressed.dataset.jump) return this.#move(event, () => this.#jump(pressed.dataset.jump));
    if (pressed.dataset.do === "more") return openMenu(pressed, "More", this.#items(entry));
    if (pressed.dataset.do === "react") return this.#react(entry, pressed.dataset.sign);
    if (pressed.dataset.do === "reply") return this.compose.reply(entry);
    if (pressed.dataset.do === "place") return this.place(entry);
  }

  #pressed(/** @type {KeyboardEvent} */ event) {
    const target = /** @type {any} */ (event.target);
    if (writing(target) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (this.#bar.contains(target) && event.key.startsWith("Arrow")) {
      const all = /** @type {any[]} */ ([...this.#bar.children]);
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) return this.#move(event, () => all.at((all.indexOf(target) + step) % all.length).focus());
    }
    const id = target.closest("article")?.dataset.id;
    const goTo = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10, Home: -1e6, End: 1e6 }[event.key];
    if (goTo) return this.#move(event, () => this.stream.focus(this.stream.beside(id, goTo)));
    if (event.key === "Enter" && target.matches("article")) {
      this.#reach(target);
      return this.#move(event, () => this.#bar.firstElementChild.focus());
    }
    if (event.key === "Escape") {
      return this.#move(event, () =>
        target.matches("article") ? byId("message").focus() : target.closest("article").focus(),
      );
    }
  }

  #move(/** @type {Event} */ event, /** @type {() => void} */ move) {
    event.preventDefault();
    move();
  }

  async #jump(/** @type {string} */ id) {
    if (!(await this.stream.jump(id))) toast("That message is no longer here.");
  }

  #items(/** @type {Entry} */ entry) {
    const { you } = this.room;
    const own = this.room.owns(entry);
    const { author } = entry;
    /** @type {Item[]} */ const items = [{ text: "Copy text", run: () => void copy(entry.text, "The text of the message") }];
    if (own) items.unshift({ text: "Edit", run: () => this.compose.edit(entry) });
    if (author && (own || you.host) && this.room.answering)
      items.push({ text: "Counts for…", run: () => this.place(entry) });
    if (author && you.host) items.push(...this.#hosting(entry, author));
    if (own) items.push({ text: "Delete", run: () => this.#delete(entry), danger: true });
    return items;
  }

  #hosting(/** @type {Entry} */ entry, /** @type {NonNullable<Entry["author"]>} */ author) {
    const { id, highlighted, hidden } = entry;
    /** @type {Item[]} */ const items = [
      {
        text: highlighted ? "Take the highlight back" : "Highlight",
        run: () => this.#send({ do: "highlight", id, on: !highlighted }),
      },
      {
        text: hidden ? "Show this message again" : "Hide this message",
        run: () => this.#send({ do: "hide", id, on: !hidden }),
      },
    ];
    if (author.id === this.room.you.id) return items;
    const name = short(author.name, 24);
    return [
      ...items,
      {
        text: author.hidden ? `Show ${name} again` : `Hide all of ${name}`,
        run: () => this.#hide(author),
        danger: !author.hidden,
      },
      {
        text: author.host ? `${name} no longer co-hosts` : `Make ${name} co-host`,
        run: () => this.#send({ do: "appoint", person: author.id, on: !author.host }),
      },
    ];
  }

  async #hide(/** @type {NonNullable<Entry["author"]>} */ author) {
    const wish = (/** @type {boolean} */ on) => this.#send({ do: "hide-person", person: author.id, on });
    if (author.hidden) return wish(false);
    const answer = await wish(true);
    if (answer.ok) toast(`Everything from ${author.name} is hidden.`, { action: "Undo", run: () => wish(false) });
  }

  /** Put a sign on a message or take it off; shown at once, and taken back where the server refuses. */
  async #react(/** @type {Entry} */ entry, /** @type {string} */ sign) {
    const on = !this.room.reacted.get(entry.id)?.has(sign);
    this.room.reactLocally(entry.id, sign, on);
    const answer = await this.#send({ do: "react", id: entry.id, sign, on });
    if (!answer.ok) this.room.reactLocally(entry.id, sign, !on);
  }

  async #delete(/** @type {Entry} */ entry) {
    if (await sure("Delete this message?", `“${short(entry.text, 120)}” will be gone for everybody.`, "Delete")) {
      this.#send({ do: "delete", id: entry.id });
    }
  }

  async #send(/** @type {any} */ frame) {
    const answer = await this.outbox.send(frame);
    if (!answer.ok) toast(answer.text ?? "That was refused.");
    return answer;
  }
}
