// What makes the inbox quicker to work with. Without it all pages, links and the search still work.
//
// - times in the zone of this browser, and how long ago they were
// - the page renewed as mail and events come, with focus, scroll place and open details kept
// - keys: see the dialog under "?"
"use strict";

const EVERY_MS = 2000;
const find = (id) => document.getElementById(id);
const body = document.body;

// --- times --------------------------------------------------------------------------------------------
const form = (options) => new Intl.DateTimeFormat("en-GB", options);
const FORMS = {
  clock: form({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  day: form({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
  year: form({ day: "numeric", month: "short", year: "numeric" }),
  whole: form({ dateStyle: "full", timeStyle: "long" }),
};

// The same words as views/words.py has for a page without this script.
function ago(seconds) {
  for (const [length, unit] of [[86400, "d"], [3600, "h"], [60, "min"]]) {
    if (seconds >= length) return `${Math.floor(seconds / length)} ${unit} ago`;
  }
  return seconds < 10 ? "just now" : `${Math.floor(seconds)} s ago`;
}

function moment(when, now) {
  if (when.toDateString() === now.toDateString()) return FORMS.clock.format(when);
  if (when.getFullYear() !== now.getFullYear()) return FORMS.year.format(when);
  return FORMS.day.format(when).replace(",", "");
}

function tellTimes(root) {
  const now = new Date();
  for (const element of root.querySelectorAll("time[datetime]")) {
    const when = new Date(element.dateTime);
    if (Number.isNaN(when.getTime())) continue;
    element.textContent = moment(when, now);
    element.title = FORMS.whole.format(when);
  }
  for (const element of root.querySelectorAll("[data-ago]")) {
    const passed = (now - new Date(element.dataset.ago)) / 1000;
    if (!Number.isNaN(passed)) element.textContent = ago(passed);
  }
}

// --- renewal ------------------------------------------------------------------------------------------
const rowsOf = (root) => [...root.querySelectorAll(".row a")];

// The first row that is in sight, and where: it must stay there.
function anchor() {
  const row = rowsOf(document).find((one) => one.getBoundingClientRect().bottom > 0);
  return row && window.scrollY > 0 ? [row.id, row.getBoundingClientRect().top] : null;
}

function renew(loaded) {
  const focused = document.activeElement?.id;
  const known = new Set(rowsOf(document).map((row) => row.id));
  const place = anchor();
  tellTimes(loaded);
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = loaded.getElementById(part.id);
    if (!other) continue;
    for (const open of part.querySelectorAll("details[open][id]")) {
      loaded.getElementById(open.id)?.setAttribute("open", "");
    }
    // The children only: focus on the part itself, and its place in the page, stay.
    if (other.innerHTML !== part.innerHTML) part.replaceChildren(...document.adoptNode(other).childNodes);
  }
  document.title = loaded.title;
  body.dataset.stamp = loaded.body.dataset.stamp;
  if (focused && focused !== document.activeElement?.id) find(focused)?.focus({ preventScroll: true });
  const fresh = known.size ? rowsOf(document).filter((row) => !known.has(row.id)) : [];
  for (const row of fresh) row.classList.add("fresh");
  const row = place && find(place[0]);
  if (row) window.scrollBy({ top: row.getBoundingClientRect().top - place[1], behavior: "instant" });
  return fresh.length;
}

function say(words, look) {
  const live = find("live");
  if (live.textContent !== words) live.textContent = words;
  live.className = `live ${look}`;
}

async function look() {
  try {
    const answer = await fetch(body.dataset.fresh, {
      headers: { "If-None-Match": body.dataset.stamp },
      cache: "no-store",
    });
    if (answer.status === 200) {
      const loaded = new DOMParser().parseFromString(await answer.text(), "text/html");
      const arrived = renew(loaded);
      if (arrived) return say(arrived === 1 ? "1 new mail" : `${arrived} new mails`, "on");
      return say("Live", "on");
    }
    if (answer.status === 304) return say("Live", "on");
    say(answer.status === 404 ? "This mail is gone" : `No answer: ${answer.status}`, "off");
  } catch {
    say("The cloud is down", "off");
  }
}

async function keepLooking() {
  if (body.dataset.fresh && document.visibilityState === "visible") await look();
  tellTimes(document);
  setTimeout(keepLooking, EVERY_MS);
}

// --- keys ---------------------------------------------------------------------------------------------
function step(by) {
  const links = rowsOf(document);
  if (!links.length) return follow(by > 0 ? "older" : "newer");
  const at = links.indexOf(document.activeElement);
  const from = at >= 0 ? at + by : 0;
  if (from < 0 || from >= links.length) return follow(from < 0 ? "newer" : "older");
  links[from].focus();
  links[from].scrollIntoView({ block: "nearest" });
}

function follow(id) {
  find(id)?.click();
}

function view(by) {
  const links = [...document.querySelectorAll("#tabs a")];
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[at + by];
  if (!next) return;
  sessionStorage.setItem("focus", next.id);
  location.replace(next.href); // one step back leads to the list, not through the views
}

function leave() {
  if (document.activeElement === find("q")) return find("main").focus();
  follow("back");
}

const KEYS = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
  ArrowRight: () => view(1), ArrowLeft: () => view(-1), Escape: leave,
  "/": () => find("q").select(), "?": () => find("keys").showModal(),
  g: () => { location.href = find("q").form.action; },
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || find("keys").open) return;
  const at = event.target;
  const typing = at.matches("input, textarea, select");
  if (typing && event.key !== "Escape") return;
  if (event.key.startsWith("Arrow") && !arrowsAreOurs(event.key, at)) return;
  if (!KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
}

// Up and down scroll a mail, and a text that has the focus, as everywhere; in the list they go by mails.
function arrowsAreOurs(key, at) {
  if (at.matches("pre, summary")) return false;
  const list = Boolean(find("mails"));
  return key === "ArrowDown" || key === "ArrowUp" ? list : !list;
}

document.documentElement.classList.add("scripted");
document.addEventListener("keydown", onKey);
find("show-keys").addEventListener("click", () => find("keys").showModal());
tellTimes(document);
const asked = sessionStorage.getItem("focus");
sessionStorage.removeItem("focus");
if (asked) find(asked)?.focus();
keepLooking();
