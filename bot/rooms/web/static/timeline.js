/** Everything said that the page holds, in order and without gaps from its oldest entry to now. */

/** @typedef {{id: string, at: number, author: {id: string, name: string, host: boolean, hidden?: boolean} | null, text: string,
 *   kind: string, answers: string[], under: string | null, reply: string | null, edited: number | null, highlighted: boolean,
 *   hidden: boolean, reactions: Record<string, number>, pictures: {url: string, alt: string, width: number, height: number}[]}} Entry */

export class Timeline {
  /** @type {Entry[]} */ #order = [];
  /** @type {Map<string, Entry>} */ #byId = new Map();
  /** Whether the server has more before the oldest. */
  more = false;

  get length() {
    return this.#order.length;
  }

  at(/** @type {number} */ index) {
    return this.#order.at(index);
  }

  get(/** @type {string | null} */ id) {
    return id === null ? undefined : this.#byId.get(id);
  }

  has(/** @type {string} */ id) {
    return this.#byId.has(id);
  }

  /** Show these instead of all before. */
  reset(/** @type {Entry[]} */ entries, /** @type {boolean} */ more) {
    this.#order = [...entries];
    this.#byId = new Map(entries.map((entry) => [entry.id, entry]));
    this.more = more;
  }

  /** Put older entries, oldest first, before all others. */
  prepend(/** @type {Entry[]} */ entries, /** @type {boolean} */ more) {
    const unknown = entries.filter((entry) => !this.#byId.has(entry.id));
    this.#order = [...unknown, ...this.#order];
    for (const entry of unknown) this.#byId.set(entry.id, entry);
    this.more = more;
  }

  /**
   * Take in a new or changed entry.
   * @param {Entry} entry
   * @returns {"new" | "changed" | "older"} `older` where it lies before all that is held, and is left to be loaded
   */
  put(entry) {
    if (this.#byId.has(entry.id)) {
      this.#order[this.indexOf(entry.id)] = entry;
      this.#byId.set(entry.id, entry);
      return "changed";
    }
    if (this.more && this.#order.length && entry.at < this.#order[0].at) return "older";
    this.#order.splice(this.#after(entry.at), 0, entry);
    this.#byId.set(entry.id, entry);
    return "new";
  }

  remove(/** @type {string} */ id) {
    if (!this.#byId.has(id)) return;
    this.#order.splice(this.indexOf(id), 1);
    this.#byId.delete(id);
  }

  /** Give the ids of all that these people said. */
  by(/** @type {Set<string>} */ people) {
    return this.#order.filter((entry) => entry.author && people.has(entry.author.id)).map((entry) => entry.id);
  }

  /** Find the latest entry that is so. */
  latest(/** @type {(entry: Entry) => boolean} */ wanted) {
    return this.#order.findLast(wanted);
  }

  /** Give the place of an entry, or -1. */
  indexOf(/** @type {string} */ id) {
    const entry = this.#byId.get(id);
    if (!entry) return -1;
    let index = this.#after(entry.at) - 1;
    while (index >= 0 && this.#order[index].id !== id) index--;
    return index;
  }

  /** The place after all that was said up to that moment. */
  #after(/** @type {number} */ at) {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#order[middle].at <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
