// What happened to one message for one recipient, as a line through time.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { known, number, recipient } from "./model.js";
import { outside } from "./parts.js";
import { count, digits, moment, source, span, told } from "./words.js";

export function timeline(item) {
  const events = item.timeline ?? [];
  const start = new Date(events[0]?.at);
  return h("ol", { class: "timeline" }, events.map((event) => point(event, item, start)));
}

function point(event, item, start) {
  const { label, look, icon: drawing, says } = told(event.event);
  const after = new Date(event.at) - start;
  return h("li", { class: look },
    h("span", { class: `disc ${look}` }, icon(drawing)),
    h("div", { class: "event" },
      h("div", { class: "head" },
        h("h3", {}, label, many(event)),
        h("p", { class: "when" }, moment(event.at, true), h("b", { class: "after" }, after > 0 ? `+${span(after)}` : ""))),
      h("p", { class: "says" }, outside(known(event.words) || says || event.text)),
      notes(event, item),
      raw(event, item)));
}

// "3 times" for what came more than once; SES's bounded counts come as "200+".
function many({ count: times }) {
  if (!times || times === 1) return null;
  return h("span", { class: "times" }, typeof times === "number" ? count(times, "time") : `${times} times`);
}

function notes(event, item) {
  const several = event.last_at && event.last_at !== event.at;
  const interim = event.final === false;
  const took = event.event === "delivered" && number(item.processing_ms) !== null;
  const lines = [
    several && h("li", {}, "Last ", moment(event.last_at, true)),
    took && h("li", {}, `SES worked on it for ${span(number(item.processing_ms))}`),
    interim && h("li", {}, "Not final: another event will follow"),
    event.shared && h("li", { class: "shared", title: "The event names the message and not who of its recipients it was" },
      icon("people"), "Told of all recipients together"),
  ].filter(Boolean);
  return lines.length ? h("ul", { class: "notes" }, lines) : null;
}

// What the server or the carrier said, word by word, and the codes beside it.
function raw(event, item) {
  if (!event.text && !event.code) return null;
  const name = event.event === "delivered" || event.event.endsWith("bounce") || event.event === "delayed" ? "The server's answer" : "What was told";
  const part = `${recipient(item)}\n${event.event}\n${event.final}`;
  return h("details", { class: "help raw", "data-part": part }, h("summary", {}, name),
    event.text && h("pre", { tabindex: "0", "aria-label": name }, outside(event.text)),
    event.code && h("p", { class: "count" }, "Code ", h("code", {}, outside(event.code))),
    h("p", { class: "count" }, "Told by ", outside(source(event.source))));
}

// Numbers beside a recipient's name: opens and clicks without those of machines, delays.
export function counts(item) {
  const shown = [["open", item.opens], ["click", item.clicks], ["delay", item.delays]]
    .filter(([, times]) => times)
    .map(([name, times]) => (typeof times === "number" ? count(times, name) : `${times} ${name}s`));
  const bots = ["bot_opens", "bot_clicks"].map((name) => Number.parseInt(item[name] ?? 0, 10)).reduce((a, b) => a + b, 0);
  return [...shown, bots ? `${digits(bots)} by machines, not counted` : ""].filter(Boolean).join(" · ");
}
