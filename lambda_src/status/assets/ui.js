// What all parts of the page are made of: elements, drawings, words.

// --- elements ----------------------------------------------------------------------------------------
// Elements made without markup: all that comes from outside becomes a text node or an attribute's value, so
// there is nothing that could be read as HTML. The page's policy (Trusted Types) forbids every other way.
const SVG = "http://www.w3.org/2000/svg";

export const find = (id) => document.getElementById(id);

// h("p", { class: "count", on: { click } }, "words", element, null): what is null, undefined or false is left out.
export function h(name, given = {}, ...children) {
  return made(document.createElement(name), given, children);
}

export function svg(name, given = {}, ...children) {
  return made(document.createElementNS(SVG, name), given, children);
}

function made(element, given, children) {
  for (const [name, value] of Object.entries(given)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
}

// For screen readers; said once more where the same words come again.
export function say(words) {
  const live = find("say");
  live.textContent = live.textContent === words ? `${words}\u00a0` : words;
}

// --- drawings ----------------------------------------------------------------------------------------
// Small drawings, 16 units wide, in the colour of the text beside them, which says what they mean.
const PATHS = {
  sent: "M2 8h9M8 4.5 11.5 8 8 11.5M14 3v10",
  good: "m3 8.5 3.2 3.2L13 4.8",
  back: "M14 8H3M7 3.5 2.5 8 7 12.5",
  bounced: "M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7",
  flag: "M4 14V2.5M4 3h8.5l-2 3 2 3H4",
  cross: "m4 4 8 8M12 4l-8 8",
  warning: "M8 2.5 14 13H2L8 2.5ZM8 6.5v3M8 11.3v.2",
  clock: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 5v3.3l2.2 1.4",
  stopped: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM3.8 3.8l8.4 8.4",
  eye: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8ZM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z",
  click: "m5 5 3 9 1.6-3.8L13.5 8.5 5 5ZM3 1.8l.6 1.6M1.6 5h1.7M6.6 1.6 6 3.2",
  leave: "M6 3H3v10h3M10 4.5 13.5 8 10 11.5M6.5 8H13",
  robot: "M3.5 6h9v6.5h-9V6ZM8 6V3M6 8.5v.8M10 8.5v.8M6.5 11h3M1.8 8v2.5M14.2 8v2.5",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3 14 14",
  mail: "M2 3.5h12v9H2v-9Zm0 .5 6 5 6-5",
  sms: "M2 3h12v8H7.5L4 13.8V11H2V3ZM5 7h.1M8 7h.1M11 7h.1",
  tag: "M2.5 8.3V2.5h5.8l5.2 5.2-5.8 5.8-5.2-5.2ZM5.4 5.3v.1",
  chart: "M2 13.5h12M4 11V7M8 11V3M12 11V5.5",
  key: "M5.5 6.5a3.2 3.2 0 1 0 0 3h8V7.5M11 9.5v2M5.5 6.5h8M2.9 8h.1",
  copy: "M5.5 5.5V2.5h8v8h-3M2.5 5.5h8v8h-8v-8Z",
  again: "M13.5 8a5.5 5.5 0 1 1-1.6-3.9L13.5 5.7M13.5 2v3.7H9.8",
  people: "M6 3a2.3 2.3 0 1 0 0 4.6A2.3 2.3 0 0 0 6 3ZM1.8 13c0-2.5 1.8-4 4.2-4s4.2 1.5 4.2 4M10.5 3.3a2.3 2.3 0 0 1 0 4M11.6 9.3c1.6.4 2.6 1.8 2.6 3.7",
};

export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name] }));
}

// Above what there is nothing of.
export function tray() {
  return svg("svg", { class: "tray", viewBox: "0 0 200 130", "aria-hidden": "true", focusable: "false" },
    svg("path", { class: "dots", d: "M18 34c30-26 66-24 82 6" }),
    svg("g", { class: "sheet" },
      svg("rect", { x: 62, y: 30, width: 76, height: 52, rx: 6 }), svg("path", { d: "m66 35 34 26 34-26" })),
    svg("path", { class: "box", d: "M28 74h34l10 18h56l10-18h34v34a10 10 0 0 1-10 10H38a10 10 0 0 1-10-10V74Z" }));
}

// --- words -------------------------------------------------------------------------------------------
// Each status and event: its name, its colour and drawing, and what it says where the API has no better words.
const KNOWN = {
  send: ["Sent", "calm", "sent", "Handed over to the recipient's mail server; it has not answered yet."],
  delayed: ["Delayed", "warn", "clock", "The recipient's server did not take it yet; it is tried again."],
  delivered: ["Delivered", "good", "good", "The recipient's server took it."],
  open: ["Opened", "info", "eye", "A recipient opened it."],
  click: ["Clicked", "info", "click", "A recipient clicked a link."],
  unsubscribe: ["Unsubscribed", "info", "leave", "The recipient changed what they subscribe to."],
  softbounce: ["Soft bounce", "warn", "bounced", "The recipient's server did not take it; a later mail may arrive."],
  rendering_failure: ["Not rendered", "bad", "warning", "Its template could not be filled in; nothing was sent."],
  rejected: ["Rejected", "bad", "cross", "SES found a virus in it and did not send it."],
  hardbounce: ["Hard bounce", "bad", "bounced", "It came back for good: the address does not take mail."],
  complaint: ["Complaint", "spam", "flag", "The recipient called it spam."],
  buffered: ["On its way", "calm", "sent", "Handed over to the carrier; it has not answered yet."],
  success: ["Delivered", "good", "good", "The carrier took it."],
  failure: ["Failed", "bad", "cross", "The carrier did not deliver it."],
  optout: ["Opted out", "spam", "stopped", "The recipient wants no messages from this number."],
  bot_open: ["Opened by a machine", "calm", "robot", "A scanner or a mail proxy loaded it; this counts as no open."],
  bot_click: ["Clicked by a machine", "calm", "robot", "A scanner followed a link; this counts as no click."],
};

// What a table has by a name from outside, which may be that of something every object has.
const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

// A status that this page does not know is shown as it is called.
export function told(name) {
  const [label, look, drawing, says] = own(KNOWN, name) ?? [String(name || "Unknown"), "calm", "mail", ""];
  return { name, label, look, icon: drawing, says };
}

const SOURCES = { ses: "SES", sms: "End User Messaging", pinpoint: "Pinpoint" };
export const source = (name) => own(SOURCES, name) ?? name;

export const STATUSES = Object.keys(KNOWN).filter((name) => !name.startsWith("bot_"));

export const count = (number, one, more = `${one}s`) => `${digits(number)} ${number === 1 ? one : more}`;
export const digits = (number) => new Intl.NumberFormat("en").format(number);

// 0.98234 as 98.2 %; what is not all is never called 100 %.
export function percent(share) {
  const shown = Math.floor(share * 1000) / 10;
  return `${share > 0 && shown === 0 ? "< 0.1" : shown.toFixed(shown === 100 ? 0 : 1)} %`;
}

const form = (options) => new Intl.DateTimeFormat("en-GB", options);
const utc = (options) => form({ ...options, timeZone: "UTC" });
const DAY = utc({ day: "numeric", month: "short" });
const YEAR = utc({ day: "numeric", month: "short", year: "numeric" });
const CLOCK = utc({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const SECONDS = utc({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const LOCAL = form({ dateStyle: "full", timeStyle: "long" });

export const hour = (when) => CLOCK.format(when);
export const day = (when) => DAY.format(when);

// A moment in UTC, the reader's own time as its title; `exact` with its seconds.
export function moment(text, exact = false) {
  const when = read(text);
  if (!when) return h("span", {}, "no time told");
  return h("time", { datetime: when.toISOString(), title: `Your time: ${LOCAL.format(when)}` }, written(when, exact ? SECONDS : CLOCK));
}

function read(text) {
  const when = new Date(text);
  return text && !Number.isNaN(when.getTime()) ? when : null;
}

function written(when, clock) {
  const near = Math.abs(Date.now() - when) < 300 * 86_400_000;
  return `${(near ? DAY : YEAR).format(when)}, ${clock.format(when)}`;
}

// How long ago, the moment itself as its title.
export function ago(text) {
  const when = read(text);
  if (!when) return null;
  const seconds = (Date.now() - when) / 1000;
  const found = [[86_400, "d"], [3600, "h"], [60, "min"]].find(([length]) => seconds >= length);
  return h("span", { class: "ago", title: `${written(when, SECONDS)} UTC` }, found ? `${Math.floor(seconds / found[0])} ${found[1]} ago` : "just now");
}

// The time between two moments: 880 ms, 2.5 s, 2 min 5 s, 3 h 20 min, 2 d.
export function span(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 1) return `${Math.round(milliseconds)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const [length, unit, part, small] = [[86_400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"]].find(([least]) => seconds >= least);
  const rest = Math.floor((seconds % length) / part);
  return `${Math.floor(seconds / length)} ${unit}${rest ? ` ${rest} ${small}` : ""}`;
}
