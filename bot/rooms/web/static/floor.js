/** The head of the room: where the chat stands, the question on the floor, and its time. */

import { byId } from "./dom.js";
import { count, countdown, linked, moment } from "./words.js";

export class Floor {
  #ask = byId("floor-ask");
  #all = byId("floor-more");

  constructor(/** @type {import("./room.js").Room} */ room) {
    this.room = room;
    room.watch(["hello"], () => this.#title());
    room.watch(["hello", "course", "question"], () => this.#show());
    room.watch(["hello", "people"], () => {
      byId("people").textContent = room.people ? `${count(room.people, "person", "people")} here` : "";
    });
    this.#all.onclick = () => this.#unfold(this.#all.getAttribute("aria-expanded") !== "true");
    new ResizeObserver(() => this.#measure()).observe(this.#ask);
    setInterval(() => this.#tick(), 500);
  }

  #title() {
    const { hashtag, title, rehearsal, speed } = this.room.chat;
    byId("hashtag").textContent = `#${hashtag}`;
    byId("title").textContent = title ?? "";
    byId("title").title = title ?? "";
    const fast = rehearsal && speed !== 1;
    byId("rehearsal").hidden = !rehearsal;
    byId("rehearsal").textContent = fast ? `Rehearsal ×${speed}` : "Rehearsal";
    byId("rehearsal").title = fast
      ? `${speed} times as fast as a real chat. The clock shows real time; what the bot writes is the chat's own.`
      : "Kept out of counts over several chats.";
  }

  #show() {
    const { current } = this.room;
    const [heading, ask] = current ? [current.name, linked(current.ask)] : this.#standing();
    byId("floor").classList.toggle("quiet-floor", !current);
    byId("floor").dataset.phase = this.room.course.phase;
    byId("floor-heading").textContent = heading;
    this.#ask.replaceChildren(...ask);
    this.#ask.lang = current ? this.room.chat.language : "en";
    this.#unfold(false);
    this.#tick();
  }

  /** Say where the chat stands while no question is open. */
  #standing() {
    const { phase, cancelled, starts, until } = this.room.course;
    if (phase === "ready" && starts) return ["Soon", ["The chat begins at ", moment(starts), "."]];
    if (phase === "ready") return ["Soon", ["The chat begins when its host starts it."]];
    if (phase === "late")
      return [
        "Thank you",
        ["The questions are over. Answers still count", ...(until ? [" until ", moment(until)] : []), "."],
      ];
    if (phase === "over")
      return cancelled
        ? ["Cancelled", ["The hosts have cancelled this chat."]]
        : ["Over", ["This chat is over. Thank you for taking part."]];
    return ["Welcome", ["The first question comes in a moment."]];
  }

  #tick() {
    const { phase, total, question } = this.room.course;
    const { left } = this.room;
    const shown = left !== null && phase !== "late" && phase !== "over";
    const words = phase === "ready" ? "to go" : question ? "left" : "to the first question";
    const clock = byId("floor-time");
    const text = shown
      ? `${phase === "paused" ? "Paused · " : ""}${countdown(left)} ${words}`
      : phase === "paused"
        ? "Paused"
        : "";
    if (clock.textContent !== text) clock.textContent = text;
    clock.classList.toggle("closing", shown && phase === "running" && left < 60_000);
    byId("floor-line").style.transform = `scaleX(${shown && total ? Math.min(1, left / total) : 0})`;
  }

  #unfold(/** @type {boolean} */ open) {
    this.#ask.classList.toggle("unfolded", open);
    this.#all.setAttribute("aria-expanded", String(open));
    this.#all.textContent = open ? "Show less" : "Show all";
    this.#measure();
  }

  #measure() {
    const cut = this.#ask.scrollHeight > this.#ask.clientHeight + 2;
    this.#all.hidden = !cut && !this.#ask.classList.contains("unfolded");
  }
}
