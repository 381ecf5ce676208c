/** A menu that opens beside a button: arrow keys move, Escape closes, the focus goes back. */

import { button, byId } from "./dom.js";

/** @typedef {{text: string, run: () => void, danger?: boolean}} Item */

/**
 * Open the menu.
 * @param {HTMLElement} opener
 * @param {string} label what the menu is for
 * @param {Item[]} items
 */
export function openMenu(opener, label, items) {
  const menu = byId("menu");
  menu.setAttribute("aria-label", label);
  menu.replaceChildren(
    ...items.map((item) => {
      const node = button(item.text, { class: item.danger ? "danger" : undefined });
      node.setAttribute("role", "menuitem");
      node.tabIndex = -1;
      node.onclick = () => {
        close(menu, opener);
        item.run();
      };
      return node;
    }),
  );
  menu.onkeydown = (/** @type {KeyboardEvent} */ event) => move(event, menu, opener);
  opener.setAttribute("aria-expanded", "true");
  menu.ontoggle = (/** @type {any} */ event) =>
    opener.setAttribute("aria-expanded", String(event.newState === "open"));
  menu.showPopover();
  place(menu, opener.getBoundingClientRect());
  menu.firstElementChild?.focus();
}

function close(/** @type {any} */ menu, /** @type {HTMLElement} */ opener) {
  menu.hidePopover();
  opener.focus();
}

/** Put the menu below its button, or above where there is no room, and always on the screen. */
function place(/** @type {HTMLElement} */ menu, /** @type {DOMRect} */ by) {
  const { width, height } = menu.getBoundingClientRect();
  const below = by.bottom + 4 + height <= innerHeight;
  menu.style.top = `${Math.max(8, below ? by.bottom + 4 : by.top - height - 4)}px`;
  menu.style.left = `${Math.max(8, Math.min(by.right - width, innerWidth - width - 8))}px`;
}

function move(/** @type {KeyboardEvent} */ event, /** @type {any} */ menu, /** @type {HTMLElement} */ opener) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (to !== undefined) items.at(to % items.length).focus();
  else if (event.key === "Escape" || event.key === "Tab") close(menu, opener);
  else return;
  event.preventDefault();
}
