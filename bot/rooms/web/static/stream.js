/** The stream: a window of at most 400 entries on all that was said, which follows the end or the reader. */

import { byId } from "./dom.js";
import { draw, drawPending, frame, repliesTo } from "./entry.js";
import { count, dayOf } from "./words.js";

/** @typedef {import("./timeline.js").Entry} Entry */

const MOST = 400;
const STEP = 100;
/** How many are left when the stream follows the end and has become too long. */
const KEPT = 200;
/** Within this many pixels of an end more is drawn; within fewer of the bottom the stream follows. */
const NEAR = 1200;
const AT_BOTTOM = 60;
/** Messages by one person within this time stand under one name. */
const TOGETHER = 5 * 60_000;

export class Stream {
  #scroller = byId("stream");
  #list = byId("entries");
  #pending = byId("pending");
  #button = byId("to-latest");
  /** @type {Map<string, {article: any, entry: Entry}>} */ #drawn = new Map();
  #following = true;
  /** Where the scroller was last: only who goes up from there stops following, not entries that turn out higher. */
  #top = 0;
  #unseen = 0;
  /** @type {Promise<boolean> | null} */ #loading = null;
  /** The entry that Tab reaches; arrow keys move it. @type {string | null} */ #roving = null;

  /**
   * @param {import("./room.js").Room} room
   * @param {import("./connection.js").Connection} connection
   */
  constructor(room, connection) {
    this.room = room;
    this.connection = connection;
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#button.onclick = () => this.toEnd();
    new ResizeObserver(() => this.#following && this.#bottom()).observe(this.#scroller);
    new ResizeObserver(() => this.#following && this.#bottom()).observe(this.#list);
    room.watch(["hello"], () => this.#reset());
    room.watch(["entries", "gone", "older", "question"], (changes) => this.#changed(changes));
  }

  /** Show the messages that are not yet kept. */
  showPending(/** @type {import("./outbox.js").Outbox} */ outbox, /** @type {boolean} */ open) {
    const waiting = outbox.messages.filter((item) => !this.room.timeline.has(`${this.room.you.id}.${item.frame.id}`));
    this.#pending.replaceChildren(...waiting.map((item) => drawPending(item, this.room, open)));
    if (this.#following) this.#bottom();
  }

  /** Go to the end and follow it. */
  toEnd() {
    const { length } = this.room.timeline;
    this.#render(Math.max(0, length - STEP), length);
    this.#follow(true);
    this.#bottom();
  }

  /** Go to an entry, loading what lies between where needed; false where it is no longer there. */
  async jump(
    /** @type {string} */ id,
    { focus = true, block = /** @type {ScrollLogicalPosition} */ ("center") } = {},
  ) {
    const { timeline } = this.room;
    while (!timeline.has(id) && timeline.more) if (!(await this.#load(id))) return false;
    const at = timeline.indexOf(id);
    if (at < 0) return false;
    this.#follow(false);
    this.#render(Math.max(0, at - STEP / 2), Math.min(timeline.length, at + STEP));
    const article = this.#drawn.get(id)?.article;
    if (focus) {
      this.#rove(id);
      article.focus({ preventScroll: true });
      article.classList.remove("found");
    }
    article.scrollIntoView({ block });
    requestAnimationFrame(() => {
      // Only now are the entries around it as high as they are.
      article.scrollIntoView({ block });
      article.classList.toggle("found", focus);
    });
    return true;
  }

  /** Move the focus to an entry that is drawn. */
  focus(/** @type {string} */ id) {
    const article = this.#drawn.get(id)?.article;
    if (!article) return;
    this.#rove(id);
    article.focus({ preventScroll: true });
    article.scrollIntoView({ block: "nearest" });
  }

  /** Give the id of the drawn entry so many places from another one. */
  beside(/** @type {string} */ id, /** @type {number} */ by) {
    const all = this.#list.children;
    const at = [...all].findIndex((article) => article.dataset.id === id);
    return all[Math.max(0, Math.min(all.length - 1, at + by))]?.dataset.id;
  }

  /** Show what a new connection brought; who was reading further up goes on there. */
  #reset() {
    const reading = this.#following ? null : this.#anchor(new Set(this.#drawn.keys()))?.article.dataset.id;
    const focused = this.#list.contains(document.activeElement);
    this.#drawn.clear();
    this.#list.replaceChildren();
    this.toEnd();
    if (reading) this.jump(reading, { focus: focused, block: "start" });
    else if (focused && this.#roving) this.focus(this.#roving);
  }

  #changed(/** @type {Map<string, any[]>} */ changes) {
    const { timeline, you } = this.room;
    const came = (changes.get("entries") ?? []).filter(({ how }) => how === "new");
    const redrawn = new Set([
      ...(changes.get("entries") ?? []).map(({ entry }) => entry.id),
      ...(changes.get("gone") ?? []),
    ]);
    for (const question of changes.get("question") ?? []) this.#drawn.delete(question.post);
    const [start, end] = this.#window();
    const last = this.#following ? timeline.length : end;
    this.#render(this.#following && last - start > MOST ? last - KEPT : start, last, redrawn);
    if (this.#following) this.#bottom();
    else this.#follow(false, came.filter(({ entry }) => entry.author?.id !== you.id).length);
    // What is shown again may lie before all that is drawn, where nobody can scroll if the list is short.
    this.#scrolled();
  }

  /** Give the part of the timeline that is drawn now, as [from, to). */
  #window() {
    const { timeline } = this.room;
    const held = [...this.#list.children].filter((article) => timeline.has(article.dataset.id));
    if (!held.length) return [Math.max(0, timeline.length - STEP), timeline.length];
    return [timeline.indexOf(held[0].dataset.id), timeline.indexOf(held[held.length - 1].dataset.id) + 1];
  }

  /** Draw the entries from `start` to `end`, touching only what differs, and keep what is being read where it is. */
  #render(/** @type {number} */ start, /** @type {number} */ end, redrawn = new Set()) {
    const { timeline } = this.room;
    const wanted = Array.from(
      { length: end - start },
      (_, index) => /** @type {Entry} */ (timeline.at(start + index)),
    );
    const ids = new Set(wanted.map(({ id }) => id));
    const anchor = this.#following ? null : this.#anchor(ids);
    for (const article of [...this.#list.children]) {
      if (ids.has(article.dataset.id) && this.#drawn.has(article.dataset.id)) continue;
      article.remove();
      this.#drawn.delete(article.dataset.id);
    }
    let next = this.#list.firstElementChild;
    let before = start > 0 ? timeline.at(start - 1) : undefined;
    for (const entry of wanted) {
      const article = this.#article(entry, redrawn);
      if (article === next) next = article.nextElementSibling;
      else this.#list.insertBefore(article, next);
      arrange(article, entry, before, repliesTo(entry, this.room));
      before = entry;
    }
    if (!this.#roving || !ids.has(this.#roving)) this.#rove(wanted.at(-1)?.id ?? null);
    if (anchor) this.#hold(anchor);
  }

  /** Give the article of an entry, drawn anew where it, or what it replies to, has changed. */
  #article(/** @type {Entry} */ entry, /** @type {Set<string | null>} */ redrawn) {
    const known = this.#drawn.get(entry.id);
    if (known?.entry === entry && !redrawn.has(entry.reply) && !redrawn.has(entry.id)) return known.article;
    const article = known?.article ?? frame(entry);
    const focused = article.contains(document.activeElement) ? /** @type {any} */ (document.activeElement) : null;
    draw(article, entry, this.room);
    if (focused && !focused.isConnected) restore(article, focused);
    this.#drawn.set(entry.id, { article, entry });
    return article;
  }

  /** Give the first entry in view that stays, and where it is. */
  #anchor(/** @type {Set<string>} */ ids) {
    const { top } = this.#scroller.getBoundingClientRect();
    for (const article of this.#list.children) {
      const box = article.getBoundingClientRect();
      if (box.bottom > top && ids.has(article.dataset.id)) return { article, top: box.top };
    }
    return null;
  }

  /** Bring an anchor back to where it was; the browser's own anchoring, where there is one, keeps out of it meanwhile. */
  #hold(/** @type {{article: any, top: number}} */ { article, top }) {
    this.#scroller.style.overflowAnchor = "none";
    this.#scroller.scrollTop += article.getBoundingClientRect().top - top;
    this.#scroller.style.overflowAnchor = "";
  }

  #bottom() {
    // A button that is about to be pressed does not move away.
    if (this.#list.querySelector(".bar:hover")) return;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#top = this.#scroller.scrollTop;
  }

  #follow(/** @type {boolean} */ on, came = 0) {
    this.#following = on;
    this.#unseen = on ? 0 : this.#unseen + came;
    this.#button.hidden = on;
    this.#button.firstElementChild.textContent = this.#unseen
      ? count(this.#unseen, "new message", "new messages")
      : "To the latest";
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const below = scrollHeight - scrollTop - clientHeight;
    const [start, end] = this.#window();
    const { length } = this.room.timeline;
    const up = scrollTop < this.#top;
    this.#top = scrollTop;
    const follows = (below < AT_BOTTOM && end === length) || (this.#following && !up);
    if (follows !== this.#following) this.#follow(follows);
    if (scrollTop < NEAR && start > 0) {
      const first = Math.max(0, start - STEP);
      this.#render(first, follows ? end : Math.min(end, first + MOST));
    } else if (scrollTop < NEAR && this.room.timeline.more) {
      this.#load(null);
    } else if (below < NEAR && end < length) {
      const last = Math.min(length, end + STEP);
      this.#render(Math.max(start, last - MOST), last);
    }
  }

  /** Ask for older entries; with `to`, back to that one. One such request at a time: who comes second shares it. */
  #load(/** @type {string | null} */ to) {
    this.#loading ??= this.#fetch(to).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #fetch(/** @type {string | null} */ to) {
    byId("stream-older").hidden = false;
    const before = this.room.timeline.at(0)?.id;
    const answer = await this.connection.request({ do: "older", before, to }, { hold: false });
    byId("stream-older").hidden = true;
    // A new hello in between has replaced what this was to be put before.
    if (!answer.ok || before !== this.room.timeline.at(0)?.id) return false;
    this.room.older(answer.entries, answer.more);
    if (to === null) requestAnimationFrame(() => this.#scrolled());
    return true;
  }

  #rove(/** @type {string | null} */ id) {
    if (this.#roving) this.#drawn.get(this.#roving)?.article.setAttribute("tabindex", "-1");
    this.#roving = id;
    if (id) this.#drawn.get(id)?.article.setAttribute("tabindex", "0");
  }
}

/**
 * Set an entry off from, or draw it together with, the one before it.
 * @param {any} article
 * @param {Entry} entry
 * @param {Entry | undefined} before
 * @param {boolean} replies whether it shows what it replies to
 */
function arrange(article, entry, before, replies) {
  const newDay = before !== undefined && new Date(before.at).toDateString() !== new Date(entry.at).toDateString();
  article.classList.toggle("new-day", newDay);
  if (newDay) article.dataset.day = dayOf(entry.at);
  const alone = newDay || replies || entry.highlighted || entry.hidden;
  const goesOn = entry.author && before?.author?.id === entry.author.id && entry.at - before.at < TOGETHER;
  article.classList.toggle("together", Boolean(!alone && goesOn));
}

/** Give the focus back to the button that was drawn anew. */
function restore(/** @type {any} */ article, /** @type {any} */ focused) {
  const same = [...article.querySelectorAll("button")].find(
    ({ dataset }) => dataset.do === focused.dataset.do && dataset.sign === focused.dataset.sign,
  );
  (same ?? article).focus();
}
