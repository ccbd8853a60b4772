// The status page: which view an address asks for, the search, the keys.
//
// An address holds a view's name or a message id, nothing else: no recipient, no search, no key. What was searched
// for is kept in memory and is gone with the page.
import { recipient, startKey } from "./api.js";
import { Message } from "./message.js";
import { Overview } from "./overview.js";
import { List, busy, failed, nothing, outside } from "./parts.js";
import { KINDS, guessed, request, understood } from "./search.js";
import { STATUSES, find, h, icon, replace } from "./ui.js";

const TITLE = "Message status · Mailroom";
const LISTED = ["overview", "failures", "stuck", "results"];
const NAMES = { overview: ["Overview", "chart"], failures: ["Failures", "warning"], stuck: ["Stuck", "clock"], results: ["Found", "search"] };
const HELP = [
  ["/", "search"], ["j or ↓", "the next one in a list"], ["k or ↑", "the one before"], ["Enter", "open it"],
  ["Esc", "back; out of the search"], ["o, f, s", "overview, failures, stuck"], ["r", "refresh"], ["← and →", "in the chart: from hour to hour"], ["?", "this help"],
];

// `from` is the list that a message was opened in, `way` whether the browser's way back leads there.
const here = { view: "", found: null, chosen: "", answer: null, from: "overview", way: false, row: "" };
let views = {};

function choose(item, row) {
  Object.assign(here, { chosen: recipient(item), row });
}

function make() {
  const list = (id, more) => new List({ id, title: NAMES[id][0], choose, ...more });
  views = {
    overview: new Overview({ choose }),
    failures: list("failures", { filters: ["since"], since: "7d" }),
    stuck: list("stuck"),
    results: list("results", { filters: ["since", "status"], statuses: STATUSES }),
    message: new Message({ leave, search: (kind, value) => look({ kind, value }) }),
  };
  replace(find("views"), h("ul", {}, LISTED.map((name) => h("li", { id: `nav-${name}`, hidden: name === "results" },
    h("a", { class: "filter", href: `#${name}` }, icon(NAMES[name][1]), h("span", { class: "name" }, NAMES[name][0]))))),
  h("p", { class: "aside" }, "Times are UTC."));
  find("main").append(...Object.values(views).map((view) => view.element));
  find("kind").append(...KINDS.map(([value, words]) => h("option", { value }, words)));
  find("search").prepend(icon("search"));
  find("go").append(icon("search"));
  find("key-icon").append(icon("key"));
  find("keys-list").append(...HELP.map(([typed, does]) => h("div", {}, h("dt", {}, h("kbd", {}, typed)), h("dd", {}, does))));
}

// --- what is shown ------------------------------------------------------------------------------------
const ASKED = {
  failures: () => ({
    title: "Failures",
    request: ({ since }) => ({ path: "failures", query: { since } }),
    empty: () => nothing("No failures", "Nothing bounced, was rejected or complained of in this time."),
  }),
  stuck: () => ({
    title: "Stuck",
    request: () => ({ path: "messages", query: { stuck: "true" } }),
    empty: () => nothing("Nothing is stuck", "No message waits for its last event longer than it should."),
  }),
  results: () => here.found,
};

async function route(first = false) {
  const [name, id] = place();
  const view = views[name];
  const same = here.view === name && name !== "message";
  if (here.view !== "message") Object.assign(here, { from: here.view || here.from, way: Boolean(here.view) });
  here.view = name;
  for (const one of Object.values(views)) one.element.hidden = one !== view;
  const current = name === "message" ? here.from : name;
  for (const one of LISTED) {
    const link = find(`nav-${one}`).querySelector("a");
    if (one === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = name === "message" ? `${id} · Mailroom` : TITLE;
  if (!first && !same) view.heading.focus({ preventScroll: true });
  if (name === "message") {
    scrollTo(0, 0);
    const given = { chosen: here.chosen, answer: here.answer };
    Object.assign(here, { chosen: "", answer: null });
    return view.show(id, given);
  }
  if (returned(view)) return undefined;
  return view.show(ASKED[name]?.());
}

// [view, message id] of the address.
function place() {
  const [name, ...rest] = location.hash.slice(1).split("/");
  if (name === "message" && rest.length) return [name, decoded(rest.join("/"))];
  return [LISTED.includes(name) && (name !== "results" || here.found) ? name : "overview", ""];
}

function decoded(words) {
  try {
    return decodeURIComponent(words);
  } catch {
    return words;
  }
}

// Back in a list that is still there: where one was.
function returned(view) {
  const row = here.row && find(here.row);
  if (!row || !view.element.contains(row)) return false;
  here.row = "";
  row.focus();
  row.scrollIntoView({ block: "center" });
  return true;
}

function go(name) {
  if (location.hash === `#${name}`) return route();
  location.hash = `#${name}`;
  return undefined;
}

function leave() {
  if (here.view !== "message") find("main").focus();
  else if (here.way) history.back();
  else go(here.from);
}

// --- search -------------------------------------------------------------------------------------------
async function search(event) {
  event.preventDefault();
  const asked = understood(find("kind").value, find("q").value);
  find("q-fault").textContent = asked.problem ?? "";
  if (asked.problem) return find("q").focus();
  return look(asked);
}

async function look({ kind, value }) {
  here.row = "";
  if (kind === "id") return go(`message/${encodeURIComponent(value)}`);
  if (kind) return results(kind, value);
  find("search").setAttribute("aria-busy", "true");
  try {
    const found = await guessed(value, { waiting: busy });
    if (!found) return results("id", value);
    if (found.kind !== "id") return results(found.kind, value);
    here.answer = found.answer;
    return go(`message/${encodeURIComponent(value)}`);
  } catch (problem) {
    if (!problem.kind) throw problem;
    return results("", value, problem);
  } finally {
    find("search").removeAttribute("aria-busy");
  }
}

const FOUND = { recipient: "Messages to ", campaign: "Campaign ", reference: "Reference ", id: "Nothing by ", "": "Search for " };

function results(kind, value, problem = null) {
  const listed = ["recipient", "campaign", "reference"].includes(kind);
  const empty = () => nothing("No message found", NOT_FOUND[kind]);
  here.found = {
    title: [FOUND[kind], h("b", {}, outside(value))],
    since: listed,
    status: listed,
    request: listed && ((filters) => request(kind, value, filters)),
    empty: () => (problem ? failed(problem, () => look({ kind, value })) : empty()),
  };
  find("nav-results").hidden = false;
  return go("results");
}

const NOT_FOUND = {
  recipient: "None was sent to this recipient, or none in this time and with this status. Addresses must be whole.",
  campaign: "None of this campaign in this time and with this status. Campaigns are found by their whole id.",
  reference: "None carries this reference. It is what the sender gave as a message tag, whole.",
  id: "No message has this id, reference or campaign. Copy it whole; an address needs its @, a number its + and country's code.",
};

// --- keys ---------------------------------------------------------------------------------------------
const KEYS = {
  j: () => views[here.view].step(1), ArrowDown: () => views[here.view].step(1),
  k: () => views[here.view].step(-1), ArrowUp: () => views[here.view].step(-1),
  Escape: () => (document.activeElement === find("q") ? find("main").focus() : leave()),
  "/": () => find("q").select(), "?": () => find("keys").showModal(),
  o: () => go("overview"), f: () => go("failures"), s: () => go("stuck"), r: () => views[here.view].load(),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const at = event.target;
  if (at.matches("input, textarea, select") && event.key !== "Escape") return;
  if (event.key.startsWith("Arrow") && at.matches("pre, .scroll")) return;
  // A message scrolls by the arrows, unless its recipients are a list to go through.
  if (event.key.startsWith("Arrow") && here.view === "message" && !at.matches("summary")) return;
  if (!KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
}

make();
startKey(() => views[here.view].load());
find("search").addEventListener("submit", search);
find("q").addEventListener("input", () => { find("q-fault").textContent = ""; });
find("show-keys").addEventListener("click", () => find("keys").showModal());
find("skip").addEventListener("click", (event) => { event.preventDefault(); find("main").focus(); });
document.addEventListener("keydown", onKey);
addEventListener("hashchange", () => route());
document.documentElement.classList.add("scripted");
route(true);
