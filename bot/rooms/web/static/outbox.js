/** What this person has asked for and the server has not yet confirmed; it survives a reload of the page. */

/** @typedef {{frame: any, failed: string | null, waits: string | null, kept: boolean}} Item
 *   `failed`: the server's words why it was refused; `waits`: why it goes out a little later */

export class Outbox extends EventTarget {
  /** @type {Item[]} in the order in which they were asked for */
  items = [];

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {{read: (name: string) => any, write: (name: string, value: any) => void}} keep
   */
  constructor(connection, keep) {
    super();
    this.connection = connection;
    this.keep = keep;
    for (const { frame, failed } of keep.read("outbox") ?? []) {
      const item = { frame, failed, waits: null, kept: false };
      this.items.push(item);
      if (!failed) this.#deliver(item);
    }
  }

  /**
   * Send something that must arrive once, now or when there is a connection again.
   * @param {any} frame
   * @returns {Promise<import("./connection.js").Answer>}
   */
  send(frame) {
    const item = { frame, failed: null, waits: null, kept: false };
    this.items.push(item);
    return this.#deliver(item);
  }

  /** The messages that are on their way or were refused. */
  get messages() {
    return this.items.filter((item) => item.frame.do === "say");
  }

  /** Send a refused one again. */
  retry(/** @type {Item} */ item) {
    item.failed = null;
    return this.#deliver(item);
  }

  /** Let go of one: it has been seen in the stream, or its author gave it up. */
  drop(/** @type {Item} */ item) {
    this.items = this.items.filter((other) => other !== item);
    this.#changed();
  }

  async #deliver(/** @type {Item} */ item) {
    this.#changed();
    let answer = await this.connection.request(item.frame);
    while (!answer.ok && answer.wait) {
      item.waits = answer.text ?? "It goes out in a moment.";
      this.#changed();
      await new Promise((later) => setTimeout(later, answer.wait * 1000));
      answer = await this.connection.request(item.frame);
    }
    item.waits = null;
    item.kept = answer.ok;
    item.failed = answer.ok ? null : answer.text || "It was refused.";
    // A message stays until it is seen in the stream, so that it never vanishes for a moment in between.
    if (item.frame.do !== "say") this.drop(item);
    else this.#changed();
    return answer;
  }

  #changed() {
    this.keep.write(
      "outbox",
      this.items.filter((item) => !item.kept).map(({ frame, failed }) => ({ frame, failed })),
    );
    this.dispatchEvent(new Event("change"));
  }
}
