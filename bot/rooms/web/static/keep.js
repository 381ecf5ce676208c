/** What a tab keeps of itself over a reload: drafts, and what was not yet sent. Without storage it keeps nothing. */

/**
 * Open the keeping place of one person in one chat.
 * @param {string} owner
 */
export function keeping(owner) {
  const key = (/** @type {string} */ name) => `hashchat/${owner}/${name}`;
  return {
    /** @returns {any} what was kept under that name, or null */
    read(/** @type {string} */ name) {
      try {
        return JSON.parse(sessionStorage.getItem(key(name)) ?? "null");
      } catch {
        return null;
      }
    },
    write(/** @type {string} */ name, /** @type {any} */ value) {
      try {
        sessionStorage.setItem(key(name), JSON.stringify(value));
      } catch {
        // A full or forbidden storage costs the draft on a reload, nothing more.
      }
    },
  };
}

/** Forget all that this tab keeps. */
export function clear() {
  try {
    sessionStorage.clear();
  } catch {
    // Nothing was kept then.
  }
}
