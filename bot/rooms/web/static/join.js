/** The way in: a name, and the passphrase where the hosts have set one. */

import { byId } from "./dom.js";
import { listed, moment } from "./words.js";

/**
 * Show the form until the server has let this person in.
 * @param {any} me what `/me` says
 * @returns {Promise<void>}
 */
export function join(me) {
  const { chat } = me;
  byId("join-hashtag").textContent = chat ? `#${chat.hashtag}` : "";
  byId("join-title").textContent = chat?.title ?? "Join the chat";
  byId("join-summary").textContent = chat?.summary ?? "";
  facts(me);
  byId("join-passphrase").hidden = !me.passphrase;
  byId("passphrase").required = Boolean(me.passphrase);
  document.title = chat ? `Join #${chat.hashtag}` : "Join the chat";
  byId("join").hidden = false;
  byId("name").focus();
  return new Promise((joined) => {
    byId("join-form").onsubmit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!(await tryToJoin(me.passphrase))) return;
      byId("join").hidden = true;
      joined();
    };
  });
}

function facts(/** @type {any} */ { chat, host }) {
  const hosts = (chat?.hosts ?? []).map((/** @type {any} */ each) =>
    each.role === "host" ? each.name : `${each.name} (${each.role})`,
  );
  byId("join-facts").replaceChildren(
    ...(host ? ["You join as a host. "] : []),
    ...(hosts.length ? [`With ${listed(hosts)}. `] : []),
    ...(chat?.starts && chat.starts > Date.now() ? ["Begins at ", moment(chat.starts), ". "] : []),
    ...(chat?.rehearsal ? ["This is a rehearsal."] : []),
  );
}

async function tryToJoin(/** @type {boolean} */ guarded) {
  const [name, passphrase, submit] = [byId("name"), byId("passphrase"), byId("join-button")];
  if (!name.value.trim()) return wrong("Please say how you want to be called.", name);
  if (guarded && !passphrase.value) return wrong("Please type the passphrase.", passphrase);
  submit.setAttribute("aria-busy", "true");
  const answer = await post({ name: name.value.trim(), passphrase: guarded ? passphrase.value : null });
  submit.removeAttribute("aria-busy");
  return answer.ok || wrong(answer.text, guarded && /passphrase/i.test(answer.text) ? passphrase : name);
}

function wrong(/** @type {string} */ text, /** @type {any} */ field) {
  for (const each of [byId("name"), byId("passphrase")]) each.setAttribute("aria-invalid", String(each === field));
  byId("join-wrong").textContent = text;
  field.focus();
  return false;
}

async function post(/** @type {object} */ body) {
  try {
    const response = await fetch("/join", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { ok: false, text: "The chat cannot be reached just now. Please try again in a moment." };
  }
}
