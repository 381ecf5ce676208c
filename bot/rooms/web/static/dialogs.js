/** One dialog for everything that is asked: a title, what is in it, yes or no. */

import { byId, el } from "./dom.js";
import { toast } from "./tell.js";

/**
 * Ask something, and wait for the answer. The focus returns to where it was.
 * @param {string} title
 * @param {(Node | string)[]} body
 * @param {{yes?: string | null, no?: string, danger?: boolean, wide?: boolean}} [how] without `yes` it is only shown
 * @returns {Promise<FormData | null>} what was filled in; null where the answer is no
 */
export async function ask(title, body, { yes = "OK", no = "Cancel", danger = false, wide = false } = {}) {
  const dialog = byId("dialog");
  const confirm = byId("dialog-yes");
  if (dialog.open) await closed(dialog);
  byId("dialog-title").textContent = title;
  byId("dialog-body").replaceChildren(...body);
  byId("dialog-no").textContent = yes === null ? "Close" : no;
  byId("dialog-no").onclick = () => dialog.close("");
  confirm.hidden = yes === null;
  confirm.textContent = yes ?? "";
  confirm.classList.toggle("danger", danger);
  dialog.classList.toggle("wide", wide);
  dialog.returnValue = "";
  dialog.showModal();
  // What cannot be undone is never under the finger that has just pressed Enter.
  if (danger) byId("dialog-no").focus();
  await new Promise((close) => dialog.addEventListener("close", close, { once: true }));
  return dialog.returnValue === "yes" ? new FormData(byId("dialog-form")) : null;
}

/** Close the dialog, and wait until whoever asked has heard of it. */
function closed(/** @type {any} */ dialog) {
  return new Promise((close) => {
    dialog.addEventListener("close", close, { once: true });
    dialog.close("");
  });
}

/** Ask a plain question: yes or no. */
export async function sure(
  /** @type {string} */ title,
  /** @type {string} */ text,
  /** @type {string} */ yes,
  danger = true,
) {
  const no = yes.startsWith("Cancel") ? "Go on with it" : "Cancel";
  return (await ask(title, [el("p", {}, text)], { yes, no, danger })) !== null;
}

/** Ask for a text; null where there is none. */
export async function write(
  /** @type {string} */ title,
  /** @type {string} */ label,
  /** @type {string} */ hint,
  /** @type {string} */ yes,
  most = 500,
) {
  const field = el("textarea", {
    id: "dialog-text",
    name: "text",
    rows: 3,
    maxlength: most,
    required: true,
    dir: "auto",
    "aria-describedby": "dialog-hint",
  });
  const form = await ask(
    title,
    [
      el(
        "div",
        { class: "field" },
        el("label", { for: "dialog-text" }, label),
        field,
        el("p", { class: "soft", id: "dialog-hint" }, hint),
      ),
    ],
    { yes },
  );
  return form ? String(form.get("text")).trim() || null : null;
}

/** Copy a text, or show it to be copied where the browser does not let the page do that. */
export async function copy(/** @type {string} */ text, /** @type {string} */ title) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    await ask(title, [el("textarea", { rows: 6, readonly: true, "aria-label": "Text" }, text)], { yes: null });
  }
}

/**
 * Ask which questions a message answers.
 * @param {import("./room.js").Room} room
 * @param {import("./timeline.js").Entry} entry
 * @returns {Promise<string[] | null>} labels; none for conversation; null where nothing is to change
 */
export async function pickQuestions(room, entry) {
  const questions = [...room.questions.values()];
  const boxes = questions.map((question) =>
    el(
      "label",
      { class: "choice" },
      el("input", {
        type: "checkbox",
        name: "answers",
        value: question.label,
        checked: entry.answers.includes(question.label),
      }),
      el("span", {}, el("b", {}, question.name), " ", el("bdi", {}, question.ask)),
    ),
  );
  const form = await ask(
    "Which question does it answer?",
    [
      el("p", { class: "soft" }, "Choose one or more. With none, it is conversation."),
      el("fieldset", { class: "choices" }, el("legend", { class: "unseen" }, "Questions"), ...boxes),
    ],
    { yes: "Save" },
  );
  return form && form.getAll("answers").map(String);
}
