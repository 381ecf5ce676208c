/** How texts, names, addresses and times are written. */

import { el } from "./dom.js";

const ADDRESS = /\bhttps?:\/\/[^\s<>"`\\\u0000-\u001f\u200b-\u200f\u202a-\u202e\u2060-\u206f]+/gi;
const TRAILING = /[.,;:!?'*_~…’”»]$/u;
/** What people begin with before their own words: mentions, hashtags, labels as `A1` or `Bonus:`, and marks. */
const BEGINNING = /^(?:[@#]\S+|\p{L}\d+\p{L}?(?![\p{L}\d])|[\p{L}\d]+:|[^\p{L}\d@#])*/u;
/** Letters of the scripts that run from right to left: the blocks that Unicode keeps for them. */
const FROM_THE_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const BRACKETS = { ")": "(", "]": "[", "}": "{" };

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

/** Cut off what belongs to the sentence and not to the address: full stops, and brackets that were opened before it. */
function trimmed(/** @type {string} */ address) {
  for (;;) {
    const last = address.at(-1) ?? "";
    const opening = BRACKETS[/** @type {keyof typeof BRACKETS} */ (last)];
    const lone = opening && address.split(last).length > address.split(opening).length;
    if (!lone && !TRAILING.test(address)) return address;
    address = address.slice(0, -1);
  }
}

/**
 * Give an address that is safe to link to, or null: http(s) only, and nothing before an `@` that poses as its host.
 * @param {string} address
 * @returns {string | null}
 */
export function safe(address) {
  const url = URL.parse?.(address) ?? (URL.canParse(address) ? new URL(address) : null);
  return url && /^https?:$/.test(url.protocol) && !url.username && !url.password ? url.href : null;
}

/**
 * Make a link that tells the other side nothing, or plain text where the address is not safe.
 * @param {string} address
 * @param {string} [text]
 */
export function link(address, text = address) {
  const href = safe(address);
  if (!href) return document.createTextNode(text);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, text);
}

/**
 * Turn what somebody wrote into nodes: text, and links for the addresses in it.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function linked(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = trimmed(found[0]);
    nodes.push(text.slice(end, found.index), link(address));
    end = found.index + address.length;
  }
  return [...nodes, text.slice(end)];
}

/** Write a moment (ms since 1970) in the reader's zone: the clock, with the date in front where it is another day. */
export function moment(/** @type {number} */ at) {
  const today = new Date().toDateString() === new Date(at).toDateString();
  const text = today ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
  return el("time", { datetime: new Date(at).toISOString(), title: full.format(at) }, text);
}

/** The clock alone, for a message below its day. */
export function clockTime(/** @type {number} */ at) {
  return el("time", { datetime: new Date(at).toISOString(), title: full.format(at) }, clock.format(at));
}

/** The day of a moment in the reader's zone, in words. */
export const dayOf = (/** @type {number} */ at) => day.format(at);

/** Write a length of time (ms) as a countdown: `4:05`, `1:02:30`. */
export function countdown(/** @type {number} */ ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Count things in words: `1 person`, `2 people`. */
export const count = (/** @type {number} */ n, /** @type {string} */ one, /** @type {string} */ many) =>
  `${n.toLocaleString()} ${n === 1 ? one : many}`;

/** Join words as in a sentence: `Q1, Q2 and Q3`. */
export const listed = (/** @type {string[]} */ words) => new Intl.ListFormat("en").format(words);

/** Shorten a text to one line of at most `most` characters, never in the middle of one. */
export function short(/** @type {string} */ text, most = 90) {
  const characters = [...text.replace(/\s+/g, " ").trim()];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : characters.join("");
}

/** Give the direction (`dir`) of a text that may begin with what says nothing of it: a label, Latin everywhere, or names. */
export function direction(/** @type {string} */ text) {
  const letter = /\p{L}/u.exec(text.replace(BEGINNING, ""));
  if (!letter) return "auto";
  return FROM_THE_RIGHT.test(letter[0]) ? "rtl" : "ltr";
}

/** A random id, for a message or a wish that must count once however often it is sent. */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
