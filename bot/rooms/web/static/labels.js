/** The labels with which people say what they answer, read in the page only to show what will come of them. */

/** @typedef {import("./room.js").Room} Room */

const LABEL = /^(?:[@#]\S+\s+)*(?:(\p{L})(\d+)(\p{L}?)(?![\p{L}\d])|([\p{L}\d]+):)/u;

/**
 * Give the label that a text begins with, as in `A2 I think`, `@ana A3b` or `Bonus: a walk`.
 * @param {string} text
 * @param {Room} room
 * @returns {string | null} of a question that was asked, or the number of one that was not; null without a label
 */
export function labelled(text, { questions, chat }) {
  const found = LABEL.exec(text.trim());
  if (!found) return null;
  const [, letter, number, part, name] = found;
  if (name) return [...questions.keys()].find((label) => label.toLowerCase() === name.toLowerCase()) ?? null;
  if (!["A", "Q", chat.letter].includes(letter.toUpperCase())) return null;
  return questions.has(number + part.toLowerCase()) ? number + part.toLowerCase() : number;
}

/**
 * Say why an entry does not count although it begins with a label; null where there is nothing to say.
 * @param {import("./timeline.js").Entry} entry
 * @param {Room} room
 */
export function whyNot(entry, room) {
  const label = entry.answers.length ? null : labelled(entry.text, room);
  if (label === null || (room.questions.get(label)?.at ?? Infinity) <= entry.at) return null;
  return `There was no ${room.nameOf(label)} yet: this does not count as an answer.`;
}
