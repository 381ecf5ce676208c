/** The message field: what is being written, in answer to what, and as what. */

import { byId, el } from "./dom.js";
import { labelled } from "./labels.js";
import { Picture } from "./picture.js";
import { announce, toast } from "./tell.js";
import { direction, freshId, short } from "./words.js";

/** @typedef {import("./timeline.js").Entry} Entry */

const LONGEST = 2000;
const TALK = "";
const ANNOUNCE = "!";

export class Compose {
  #form = byId("compose");
  #text = byId("message");
  #as = byId("compose-as");
  #picture = new Picture(() => this.#form.requestSubmit());
  /** @type {{reply: string, who: string, words: string} | {edit: string, before: string} | null} */ #about = null;
  /**
   * What the writer has picked, or what was shown when the question changed under a half-written message.
   * @type {string | null}
   */
  #picked = null;

  /**
   * @param {import("./room.js").Room} room
   * @param {import("./outbox.js").Outbox} outbox
   * @param {{read: (name: string) => any, write: (name: string, value: any) => void}} keep
   * @param {{editLast: () => void, sent: () => void}} on
   */
  constructor(room, outbox, keep, on) {
    this.room = room;
    this.outbox = outbox;
    this.keep = keep;
    this.on = on;
    const draft = keep.read("draft");
    if (draft) {
      this.#text.value = draft.text;
      this.#picked = draft.picked;
      this.#about = draft.about;
    }
    this.#form.onsubmit = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#send();
    };
    this.#text.oninput = () => this.#show();
    this.#text.onkeydown = (/** @type {KeyboardEvent} */ event) => this.#pressed(event);
    this.#as.onchange = () => {
      this.#picked = this.#as.value;
      this.#show();
      this.#text.focus();
    };
    byId("compose-drop").onclick = () => this.#leave();
    room.watch(["hello", "course", "question"], (changes) => {
      // Nobody's half-written answer to Q1 becomes one to Q2.
      if (changes.has("question") && this.#text.value.trim()) this.#picked ??= this.#as.value;
      this.#show();
    });
    room.watch(["entries"], (changes) => {
      if (changes.get("entries")?.some(({ entry }) => room.owns(entry))) this.#show();
    });
    outbox.addEventListener("change", () => this.#show());
  }

  /** Answer a question: pick it, and go to the field. */
  answer(/** @type {string} */ label) {
    this.#leave();
    this.#picked = label;
    this.#show();
    this.#text.focus();
  }

  /** Reply to an entry. */
  reply(/** @type {Entry} */ entry) {
    if (this.#about && "edit" in this.#about) this.#leave();
    const question = [...this.room.questions.values()].find((each) => each.post === entry.id);
    if (question) return this.answer(question.label);
    this.#about = {
      reply: entry.id,
      who: entry.author?.name ?? `#${this.room.chat.hashtag}`,
      words: short(entry.text) || "a picture",
    };
    this.#picked = null;
    this.#show();
    this.#text.focus();
  }

  /** Change one's own message. */
  edit(/** @type {Entry} */ entry) {
    const before = this.#about && "edit" in this.#about ? this.#about.before : this.#text.value;
    this.#about = { edit: entry.id, before };
    this.#text.value = entry.text;
    this.#show();
    this.#text.focus();
  }

  /** Leave the reply or the edit; what was being written before comes back. */
  #leave() {
    if (this.#about && "edit" in this.#about) this.#text.value = this.#about.before;
    this.#about = null;
    this.#show();
  }

  #pressed(/** @type {KeyboardEvent} */ event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#form.requestSubmit();
    } else if (event.key === "Escape" && this.#about) {
      event.preventDefault();
      event.stopPropagation();
      this.#leave();
    } else if (event.key === "ArrowUp" && !this.#text.value) {
      event.preventDefault();
      this.on.editLast();
    }
  }

  async #send() {
    const text = this.#text.value.trim();
    const length = [...text].length;
    if (length > LONGEST) return announce(`Your message is ${length - LONGEST} characters too long.`);
    if (this.#about && "edit" in this.#about) return text && this.#change(this.#about.edit, text);
    if (this.#as.value === ANNOUNCE && this.#picture.chosen) {
      return toast("An announcement goes without a picture. Remove it, or say it as yourself.");
    }
    if (this.#picture.holdsUp() || (!text && !this.#picture.value)) return;
    const frame = this.#frame(text);
    this.#text.value = "";
    this.#about = null;
    this.#picked = null;
    this.#picture.clear();
    const answer = this.outbox.send(frame);
    this.#show();
    this.on.sent();
    this.#text.focus();
    const { ok, text: words } = await answer;
    if (frame.do === "steer") toast(words ?? "");
    else if (!ok) announce(`Your message was not sent. ${words}`);
  }

  #frame(/** @type {string} */ text) {
    const id = freshId();
    const as = this.#as.value;
    if (as === ANNOUNCE) return { do: "steer", id, want: "say", text, about: this.room.course.point };
    const reply = this.#about && "reply" in this.#about ? this.#about.reply : null;
    return { do: "say", id, text, reply, question: as === TALK ? null : as, picture: this.#picture.value };
  }

  async #change(/** @type {string} */ id, /** @type {string} */ text) {
    this.#leave();
    const answer = await this.outbox.send({ do: "edit", id, text });
    if (!answer.ok) toast(answer.text ?? "The change was refused.");
  }

  /** What the message is, unless the writer says otherwise: what its own label says, else an answer that is still due. */
  #suggested() {
    const { current, questions } = this.room;
    const label = labelled(this.#text.value, this.room);
    if (label !== null && questions.has(label)) return label;
    if (this.#picked !== null) return this.#picked;
    if (!current || this.#about || label !== null) return TALK;
    const answered =
      [...this.room.mine.values()].some((entry) => entry.answers.includes(current.label)) ||
      this.outbox.messages.some(({ frame }) => frame.question === current.label);
    return answered ? TALK : current.label;
  }

  #show() {
    const editing = this.#about !== null && "edit" in this.#about;
    this.#options();
    this.#as.hidden = editing || this.#as.options.length < 2;
    byId("compose-context").hidden = !this.#about;
    if (this.#about) {
      byId("compose-about").replaceChildren(
        ...("edit" in this.#about
          ? ["Editing your message"]
          : ["Replying to ", el("b", {}, el("bdi", {}, this.#about.who)), ": ", this.#about.words]),
      );
    }
    const over = [...this.#text.value].length - LONGEST;
    byId("compose-count").textContent = over > 0 ? `${over} too many` : over > -200 ? `${-over} left` : "";
    byId("compose-count").classList.toggle("wrong", over > 0);
    byId("send").firstElementChild.textContent = editing ? "Save" : "Send";
    this.#text.placeholder = this.#invitation();
    this.#text.dir = direction(this.#text.value);
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
    this.keep.write("draft", { text: this.#text.value, picked: this.#picked, about: this.#about });
  }

  #invitation() {
    if (this.#as.value === ANNOUNCE) return `Say something as #${this.room.chat.hashtag}`;
    return this.#as.value === TALK ? "Write a message" : `Your answer to ${this.room.nameOf(this.#as.value)}`;
  }

  #options() {
    const { room } = this;
    const answers = room.answering ? [...room.questions.values()].reverse() : [];
    const wanted = [
      [TALK, "Just talking"],
      ...answers.map(({ label, name }) => [label, `Answering ${name}`]),
      ...(room.you.host && room.course.can?.includes("say") ? [[ANNOUNCE, "Announcement"]] : []),
    ];
    const known = [...this.#as.options].map((/** @type {any} */ option) => option.value);
    if (wanted.map(([value]) => value).join(" ") !== known.join(" ")) {
      this.#as.replaceChildren(...wanted.map(([value, text]) => el("option", { value }, text)));
    }
    const suggested = this.#suggested();
    this.#as.value = wanted.some(([value]) => value === suggested) ? suggested : TALK;
    this.#form.classList.toggle("answers", this.#as.value !== TALK);
  }
}
