/** The picture that goes with a message: chosen, pasted or dropped, sent ahead, and described. */

import { byId } from "./dom.js";

const KINDS = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

export class Picture {
  #box = byId("compose-picture");
  #alt = byId("picture-alt");
  #state = byId("picture-state");
  #preview = byId("picture-preview");
  /** @type {string | null} the server's id, once it is there */ #id = null;
  /** Counts the pictures chosen, so that an upload that was given up changes nothing. */
  #turn = 0;
  #reminded = false;
  #awaited = false;

  /** @param {() => void} arrived called when the picture that the message had to wait for is there */
  constructor(arrived) {
    this.arrived = arrived;
    const file = byId("picture-file");
    file.onchange = () => {
      this.#choose(file.files[0]);
      file.value = "";
    };
    byId("picture-drop").onclick = () => {
      this.clear();
      byId("message").focus();
    };
    const form = byId("compose");
    form.addEventListener("paste", (/** @type {ClipboardEvent} */ event) => this.#take(event, event.clipboardData));
    form.addEventListener("dragover", (/** @type {DragEvent} */ event) => event.preventDefault());
    form.addEventListener("drop", (/** @type {DragEvent} */ event) => this.#take(event, event.dataTransfer));
  }

  /** Whether a picture was chosen. */
  get chosen() {
    return !this.#box.hidden && !this.#box.classList.contains("refused");
  }

  /** What the message says of it: its id and its description; null without one. */
  get value() {
    return this.#id ? { id: this.#id, alt: this.#alt.value.trim() } : null;
  }

  /** Whether the message has to wait: for the upload, which then calls `arrived`, or (once) for a description. */
  holdsUp() {
    if (!this.chosen) return false;
    if (!this.#id) {
      this.#awaited = true;
      this.#state.textContent ||= "The picture is on its way, and the message follows it.";
      return true;
    }
    if (this.#alt.value.trim() || this.#reminded) return false;
    this.#reminded = true;
    this.#state.textContent = "A few words help those who cannot see it. Or press Send again to go without.";
    this.#alt.focus();
    return true;
  }

  clear() {
    this.#turn++;
    this.#id = null;
    this.#reminded = false;
    this.#awaited = false;
    this.#alt.value = "";
    this.#state.textContent = "";
    this.#box.hidden = true;
    this.#box.classList.remove("refused");
    URL.revokeObjectURL(this.#preview.src);
    this.#preview.removeAttribute("src");
  }

  #take(/** @type {Event} */ event, /** @type {DataTransfer | null} */ data) {
    if (!data?.files.length) return;
    event.preventDefault();
    this.#choose(data.files[0]);
  }

  /** Say that a file is no picture; one that was chosen before stays. */
  #refuse(/** @type {string} */ name) {
    this.#box.classList.toggle("refused", !this.chosen);
    this.#box.hidden = false;
    this.#state.textContent = `“${name}” is not a picture that can be shown here. Please choose a PNG, JPEG, GIF or WebP.`;
  }

  async #choose(/** @type {File | undefined} */ file) {
    if (!file) return;
    if (!(await isPicture(file))) return this.#refuse(file.name);
    this.clear();
    this.#box.hidden = false;
    this.#preview.src = URL.createObjectURL(file);
    this.#alt.focus();
    this.#state.textContent = "The picture is on its way…";
    const turn = this.#turn;
    const answer = await upload(file);
    if (turn !== this.#turn) return;
    this.#id = answer.ok ? answer.id : null;
    this.#state.textContent = answer.ok ? "" : answer.text;
    if (answer.ok && this.#awaited) this.arrived();
  }
}

/** Whether it can be shown, whatever its name says. */
async function isPicture(/** @type {File} */ file) {
  if (!KINDS.has(file.type)) return false;
  try {
    (await createImageBitmap(file)).close();
    return true;
  } catch {
    return false;
  }
}

/** Send the file; its answer in the server's words, or in ours where there is none. */
async function upload(/** @type {File} */ file) {
  try {
    const response = await fetch("/pictures", { method: "POST", headers: { "Content-Type": file.type }, body: file });
    return await response.json();
  } catch {
    return {
      ok: false,
      text: "The picture did not get through. Please choose it again when the connection is back.",
    };
  }
}
