/** The page's own elements, and new ones. Text from the network only ever becomes text nodes and plain attributes. */

/**
 * Find an element of the page; one that is missing is a mistake in the page itself.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found;
}

/**
 * Make an element. Attributes that are null, undefined or false are left out; children likewise.
 * @param {string} tag
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * Draw one of the page's icons.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/**
 * Make a button; `data` becomes data-attributes, by which one listener for many buttons tells them apart.
 * @param {string} text
 * @param {{class?: string, icon?: string, label?: string, pressed?: boolean, data?: Record<string, string>}} [how]
 */
export function button(text, how = {}) {
  const node = el(
    "button",
    {
      type: "button",
      class: how.class,
      "aria-label": how.label,
      title: how.label,
      "aria-pressed": how.pressed === undefined ? null : String(how.pressed),
    },
    how.icon ? icon(how.icon) : null,
    text,
  );
  Object.assign(node.dataset, how.data);
  return node;
}

/** Write a reaction's sign in colour, whatever the text around it is set in. */
export function signOf(/** @type {string} */ sign) {
  // A heart is a letter unless it is told to be a picture.
  return el("span", { class: "sign" }, sign === "❤" ? "❤\ufe0f" : sign);
}

/** Whether an element's text is being edited, so that arrow keys belong to it. */
export function writing(/** @type {any} */ node) {
  return node instanceof Element && node.matches("input, textarea, select");
}
