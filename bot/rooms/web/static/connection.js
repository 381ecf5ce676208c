/** The WebSocket: comes back by itself, and sends again what was not answered. */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const SILENCE = 25_000;
const PATIENCE = 10_000;
const FULL = 4429;
const FINAL = new Set([4401, 4410]);
/** The server could not read what it was sent: the same again would end the same way. */
const UNREADABLE = new Set([1003, 1009]);

/** @typedef {{ok: boolean, text?: string, [more: string]: any}} Answer */

/** How long to wait before try `tries` (from 0): doubling, half of it by chance, so that no crowd returns at once. */
export function backoff(/** @type {number} */ tries, chance = Math.random()) {
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries);
  return wait / 2 + (wait / 2) * chance;
}

export class Connection {
  /** @type {WebSocket | null} */ #socket = null;
  #open = false;
  #tries = 0;
  #n = 0;
  #timer = 0;
  #silence = 0;
  /** @type {Map<number, {frame: object, answer: (answer: Answer) => void, hold: boolean}>} */ #waiting = new Map();

  /**
   * @param {{
   *   receive: (frame: any) => void,
   *   status: (open: boolean, words: string) => void,
   *   closed: (code: number, words: string) => void,
   * }} listener `receive` gets every frame but answers, `status` hears of loss and return, `closed` of a close that is final
   */
  constructor(listener) {
    this.listener = listener;
    addEventListener("online", () => this.#hurry());
    addEventListener("pageshow", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#hurry());
  }

  /** Connect, and stay connected. */
  open() {
    const socket = new WebSocket(new URL("/ws", location.href.replace(/^http/, "ws")));
    this.#socket = socket;
    socket.onmessage = (event) => this.#socket === socket && this.#hear(JSON.parse(event.data));
    socket.onclose = (event) => this.#socket === socket && this.#lost(event.code, event.reason);
    this.#listen();
  }

  /**
   * Ask the server for something. With `hold` the request outlives a lost connection and is sent again until it is
   * answered; without it, a loss answers it with `ok` false.
   * @param {object} frame
   * @param {{hold?: boolean}} [how]
   * @returns {Promise<Answer>}
   */
  request(frame, { hold = true } = {}) {
    const n = ++this.#n;
    return new Promise((answer) => {
      if (!this.#open && !hold) return answer({ ok: false, text: "There is no connection just now." });
      this.#waiting.set(n, { frame, answer, hold });
      if (this.#open) this.#socket?.send(JSON.stringify({ ...frame, n }));
    });
  }

  #hear(/** @type {any} */ frame) {
    this.#listen();
    if (frame.is === "answer") {
      const request = this.#waiting.get(frame.n);
      this.#waiting.delete(frame.n);
      request?.answer(frame);
      return;
    }
    this.listener.receive(frame);
    if (frame.is === "hello" && !this.#open) this.#welcome();
  }

  #welcome() {
    this.#open = true;
    this.#tries = 0;
    this.listener.status(true, "");
    for (const [n, { frame }] of this.#waiting) this.#socket?.send(JSON.stringify({ ...frame, n }));
  }

  #lost(/** @type {number} */ code, /** @type {string} */ words) {
    clearTimeout(this.#silence);
    this.#socket = null;
    this.#open = false;
    for (const [n, { answer, hold }] of this.#waiting) {
      if (hold && !UNREADABLE.has(code)) continue;
      this.#waiting.delete(n);
      answer({ ok: false, text: "The connection was lost. Please try again." });
    }
    if (FINAL.has(code)) return this.listener.closed(code, words);
    this.listener.status(false, code === FULL ? words : "");
    const wait = backoff(this.#tries++) + (code === FULL ? 10_000 : 0);
    this.#timer = setTimeout(() => this.open(), wait);
  }

  /** Try now rather than later: the network or the reader is back. */
  #hurry() {
    this.#tries = 0;
    if (this.#socket || !this.#timer) return;
    clearTimeout(this.#timer);
    this.open();
  }

  /** After a long silence ask whether anybody is there; a socket can be dead without knowing. */
  #listen() {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#timer = 0;
    const socket = this.#socket;
    this.#silence = setTimeout(
      () => {
        if (this.#open) this.request({ do: "ping" }, { hold: false });
        this.#silence = setTimeout(() => {
          if (this.#socket !== socket) return;
          socket?.close();
          this.#lost(1006, "");
        }, PATIENCE);
      },
      this.#open ? SILENCE : PATIENCE,
    );
  }
}
