/** How one entry of the stream is drawn. */

import { button, el, icon, signOf } from "./dom.js";
import { whyNot } from "./labels.js";
import { clockTime, direction, link, linked, listed, short } from "./words.js";

/** @typedef {import("./timeline.js").Entry} Entry */
/** @typedef {import("./room.js").Room} Room */

/** The largest size of a picture in the stream (px). */
const WIDEST = 420;
const HIGHEST = 320;

/** What the bot's posts are called; a question has its own name. */
const POSTS = {
  welcome: "Welcome",
  housekeeping: "How it works",
  "follow-up": "Follow-up",
  "last-call": "Last call",
  "more-time": "More time",
  repeat: "Once more",
  paused: "Paused",
  resumed: "Going on",
  said: "Announcement",
  closing: "Closing",
  recap: "Recap",
};

/** Whether an entry replies to something worth showing: that an answer is one to its question is said already. */
export function repliesTo(/** @type {Entry} */ entry, /** @type {Room} */ room) {
  return entry.reply !== null && !entry.answers.some((label) => room.questions.get(label)?.post === entry.reply);
}

/** Make the frame of an entry, which stays while its content changes. */
export function frame(/** @type {Entry} */ entry) {
  const article = el("article", {
    class: "entry",
    tabindex: -1,
    "aria-labelledby": `by-${entry.id}`,
    "aria-describedby": `text-${entry.id}`,
  });
  article.dataset.id = entry.id;
  return article;
}

/** Draw an entry anew in its frame. */
export function draw(/** @type {any} */ article, /** @type {Entry} */ entry, /** @type {Room} */ room) {
  const question =
    entry.kind === "question" ? [...room.questions.values()].find((each) => each.post === entry.id) : undefined;
  const shape = question ? "question" : entry.author ? "message" : "post";
  article.className = `entry ${shape}`;
  article.classList.toggle("own", room.owns(entry));
  article.classList.toggle("answer", entry.answers.length > 0);
  article.classList.toggle("highlighted", entry.highlighted);
  article.classList.toggle("hidden-entry", entry.hidden);
  const body = el("div", { class: "body" }, ...(question ? asked(entry, question, room) : said(entry, room)));
  const before = article.querySelector(":scope > .body");
  if (before) before.replaceWith(body);
  else article.append(body);
}

/** Draw a message that is on its way, or was refused. */
export function drawPending(
  /** @type {import("./outbox.js").Item} */ item,
  /** @type {Room} */ room,
  /** @type {boolean} */ open,
) {
  const { frame: sent, failed, waits } = item;
  const state = failed ? `Not sent: ${failed}` : open ? (waits ?? "Sending…") : "Waits for the connection";
  const node = el(
    "article",
    { class: `entry message own pending${failed ? " failed" : ""}` },
    el(
      "div",
      { class: "body" },
      avatar(room.you),
      el(
        "div",
        { class: "by" },
        el("bdi", { class: "name" }, room.you.name),
        mark(sent.question && room.markOf(sent.question)),
      ),
      sent.text && el("p", { class: "text", dir: direction(sent.text) }, ...linked(sent.text)),
      sent.picture && el("p", { class: "soft" }, "with a picture"),
      el(
        "p",
        { class: "counted" },
        state,
        failed && button("Try again", { class: "link", data: { pending: sent.id, act: "retry" } }),
        failed && button("Take it back", { class: "link", data: { pending: sent.id, act: "drop" } }),
      ),
    ),
  );
  return node;
}

function* asked(
  /** @type {Entry} */ entry,
  /** @type {import("./room.js").Question} */ question,
  /** @type {Room} */ room,
) {
  yield el(
    "div",
    { class: "by", id: `by-${entry.id}` },
    el("b", { class: "question-name" }, question.name),
    clockTime(entry.at),
  );
  yield el(
    "p",
    { class: "text", lang: room.chat.language, dir: "auto", id: `text-${entry.id}` },
    ...linked(question.ask),
  );
  yield* translations(question);
  yield* pictures(entry.pictures.length ? entry.pictures : question.picture ? [question.picture] : []);
  yield* resources(question.resources);
  yield howToAnswer(question, room);
  yield reactions(entry, room);
}

/** The label to begin with, and a button for those who would rather press one. */
function howToAnswer(/** @type {import("./room.js").Question} */ { label, name }, /** @type {Room} */ room) {
  const mark = room.markOf(label);
  return el(
    "p",
    { class: "how" },
    "Begin your answer with ",
    el("b", {}, mark === label ? `${label}:` : mark),
    " or press ",
    button("Answer", { class: "link", label: `Answer ${name}`, data: { do: "reply" } }),
  );
}

function* said(/** @type {Entry} */ entry, /** @type {Room} */ room) {
  yield avatar(entry.author);
  yield by(entry, room);
  if (repliesTo(entry, room)) yield quoted(entry, room);
  if (entry.text)
    yield el("p", { class: "text", dir: direction(entry.text), id: `text-${entry.id}` }, ...linked(entry.text));
  yield* pictures(entry.pictures);
  if (room.owns(entry)) yield entry.answers.length ? counted(entry, room) : uncounted(entry, room);
  yield reactions(entry, room);
}

function by(/** @type {Entry} */ entry, /** @type {Room} */ room) {
  const { author } = entry;
  const marks = entry.answers.map((label) => mark(room.markOf(label), `Answer to ${room.nameOf(label)}`));
  return el(
    "div",
    { class: "by", id: `by-${entry.id}` },
    author
      ? el("bdi", { class: "name" }, author.name)
      : el("span", { class: "name" }, POSTS[/** @type {keyof typeof POSTS} */ (entry.kind)] ?? "Host"),
    author?.host && el("span", { class: "tag" }, "Host"),
    ...marks,
    entry.highlighted && el("span", { class: "star" }, icon("star"), "Highlighted"),
    entry.hidden &&
      el("span", { class: "tag hidden-tag" }, icon("hidden"), author?.hidden ? "Person hidden" : "Hidden"),
    clockTime(entry.at),
    entry.edited !== null && el("span", { class: "soft" }, "edited"),
  );
}

/** The label under which an answer counts. */
function mark(/** @type {string | null | undefined} */ text, title = "") {
  return text ? el("span", { class: "mark", title: title || null }, text) : null;
}

/** What a message replies to, in short; it leads there. */
function quoted(/** @type {Entry} */ entry, /** @type {Room} */ room) {
  const parent = room.timeline.get(entry.reply);
  const question = [...room.questions.values()].find((each) => each.post === entry.reply);
  const words = question
    ? [el("b", {}, question.name), " ", short(question.ask)]
    : parent
      ? [parent.author && el("bdi", {}, el("b", {}, parent.author.name)), " ", short(parent.text) || "a picture"]
      : ["an earlier message"];
  return el(
    "a",
    { class: "quoted", href: `#${entry.reply}`, "data-jump": entry.reply },
    icon("reply"),
    el("span", { dir: "auto" }, el("span", { class: "unseen" }, "In response to "), ...words.filter(Boolean)),
  );
}

/** Tell authors that their answer was counted, for which question, and let them put it right. */
function counted(/** @type {Entry} */ entry, /** @type {Room} */ room) {
  return el(
    "p",
    { class: "counted" },
    icon("check"),
    `Counted for ${listed(entry.answers.map((label) => room.nameOf(label)))}`,
    button("Change", { class: "link", label: "Change which question it counts for", data: { do: "place" } }),
  );
}

/** Tell authors why a message of theirs that looks like an answer is none. */
function uncounted(/** @type {Entry} */ entry, /** @type {Room} */ room) {
  const why = whyNot(entry, room);
  return why && el("p", { class: "counted" }, why);
}

function reactions(/** @type {Entry} */ entry, /** @type {Room} */ room) {
  const given = Object.entries(entry.reactions ?? {}).filter(([, n]) => n > 0);
  if (!given.length) return null;
  return el(
    "div",
    { class: "reactions" },
    ...given.map(([sign, n]) => {
      const pressed = room.reacted.get(entry.id)?.has(sign) ?? false;
      const node = button(String(n), {
        class: "reaction",
        pressed,
        label: `${sign} ${n}${pressed ? ", you too" : ""}`,
        data: { do: "react", sign },
      });
      node.prepend(signOf(sign));
      return node;
    }),
  );
}

function avatar(/** @type {{id: string, name: string} | null} */ author) {
  const initials = author
    ? author.name
        .split(/\s+/)
        .slice(0, 2)
        .map((word) => [...word][0] ?? "")
        .join("")
        .toLocaleUpperCase()
    : "#";
  const node = el("span", { class: author ? "avatar" : "avatar bot", "aria-hidden": "true" }, initials);
  if (author) node.style.setProperty("--hue", String(hue(author.id)));
  return node;
}

/** A colour for each person, the same on every screen. */
function hue(/** @type {string} */ id) {
  let sum = 7;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) >>> 0;
  return sum % 360;
}

/** The question in other languages. */
export function* translations(/** @type {import("./room.js").Question} */ question) {
  for (const [language, text] of question.translations) {
    yield el("p", { class: "translation", lang: language, dir: "auto" }, text);
  }
}

/** Something to read on. */
export function* resources(/** @type {{title: string, url: string}[]} */ list) {
  if (list.length)
    yield el(
      "ul",
      { class: "resources" },
      ...list.map(({ title, url }) => el("li", { dir: "auto" }, link(url, title))),
    );
}

/** The size at which a picture is shown (px), known before it is there, so that nothing moves when it comes. */
function fitted(/** @type {number | undefined} */ width, /** @type {number | undefined} */ height) {
  if (!width || !height) return {};
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

function* pictures(/** @type {{url: string, alt: string, width?: number, height?: number}[]} */ list) {
  for (const { url, alt, width, height } of list) {
    // Only this room's own pictures: the policy of the page would refuse others anyway.
    if (!/^\/(?!\/)/.test(url)) continue;
    const image = el("img", {
      src: url,
      alt: alt || "Picture without a description",
      ...fitted(width, height),
      loading: "lazy",
      decoding: "async",
    });
    yield el(
      "figure",
      {},
      el("a", { href: url, target: "_blank", rel: "noopener" }, image),
      alt && el("figcaption", { dir: "auto" }, alt),
    );
  }
}
