/** The host's controls: the course of the chat, and the people in it. */

import { ask, copy, sure } from "./dialogs.js";
import { button, byId, el } from "./dom.js";
import { announce, toast } from "./tell.js";
import { countdown, freshId } from "./words.js";

/**
 * What is asked before it is done.
 * @type {Record<string, (chat: any) => [string, string, string]>}
 */
const GRAVE = {
  end: ({ late }) => [
    "End the chat?",
    `The closing is posted and the recap is made. ${late ? "Answers still count for a while." : "Answers no longer count then."}`,
    "End the chat",
  ],
  cancel: () => [
    "Cancel the chat?",
    "It stops at once, without a closing and without a recap. This cannot be undone.",
    "Cancel the chat",
  ],
};

export class Host {
  #section = byId("host");
  #now = byId("host-now");

  /**
   * @param {import("./room.js").Room} room
   * @param {import("./connection.js").Connection} connection
   * @param {import("./outbox.js").Outbox} outbox
   */
  constructor(room, connection, outbox) {
    this.room = room;
    this.connection = connection;
    this.outbox = outbox;
    this.#section.addEventListener("click", (/** @type {any} */ event) => {
      const pressed = event.target.closest("[data-want]");
      if (pressed) this.#steer(pressed);
    });
    byId("host-link").onclick = () => copy(`${location.origin}/`, "The link for participants");
    byId("host-people").onclick = () => this.#people();
    room.watch(["hello", "course"], () => this.#show());
    room.watch(["hello"], () => this.#trouble(""));
    room.watch(["trouble"], (changes) => this.#trouble(changes.get("trouble")?.at(-1) ?? ""));
    setInterval(() => this.#tick(), 500);
  }

  #show() {
    const { you, course } = this.room;
    this.#section.hidden = !you.host;
    if (!you.host) return;
    const focused = /** @type {any} */ (document.activeElement);
    const main = { ready: "start", paused: "resume" }[/** @type {string} */ (course.phase)] ?? "next";
    for (const control of this.#section.querySelectorAll("[data-want]")) {
      control.disabled = !course.can.includes(control.dataset.want);
      control.classList.toggle("primary", control.dataset.want === main && !control.disabled);
    }
    byId("host-minutes").disabled = !course.can.includes("more");
    byId("host-controls").hidden = course.phase === "late" || course.phase === "over";
    if (focused?.disabled && this.#section.contains(focused))
      this.#section.querySelector("[data-want]:enabled")?.focus();
    this.#now.textContent = course.text ?? "";
    this.#tick();
  }

  /** Say what comes next, and when. */
  #tick() {
    const { course, left } = this.room;
    if (!this.room.you?.host) return;
    const when = course.phase === "running" && left !== null ? ` in ${countdown(left)}` : "";
    const running = course.phase === "running" || course.phase === "paused";
    const what = course.next
      ? [el("b", {}, `Next${when}: ${course.next.name}`), " ", el("bdi", {}, course.next.ask)]
      : running
        ? [el("b", {}, `Then the closing${when}`)]
        : [];
    const text = what.map((part) => (typeof part === "string" ? part : part.textContent)).join("");
    if (byId("host-next").textContent !== text) byId("host-next").replaceChildren(...what);
  }

  #trouble(/** @type {string} */ text) {
    byId("host-trouble").textContent = text;
  }

  async #steer(/** @type {any} */ pressed) {
    const want = pressed.dataset.want;
    // What the wish is about is what the host saw when pressing, not what it has become while being asked.
    const about = this.room.course.point;
    const grave = GRAVE[want]?.(this.room.chat);
    if (grave && !(await sure(...grave))) return;
    pressed.setAttribute("aria-busy", "true");
    const minutes = want === "more" ? { minutes: Number(byId("host-minutes").value) } : {};
    const answer = await this.outbox.send({ do: "steer", id: freshId(), want, about, ...minutes });
    pressed.removeAttribute("aria-busy");
    toast(answer.text ?? "");
  }

  async #people() {
    const answer = await this.connection.request({ do: "people" }, { hold: false });
    if (!answer.ok) return toast(answer.text ?? "The list of people cannot be had just now.");
    const rows = answer.people.map((/** @type {any} */ person) => this.#person(person));
    const filter = el("input", { id: "people-filter", type: "search", dir: "auto" });
    filter.oninput = () => {
      const wanted = filter.value.trim().toLocaleLowerCase();
      for (const row of rows) row.hidden = !row.dataset.name.toLocaleLowerCase().includes(wanted);
    };
    await ask(
      "People",
      [
        el("div", { class: "field" }, el("label", { for: "people-filter" }, "Find a person"), filter),
        el("ul", { class: "people-list" }, ...rows),
      ],
      { yes: null, wide: true },
    );
  }

  /** One person, with what a host can do; drawn anew after it was done. */
  #person(/** @type {{id: string, name: string, host: boolean, here: boolean, hidden: boolean}} */ person) {
    const row = el("li", { "data-name": person.name });
    const self = person.id === this.room.you.id;
    const change = (/** @type {string} */ text, /** @type {any} */ frame, /** @type {object} */ then) => {
      const act = button(text, { class: "quiet small", label: `${text}: ${person.name}` });
      act.onclick = async () => {
        const answer = await this.outbox.send(frame);
        if (!answer.ok) return toast(answer.text ?? "That was refused.");
        const fresh = this.#person({ ...person, ...then });
        row.replaceWith(fresh);
        fresh.querySelector("button")?.focus();
        announce(answer.text ?? "Done.");
      };
      return act;
    };
    row.append(
      el(
        "span",
        { class: "who" },
        el("bdi", {}, person.name),
        self && " (you)",
        person.host && el("span", { class: "tag" }, "Host"),
        person.hidden && el("span", { class: "tag" }, "Hidden"),
        el("span", { class: "soft" }, person.here ? "here" : "away"),
      ),
    );
    if (!self) {
      const { id, host, hidden } = person;
      row.append(
        change(
          host ? "No longer co-host" : "Make co-host",
          { do: "appoint", person: id, on: !host },
          { host: !host },
        ),
        change(hidden ? "Show again" : "Hide", { do: "hide-person", person: id, on: !hidden }, { hidden: !hidden }),
      );
    }
    return row;
  }
}
