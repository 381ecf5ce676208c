/** What a screen reader is told of by itself, and what the tab's title says. The stream itself stays silent. */

import { whyNot } from "./labels.js";
import { announce, toast } from "./tell.js";
import { listed, short } from "./words.js";

/** Posts of the bot that everybody should hear of. */
const HEARD = new Set(["follow-up", "last-call", "more-time", "repeat", "paused", "resumed", "said", "closing"]);

/** Tell of the news of the room. */
export function tellNews(/** @type {import("./room.js").Room} */ room) {
  let unread = 0;
  const title = () => {
    const where = room.current ? `${room.current.name} · ` : "";
    document.title = `${unread ? `(${unread}) ` : ""}${where}#${room.chat.hashtag}`;
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) unread = 0;
    title();
  });
  room.watch(["hello", "course"], title);
  room.watch(["question"], (changes) => {
    for (const { name, ask } of changes.get("question") ?? []) announce(`New question, ${name}: ${ask}`);
    title();
  });
  room.watch(["entries"], (changes) => {
    const entries = changes.get("entries") ?? [];
    for (const change of entries) hear(room, change);
    const came = entries.filter(({ entry, how }) => how === "new" && !room.owns(entry));
    if (document.hidden && came.length) {
      unread += came.length;
      title();
    }
  });
  room.watch(["note"], (changes) => {
    for (const text of changes.get("note") ?? []) toast(text);
  });
  room.watch(["recap"], () => announce("The recap is ready."));
}

/** Tell of one entry where it concerns the reader: the bot's words, a reply, an answer that was counted or highlighted. */
function hear(/** @type {import("./room.js").Room} */ room, /** @type {any} */ { entry, how, before }) {
  if (how === "new" && !entry.author && HEARD.has(entry.kind)) return announce(entry.text);
  const answered = room.timeline.get(entry.reply);
  if (how === "new" && entry.author && !room.owns(entry) && answered && room.owns(answered)) {
    return announce(`${entry.author.name} replied to you: ${short(entry.text, 200)}`);
  }
  if (!room.owns(entry)) return;
  const names = listed(entry.answers.map((/** @type {string} */ label) => room.nameOf(label)));
  if (names && String(before?.answers ?? "") !== String(entry.answers))
    announce(`Your answer was counted for ${names}.`);
  if (how === "new") announce(whyNot(entry, room) ?? "");
  if (before?.answers.length && !names) announce("Your message counts as conversation now.");
  if (before && !before.highlighted && entry.highlighted) toast("The hosts have highlighted your answer.");
}
