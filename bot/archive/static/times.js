// When what comes next begins, for the reader: the page itself says it in the chat's zone.
for (const time of document.querySelectorAll("time[data-local]")) {
  const words = new Date(time.dateTime).toLocaleString([], { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
  const here = document.createElement("span");
  here.className = "here";
  here.textContent = ` (for you: ${words})`;
  time.after(here);
}
