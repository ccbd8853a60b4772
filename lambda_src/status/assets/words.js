// What statuses, times and numbers are called.
import { h } from "./dom.js";

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

export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
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
