/** The page of a chat: in through the door, then all its parts around one room and one connection. */

import { Actions } from "./actions.js";
import { Compose } from "./compose.js";
import { Connection, backoff } from "./connection.js";
import { ask, sure, write } from "./dialogs.js";
import { byId } from "./dom.js";
import { Floor } from "./floor.js";
import { Host } from "./host.js";
import { join } from "./join.js";
import { clear, keeping } from "./keep.js";
import { openMenu } from "./menu.js";
import { tellNews } from "./news.js";
import { Outbox } from "./outbox.js";
import { Panel } from "./panel.js";
import { RecapView, downloads } from "./recap.js";
import { Room } from "./room.js";
import { Stream } from "./stream.js";
import { toast } from "./tell.js";
import { freshId } from "./words.js";

/** A short loss, as when a phone changes its network, is not worth a word. */
const PATIENCE = 1200;
/** A kept message that is not seen in the stream by then was taken out of it meanwhile. */
const LINGER = 5000;

/** Why the page has stopped, by the code with which the server closed. */
const STOPPED = {
  4401: ["Please join again", "This chat does not know you any more."],
  4410: [
    "You have been forgotten",
    "Your name and all that you wrote were removed from this chat, its transcript and its recap.",
  ],
};

/** Ask the server who we are, until it answers. */
async function me(tries = 0) {
  try {
    const response = await fetch("/me", { cache: "no-store" });
    if (response.ok) return await response.json();
  } catch {
    // Told below: not reached is not reached, whatever the reason.
  }
  stop("One moment", "The chat cannot be reached just now. Trying again…");
  await new Promise((wait) => setTimeout(wait, backoff(tries)));
  return me(tries + 1);
}

function stop(/** @type {string} */ title, /** @type {string} */ text) {
  byId("chat").hidden = true;
  byId("stopped").hidden = false;
  byId("stopped-title").textContent = title;
  byId("stopped-text").textContent = text;
  byId("stopped-title").focus();
}

function enter(/** @type {any} */ you, /** @type {any} */ chat) {
  byId("chat").hidden = false;
  // On a phone the field would bring up the keyboard over what is to be read first.
  byId(matchMedia("(pointer: fine)").matches ? "message" : "talk").focus();
  const room = new Room(you, chat);
  const keep = keeping(`${chat.name}/${you.id}`);
  let open = false;
  const connection = new Connection({
    receive: (frame) => room.receive(frame),
    status: (up, words) => {
      open = up;
      showStatus(() => open, words);
      stream.showPending(outbox, open);
    },
    closed: (code, words) => {
      const [title, text] = STOPPED[/** @type {keyof typeof STOPPED} */ (code)];
      stop(title, (code === 4401 && words) || text);
      if (code !== 4410) return;
      clear();
      // The answer takes the cookie away.
      fetch("/me", { cache: "no-store" }).catch(() => {});
    },
  });
  const outbox = new Outbox(connection, keep);
  new Floor(room);
  const stream = new Stream(room, connection);
  const compose = new Compose(room, outbox, keep, { editLast: () => actions.editLast(), sent: () => stream.toEnd() });
  const actions = new Actions(room, outbox, stream, compose);
  new Host(room, connection, outbox);
  const recap = new RecapView(room);
  const panel = new Panel(room, outbox, {
    jump: (id) => {
      recap.show(false);
      return stream.jump(id);
    },
    answer: (label) => {
      recap.show(false);
      compose.answer(label);
    },
    edit: (entry) => {
      recap.show(false);
      compose.edit(entry);
    },
    place: (entry) => actions.place(entry),
    propose: () => propose(outbox),
  });
  tellNews(room);
  watchPending(room, outbox, stream, () => open);
  byId("menu-toggle").onclick = () => personalMenu(room, outbox, panel);
  connection.open();
}

/** Say calmly that the connection is lost, and when it is back. */
function showStatus(/** @type {() => boolean} */ isOpen, /** @type {string} */ words) {
  const line = byId("connection");
  if (isOpen()) {
    line.textContent = line.textContent ? "Connected again." : "";
    setTimeout(() => isOpen() && (line.textContent = ""), 2000);
  } else {
    const why = words || "The connection is lost.";
    setTimeout(() => {
      if (!isOpen())
        line.textContent = `${why} Trying again… What you write meanwhile is sent as soon as it is back.`;
    }, PATIENCE);
  }
}

/** Show the messages on their way below the others, until they are seen among them. */
function watchPending(
  /** @type {Room} */ room,
  /** @type {Outbox} */ outbox,
  /** @type {Stream} */ stream,
  /** @type {() => boolean} */ isOpen,
) {
  const show = () => stream.showPending(outbox, isOpen());
  const seen = (/** @type {import("./outbox.js").Item} */ item) =>
    room.timeline.has(`${room.you.id}.${item.frame.id}`);
  outbox.addEventListener("change", () => {
    show();
    for (const item of outbox.messages.filter(({ kept }) => kept)) {
      if (seen(item)) outbox.drop(item);
      else setTimeout(() => outbox.items.includes(item) && outbox.drop(item), LINGER);
    }
  });
  room.watch(["hello", "entries"], () => {
    for (const item of outbox.messages.filter((each) => each.kept && seen(each))) outbox.drop(item);
    show();
  });
  byId("pending").onclick = (/** @type {any} */ event) => {
    const { pending, act } = event.target.closest("button")?.dataset ?? {};
    const item = outbox.messages.find(({ frame }) => frame.id === pending);
    if (item && act === "retry") outbox.retry(item);
    if (item && act === "drop") outbox.drop(item);
  };
}

/** What a person can do besides talking. */
function personalMenu(/** @type {Room} */ room, /** @type {Outbox} */ outbox, /** @type {Panel} */ panel) {
  const { you, recap } = room;
  /** @type {import("./menu.js").Item[]} */ const items = [{ text: "My answers", run: () => panel.show("mine") }];
  if (you.host || recap)
    items.push({ text: "Downloads", run: () => void ask("Downloads", [downloads(room.files)], { yes: null }) });
  items.push({ text: "Forget me", run: () => forget(outbox), danger: true });
  openMenu(byId("menu-toggle"), `${you.name}: you and this chat`, items);
}

async function propose(/** @type {Outbox} */ outbox) {
  const text = await write(
    "Propose a question",
    "Your question to the group",
    "The hosts see it, and may take it into the chat as the next one.",
    "Send to the hosts",
  );
  if (!text) return;
  const answer = await outbox.send({ do: "propose", id: freshId(), text });
  toast(answer.text || (answer.ok ? "Your question is with the hosts." : "It was refused."));
}

async function forget(/** @type {Outbox} */ outbox) {
  const text =
    "Your name and everything that you have written are removed from this chat, its transcript and its recap, " +
    "for everybody and for good. You leave the chat.";
  if (!(await sure("Forget me?", text, "Forget me"))) return;
  const answer = await outbox.send({ do: "forget" });
  if (!answer.ok) toast(answer.text ?? "That did not work. Please try again.");
}

let found = await me();
byId("stopped").hidden = true;
if (!found.you) {
  await join(found);
  found = await me();
  byId("stopped").hidden = true;
}
if (found.you) enter(found.you, found.chat);
else
  stop(
    "Please allow cookies",
    "The chat knows you by a cookie of its own, which your browser does not keep. Allow it, and join again.",
  );
