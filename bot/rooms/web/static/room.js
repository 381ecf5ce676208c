/** What the page knows of the chat. Frames change it in batches, once for each picture that the screen draws. */

import { Timeline } from "./timeline.js";

/** @typedef {import("./timeline.js").Entry} Entry */
/** @typedef {{label: string, name: string, ask: string, translations: [string, string][], resources: {title: string, url: string}[],
 *   picture: {url: string, alt: string} | null, post: string, at: number}} Question */

export class Room {
  /** @type {{id: string, name: string, host: boolean}} */ you;
  /** @type {any} */ chat;
  /** @type {any} */ course = { phase: "ready", can: [] };
  /** @type {Map<string, Question>} by label, in the order in which they were asked */ questions = new Map();
  timeline = new Timeline();
  /** @type {Map<string, Entry>} this person's answers */ mine = new Map();
  /** @type {Map<string, Set<string>>} the signs that this person put on messages */ reacted = new Map();
  /** @type {string[]} */ signs = [];
  people = 0;
  /** @type {{id: string, author: {id: string, name: string}, text: string, at: number}[]} */ proposals = [];
  /** @type {any} */ recap = null;
  /** @type {Record<string, string[]>} the forms of each file of the chat */ files = {};

  /** @type {any[]} */ #frames = [];
  /** @type {Map<string, any[]>} */ #changes = new Map();
  /** @type {[string[], (changes: Map<string, any[]>) => void][]} */ #watchers = [];
  #due = false;

  constructor(/** @type {any} */ you, /** @type {any} */ chat) {
    this.you = you;
    this.chat = chat;
  }

  /**
   * Be told after each batch in which one of these topics changed.
   * @param {string[]} topics hello, course, question, entries, gone, older, people, proposals, recap, note, trouble
   * @param {(changes: Map<string, any[]>) => void} watcher gets what changed, by topic
   */
  watch(topics, watcher) {
    this.#watchers.push([topics, watcher]);
  }

  /** Take in a frame from the server. */
  receive(/** @type {any} */ frame) {
    this.#frames.push({ ...frame, received: performance.now() });
    this.#schedule();
  }

  /** Take in older entries, which a request brought. */
  older(/** @type {Entry[]} */ entries, /** @type {boolean} */ more) {
    this.timeline.prepend(entries, more);
    this.#note("older", entries.length);
    this.#schedule();
  }

  /** Count this person's own sign at once; the server's word follows and replaces it. */
  reactLocally(/** @type {string} */ id, /** @type {string} */ sign, /** @type {boolean} */ on) {
    const entry = this.timeline.get(id);
    const signs = this.reacted.get(id) ?? new Set();
    if (!entry || signs.has(sign) === on) return;
    if (on) signs.add(sign);
    else signs.delete(sign);
    this.reacted.set(id, signs);
    const n = Math.max(0, (entry.reactions[sign] ?? 0) + (on ? 1 : -1));
    this.#entry({ ...entry, reactions: { ...entry.reactions, [sign]: n } });
    this.#schedule();
  }

  /** The question that is on the floor, or was last put there while none is (the introduction, during the welcome). */
  get current() {
    const asked = this.questions.get(this.course.question);
    const open = this.course.phase === "running" || this.course.phase === "paused";
    return asked ?? (open ? [...this.questions.values()].at(-1) : undefined);
  }

  /** Whether messages can count as answers now. */
  get answering() {
    return this.questions.size > 0 && this.course.phase !== "over";
  }

  /** How the question of a label is called: `Q2`. */
  nameOf(/** @type {string} */ label) {
    return this.questions.get(label)?.name ?? (/^\d/.test(label) ? `Q${label}` : label);
  }

  /** How an answer to the question of a label is marked: `A2`, in the letter of the chat's language. */
  markOf(/** @type {string} */ label) {
    return /^\d/.test(label) ? `${this.chat.letter ?? "A"}${label}` : label;
  }

  /** Whether an entry is this person's own. */
  owns(/** @type {Entry} */ entry) {
    return entry.author?.id === this.you.id;
  }

  /** How much of the question's time is left (ms) at this moment, or null. */
  get left() {
    const { left, phase, received } = this.course;
    if (left === null || left === undefined) return null;
    return phase === "paused" ? left : Math.max(0, left - (performance.now() - received));
  }

  #schedule() {
    if (this.#due) return;
    this.#due = true;
    // A hidden page draws nothing and would wait for ever.
    if (document.visibilityState === "visible") requestAnimationFrame(() => this.#apply());
    else setTimeout(() => this.#apply(), 250);
  }

  #apply() {
    this.#due = false;
    for (const frame of this.#frames.splice(0)) this.#take(frame);
    const changes = this.#changes;
    this.#changes = new Map();
    for (const [topics, watcher] of this.#watchers) {
      if (topics.some((topic) => changes.has(topic))) watcher(changes);
    }
  }

  #note(/** @type {string} */ topic, /** @type {any[]} */ ...what) {
    if (!this.#changes.has(topic)) this.#changes.set(topic, []);
    this.#changes.get(topic)?.push(...what);
  }

  #take(/** @type {any} */ frame) {
    switch (frame.is) {
      case "hello":
        return this.#hello(frame);
      case "course":
        this.course = { can: [], next: null, ...frame.course, received: frame.received };
        return this.#note("course", this.course);
      case "question":
        this.questions.set(frame.question.label, frame.question);
        return this.#note("question", frame.question);
      case "entries":
        for (const entry of frame.entries) this.#entry(entry);
        return;
      case "gone":
        return this.#gone(frame.ids ?? [], new Set(frame.people ?? []));
      case "people":
        this.people = frame.people;
        return this.#note("people", frame.people);
      case "proposals":
        this.proposals = frame.proposals;
        return this.#note("proposals", frame.proposals);
      case "recap":
        this.recap = frame.recap;
        return this.#note("recap", frame.recap);
      case "note":
      case "trouble":
        return this.#note(frame.is, frame.text);
    }
  }

  #hello(/** @type {any} */ frame) {
    this.#changes.clear();
    this.you = frame.you;
    this.chat = frame.chat;
    this.course = { can: [], next: null, ...frame.course, received: frame.received };
    this.questions = new Map(frame.questions.map((/** @type {Question} */ each) => [each.label, each]));
    this.timeline.reset(frame.entries, frame.more);
    this.mine = new Map(frame.mine.map((/** @type {Entry} */ each) => [each.id, each]));
    this.reacted = new Map(Object.entries(frame.reactions).map(([id, signs]) => [id, new Set(signs)]));
    this.files = frame.files ?? {};
    this.signs = frame.signs;
    this.people = frame.people ?? this.people;
    this.proposals = frame.proposals ?? [];
    this.#note("hello", frame);
  }

  #entry(/** @type {Entry} */ entry) {
    const before = this.timeline.get(entry.id) ?? this.mine.get(entry.id);
    if (this.owns(entry)) {
      if (entry.answers.length) this.mine.set(entry.id, entry);
      else this.mine.delete(entry.id);
    }
    const how = this.timeline.put(entry);
    this.#note("entries", { entry, how, before });
  }

  #gone(/** @type {string[]} */ ids, /** @type {Set<string>} */ people) {
    for (const id of people.size ? [...ids, ...this.timeline.by(people)] : ids) {
      this.timeline.remove(id);
      this.mine.delete(id);
      this.#note("gone", id);
    }
    if (people.has(this.you.id)) this.mine.clear();
  }
}
