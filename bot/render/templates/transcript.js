"use strict";
// Search, filters, keys and the reader's own time zone. What people wrote is only ever read as text.
{
  const $ = (id) => document.getElementById(id);
  const tools = $("tools"), search = $("search"), ofQuestion = $("of-question"), ofPerson = $("of-person");
  const ofKind = $("of-kind"), inZone = $("in-zone"), found = $("found");
  const theirs = document.body.dataset.zone;
  const ours = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const most = 2000; // as many words are marked, and no more

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const textOf = (element) => [...element.querySelectorAll(".said")].map((part) => part.textContent).join("\n");

  let known = null;
  /** Read the page once, when it is first needed. */
  function entries() {
    known ??= [...document.querySelectorAll(".entry")].map((element) => ({
      element,
      question: element.matches(".question"),
      who: element.querySelector(".who")?.textContent ?? "",
      under: element.dataset.under,
      answers: element.dataset.answers?.split(", ") ?? [],
      words: null,
    }));
    return known;
  }

  function option(select, value, text) {
    select.append(new Option(text, value));
  }

  function fillIn() {
    for (const { element, question } of entries()) {
      if (question && ![...ofQuestion.options].some((each) => each.value === element.dataset.under))
        option(ofQuestion, element.dataset.under, `${element.dataset.name} ${element.querySelector(".ask").textContent}`.slice(0, 80));
    }
    const people = new Map();
    for (const { element, who } of entries())
      if (element.dataset.kind === "message") people.set(who, (people.get(who) ?? 0) + 1);
    const byName = new Intl.Collator(document.documentElement.lang || undefined).compare;
    for (const name of [...people.keys()].sort(byName)) option(ofPerson, name, `${name} (${people.get(name)})`);
  }

  /** Hide what is not asked for; of the questions stay those under which something is left. */
  function filter() {
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    const all = !words.length && !ofQuestion.value && !ofPerson.value && !ofKind.value;
    const label = ofQuestion.value;
    let shown = 0;
    const hits = [];
    for (const entry of entries()) {
      const fits =
        all ||
        ((!label || entry.under === label || entry.answers.includes(label)) &&
          (!ofPerson.value || (entry.who === ofPerson.value && entry.element.dataset.kind === "message")) &&
          (!ofKind.value || entry.element.classList.contains(ofKind.value)) &&
          words.every((word) => (entry.words ??= fold(textOf(entry.element))).includes(word)));
      entry.element.hidden = !fits;
      shown += fits;
      if (fits && words.length && hits.length < most) hits.push(entry.element);
    }
    document.body.classList.toggle("filtered", !all);
    for (const section of document.querySelectorAll("main > section:not(.missing)")) tidy(section, all);
    found.textContent = all ? "" : `${shown.toLocaleString()} of ${entries().length.toLocaleString()}`;
    mark(hits, search.value.trim().split(/\s+/).filter(Boolean));
  }

  function tidy(section, all) {
    let left = 0;
    for (const list of section.querySelectorAll(":scope > ol")) {
      const count = list.querySelectorAll(":scope > .entry:not([hidden])").length;
      list.hidden = !count && !all;
      list.style.setProperty("--shown", count);
      left += count;
    }
    for (const day of section.querySelectorAll(".day")) day.hidden = !all;
    const question = section.querySelector(":scope > .question");
    if (question && left) question.hidden = false;
    section.hidden = !all && !left && (!question || question.hidden);
  }

  /** Mark the words where they stand, without touching the page. */
  function mark(elements, words) {
    if (!globalThis.Highlight) return;
    CSS.highlights.delete("found");
    if (!words.length) return;
    const pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "giu");
    const ranges = [];
    for (const element of elements)
      for (const said of element.querySelectorAll(".said")) {
        const walker = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
        while (walker.nextNode() && ranges.length < most)
          for (const match of walker.currentNode.data.matchAll(pattern)) {
            const range = new Range();
            range.setStart(walker.currentNode, match.index);
            range.setEnd(walker.currentNode, match.index + match[0].length);
            ranges.push(range);
          }
      }
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  function clear() {
    search.value = ofQuestion.value = ofPerson.value = ofKind.value = "";
    filter();
  }

  // Times ------------------------------------------------------------------------------------------------------------

  const formats = new Map();
  function say(moment, zone, how) {
    const key = zone + JSON.stringify(how);
    if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...how }));
    return formats.get(key).format(moment);
  }
  const CLOCK = { hour: "2-digit", minute: "2-digit" };
  const DAY = { weekday: "short", day: "numeric", month: "short" };

  /** Tell a time in a zone; with the day, where that is not the day in the chat's zone. */
  function told(moment, zone) {
    const day = say(moment, zone, DAY);
    return `${day === say(moment, theirs, DAY) ? "" : `${day}, `}${say(moment, zone, CLOCK)}`;
  }

  function tellTimes() {
    for (const time of document.querySelectorAll(".entry time")) time.textContent = told(new Date(time.dateTime), inZone.value);
  }

  document.addEventListener("pointerover", ({ target }) => {
    const time = target.closest?.(".at")?.querySelector("time");
    if (!time || time.title) return;
    const zones = [...new Set([theirs, ours])];
    time.title = zones.map((zone) => `${say(new Date(time.dateTime), zone, { dateStyle: "full", timeStyle: "medium" })} (${zone})`).join("\n");
  });

  // Keys -------------------------------------------------------------------------------------------------------------

  function go(step) {
    const sections = [...document.querySelectorAll("section.of-question:not([hidden])")];
    const tops = sections.map((section) => section.getBoundingClientRect().top);
    const edge = parseFloat(getComputedStyle(sections[0] ?? document.body).scrollMarginTop) || 0;
    const number = step > 0 ? tops.findIndex((top) => top > edge + 4) : tops.findLastIndex((top) => top < edge - 4);
    sections[number]?.scrollIntoView();
  }

  document.addEventListener("keydown", (event) => {
    const writing = event.target.matches?.("input[type=search], select");
    if (event.key === "Escape" && event.target === search) return clear();
    if (writing || event.ctrlKey || event.metaKey || event.altKey || !tools.querySelector("#keys input").checked) return;
    const act = { "/": () => search.focus(), n: () => go(1), p: () => go(-1) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // ------------------------------------------------------------------------------------------------------------------

  /** What a link leads to is shown, whatever is filtered. */
  function follow() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && (target.hidden || target.closest("[hidden]"))) {
      clear();
      target.scrollIntoView();
    }
  }

  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  for (const select of [ofQuestion, ofPerson, ofKind]) select.addEventListener("change", filter);
  inZone.addEventListener("change", tellTimes);
  tools.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", follow);

  option(inZone, theirs, `Chat’s time: ${theirs}`);
  if (ours && ours !== theirs) option(inZone, ours, `Your time: ${ours}`);
  inZone.hidden = inZone.options.length < 2;
  fillIn();
  tools.hidden = false;
}
