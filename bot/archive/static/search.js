// The search over all chats. What it reads are scripts that call the functions of `found`: a page on a disk may load nothing else.
// A text becomes words exactly as in `bot/archive/words.py`.
"use strict";

const LONGEST = 40, ABOUT = 0, CHATS = 10, UNITS = 3, MESSAGES = 3, AROUND = 160;
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u3099\u309a]/g;
const PLAIN = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", ł: "l", ħ: "h", ı: "i", ŧ: "t", ς: "σ" };
const SPACELESS = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u{20000}-\u{323af}]+/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

const plain = (text) => text.normalize("NFKD").toLowerCase().replace(MARKS, "").replace(/[ßæœøđðłħıŧς]/g, (letter) => PLAIN[letter]);
const first = (text, most) => Array.from(text).slice(0, most).join("");

/** Cut a run of letters into words: `[word, whole]`; a word that is not whole is the beginning of others. */
function* apart(run) {
  for (let rest = run; rest;) {
    const match = SPACELESS.exec(rest);
    const before = match ? rest.slice(0, match.index) : rest;
    if (before) yield [first(before, LONGEST), /^[a-z0-9]$/.test(before)];
    if (!match) return;
    const letters = Array.from(match[0]);
    if (letters.length === 1) yield [letters[0], false];
    for (let n = 0; n + 1 < letters.length; n += 1) yield [letters[n] + letters[n + 1], true];
    rest = rest.slice(match.index + match[0].length);
  }
}

/** What is searched for: words, each with whether it is whole, and for marking them in a text. */
const wanted = (query) => (plain(query).match(WORD) ?? []).flatMap((run) => [...apart(run)]);

// Loading -------------------------------------------------------------------------------------------------------------

const main = document.querySelector("main");
const loaded = new Map();
let index = null;
const pieces = new Map();
const units = new Map();

globalThis.found = {
  index: (firsts, chats) => { index = { firsts, chats: new Map(Object.entries(chats)) }; },
  words: (number, words) => pieces.set(number, new Map(Object.entries(words))),
  unit: (path, number, said) => units.set(`${path}/${number}`, said),
};

function load(address) {
  if (!loaded.has(address)) {
    loaded.set(address, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${address}?${main.dataset.words}`;
      script.charset = "utf-8";
      script.onload = resolve;
      script.onerror = () => { loaded.delete(address); reject(new Error(address)); };
      document.head.append(script);
    }));
  }
  return loaded.get(address);
}

// Finding -------------------------------------------------------------------------------------------------------------

/** Give the numbers of the files that have words beginning so. */
function* filesWith(word, whole) {
  const end = whole ? word : `${word}\uffff`;
  for (let n = 0; n < index.firsts.length; n += 1) {
    const next = index.firsts[n + 1];
    if (index.firsts[n] <= end && (next === undefined || next > word)) yield n;
  }
}

/** Give the units that have a word: chat → unit → how good it is, more for the word itself than for its beginning, and for what a chat is called. */
async function unitsWith([word, whole], all) {
  const numbers = [...filesWith(word, whole)];
  await Promise.all(numbers.map((n) => load(`search-words/${n}.js`)));
  const where = new Map();
  for (const n of numbers) {
    for (const [each, places] of pieces.get(n)) {
      if (each !== word && (whole || !each.startsWith(word))) continue;
      for (const place of places.split(";")) {
        const [chat, list] = place.split(":");
        const number = String(parseInt(chat, 36));
        if (all && !all.has(number)) continue;
        if (!where.has(number)) where.set(number, new Map());
        const scores = where.get(number);
        for (const unit of list.split(",")) {
          const key = parseInt(unit, 36);
          scores.set(key, Math.max(scores.get(key) ?? 0, (each === word ? 2 : 1) + (key === ABOUT ? 1 : 0)));
        }
      }
    }
  }
  return where;
}

/** Give the chats in which every word is, the best and newest first, each with its best units. */
async function find(query, hashtag) {
  let left = null;
  for (const word of wanted(query)) {
    const where = await unitsWith(word, left);
    const rarity = Math.log(1 + index.chats.size / (1 + where.size)) + 0.1;
    const next = new Map();
    for (const [chat, scores] of where) {
      if (hashtag && index.chats.get(chat)[3].toLowerCase() !== hashtag) continue;
      const before = left?.get(chat) ?? new Map();
      for (const [unit, score] of scores) before.set(unit, (before.get(unit) ?? 0) + score * rarity + 1000);
      next.set(chat, before);
    }
    left = next;
  }
  const ranked = [...(left ?? [])].map(([chat, scores]) => {
    const best = [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    return { chat: index.chats.get(chat), units: best.slice(0, UNITS).map(([unit]) => unit), score: best[0][1] };
  });
  return ranked.sort((a, b) => b.score - a.score || (a.chat[2] < b.chat[2] ? 1 : -1));
}

// Showing -------------------------------------------------------------------------------------------------------------

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Give where in a text the words stand, as `[start, end, which word]`, in order. */
function places(text, words) {
  const marks = [];
  for (const match of text.matchAll(WORD)) {
    const run = plain(match[0]);
    words.forEach(([word, whole], which) => {
      if (!SPACELESS.test(match[0])) {
        if (run.startsWith(word)) marks.push([match.index, match.index + match[0].length, which]);
        return;
      }
      for (let at = run.indexOf(word); at >= 0; at = run.indexOf(word, at + 1)) {
        const same = run.length === match[0].length;
        marks.push(same ? [match.index + at, match.index + at + word.length, which] : [match.index, match.index + match[0].length, which]);
      }
    });
  }
  return marks.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
}

/** Give the piece of a text around the first place, with all places in it marked. */
function excerpt(text, marks) {
  const shown = element("p", "", { class: "excerpt", dir: "auto" });
  const middle = marks.length ? marks[0][0] : 0;
  let start = Math.max(0, middle - AROUND);
  if (start) start = text.indexOf(" ", start) + 1 && text.indexOf(" ", start) < middle ? text.indexOf(" ", start) + 1 : start;
  const end = Math.min(text.length, middle + 2 * AROUND);
  if (start) shown.append("… ");
  let at = start;
  for (const [from, to] of marks) {
    if (from < at || to > end) continue;
    shown.append(text.slice(at, from), element("mark", text.slice(from, to)));
    at = to;
  }
  shown.append(text.slice(at, end), end < text.length ? " …" : "");
  return shown;
}

/** Give the messages of a unit that have most of the words, best first. */
function bestOf(said, words) {
  return said
    .map((message) => {
      const marks = places(message[3], words);
      const by = places(message[1], words);
      return { message, marks, has: new Set([...marks, ...by].map((mark) => mark[2])).size };
    })
    .filter((each) => each.has)
    .sort((a, b) => b.has - a.has)
    .slice(0, MESSAGES);
}

/** Give the line above an excerpt: who said it, and the way there. What has no anchor tells of the chat itself. */
function source([anchor, who, time], path) {
  const line = element("p", "", { class: "by" });
  if (anchor) line.append(element("b", who || "The question"), " ", element("a", time, { href: `${path}/transcript.html#${anchor}`, "aria-label": `${time}, in the transcript` }));
  else line.append(who ? "with " : "", element("b", who), " ", element("a", "All about it", { href: `${path}/index.html` }));
  return line;
}

async function show(hit, words) {
  const [path, title, date, hashtag, language, names] = hit.chat;
  const item = element("li");
  const heading = element("h2", "", { dir: "auto" });
  heading.append(element("a", title, { href: `${path}/index.html`, lang: language }));
  const about = element("p", `#${hashtag} · ${new Date(`${date}T12:00`).toLocaleDateString("en", { dateStyle: "long" })}`, { class: "facts" });
  item.append(heading, about);
  await Promise.all(hit.units.map((unit) => load(`${path}/find/${unit}.js`)));
  for (const unit of hit.units) {
    const section = element("section");
    if (names[unit]) section.append(element("h3", names[unit]));
    for (const { message, marks } of bestOf(units.get(`${decodeURI(path)}/${unit}`), words)) {
      const said = excerpt(message[3], marks);
      said.lang = language;
      section.append(source(message, path), said);
    }
    item.append(section);
  }
  return item;
}

// The page ------------------------------------------------------------------------------------------------------------

const field = document.getElementById("q");
const status = document.getElementById("status");
const list = document.getElementById("found");
const more = document.getElementById("more");
const hashtag = document.getElementById("hashtag");
let waiting;
let asked = 0;
let hits = [];
let words = [];

async function showMore(turn) {
  const some = hits.splice(0, CHATS);
  const items = await Promise.all(some.map((hit) => show(hit, words)));
  if (turn !== asked) return;
  list.append(...items);
  more.hidden = hits.length === 0;
}

async function search() {
  clearTimeout(waiting);  // what is about to be searched for is: a list made twice loses a click between
  const turn = (asked += 1);
  const query = field.value.trim();
  words = wanted(query);
  history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
  if (!words.length) {
    list.replaceChildren();
    list.dataset.for = query;
    more.hidden = true;
    status.textContent = "Type above what you look for.";
    return;
  }
  try {
    await load("search-words/index.js");
    const found = await find(query, hashtag?.value);
    if (turn !== asked) return;
    hits = found;
    status.textContent = hits.length === 0 ? `Nothing has ${words.length > 1 ? "all these words" : "this word"} in it.` : `${hits.length === 1 ? "1 chat" : `${hits.length.toLocaleString("en")} chats`}`;
    list.replaceChildren();
    await showMore(turn);
    if (turn === asked) list.dataset.for = query;  // tells that all of it is there
  } catch {
    if (turn === asked) status.textContent = "Something could not be loaded. Look whether you are online, and search again.";
  }
}

field.value = new URLSearchParams(location.search).get("q") ?? "";
field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 120); });
field.form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
hashtag?.addEventListener("change", search);
more.addEventListener("click", () => showMore(asked));
if (!field.value) field.focus();
search();
