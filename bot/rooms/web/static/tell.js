/** Words for the reader: short notes on the screen, and announcements for a screen reader alone. */

import { button, byId, el } from "./dom.js";

const STAYS = 6000;

/**
 * Show a note for a while; it stays while the pointer or the focus is on it.
 * @param {string} text
 * @param {{action?: string, run?: () => void}} [how] a button beside it, such as "Undo"
 */
export function toast(text, { action, run } = {}) {
  if (!text) return;
  const note = el("div", { class: "toast" }, el("p", { dir: "auto" }, text));
  if (action) {
    const act = button(action, { class: "link" });
    act.onclick = () => {
      note.remove();
      run?.();
    };
    note.append(act);
  }
  const toasts = byId("toasts");
  toasts.append(note);
  while (toasts.children.length > 2) toasts.firstElementChild?.remove();
  const leave = () => (note.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : note.remove());
  setTimeout(leave, STAYS + text.length * 40);
}

/** @type {string[]} */ const unsaid = [];

/** Say something to a screen reader, after what it is being told already. */
export function announce(/** @type {string} */ text) {
  if (!text) return;
  unsaid.push(text);
  if (unsaid.length > 1) return;
  setTimeout(() => {
    byId("announcements").textContent = unsaid.splice(0).join(" ");
  }, 300);
}
