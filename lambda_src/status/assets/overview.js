// How it goes at the moment: numbers, the rate of delivery by the hour, the last failures.
import { page, rates, reason, recipient } from "./api.js";
import { Place, again, badge, busy, disc, link, nothing, outside } from "./parts.js";
import { ago, day, digits, h, hour, icon, percent, replace, svg } from "./ui.js";

// --- the chart ---------------------------------------------------------------------------------------
// Delivery over time: the rate as a line, the numbers under it as bars. Drawn at the size that there is, and anew
// when that changes. A slider lies over it: the arrow keys go from hour to hour, and screen readers read them out.
const HEIGHT = 230;
const RATE = { top: 14, bottom: 118 };
const BARS = { top: 140, bottom: 206 };
const LEFT = 46;
const RIGHT = 8;
const NARROWEST = 7; // pixels of a bar, the gap included; more hours make wider bins
const BINS = [1, 2, 3, 6, 12, 24];
const FLOORS = [95, 90, 80, 50, 0];

const HOUR_MS = 3_600_000;

// Several hours as one, so that each can be seen and pointed at.
export function binned(hours, room) {
  const size = BINS.find((one) => (hours.length / one) * NARROWEST <= room) ?? BINS.at(-1);
  const bins = [];
  for (let at = 0; at < hours.length; at += size) {
    const some = hours.slice(at, at + size);
    const sum = (name) => some.reduce((total, one) => total + one[name], 0);
    const start = new Date(some[0].at);
    bins.push({ start, end: new Date(start.getTime() + some.length * HOUR_MS), good: sum("good"), bad: sum("bad") });
  }
  return bins;
}

export const rate = ({ good, bad }) => (good + bad ? good / (good + bad) : null);

export function spoken(bin) {
  const last = day(bin.start) === day(bin.end) || hour(bin.end) === "00:00" ? hour(bin.end) : `${day(bin.end)}, ${hour(bin.end)}`;
  const when = `${day(bin.start)}, ${hour(bin.start)} to ${last} UTC`;
  const share = rate(bin);
  if (share === null) return `${when}: nothing`;
  return `${when}: ${percent(share)} delivered; ${digits(bin.good)} delivered, ${digits(bin.bad)} failed`;
}

export class Chart {
  constructor() {
    this.readout = h("p", { class: "readout", "aria-hidden": "true" });
    this.canvas = h("div", { class: "canvas", role: "slider", tabindex: "0", "aria-label": "Delivery by the hour", id: "chart",
      on: { keydown: (event) => this.key(event), focus: () => this.point(this.at ?? this.bins.length - 1), blur: () => this.point(null),
        pointermove: (event) => this.point(this.under(event)), pointerleave: () => this.point(null) } });
    this.element = h("div", { class: "chart" }, h("div", { class: "legend", "aria-hidden": "true" }, this.readout,
      [["rate", "delivery rate"], ["good", "delivered"], ["bad", "failed"]].map(([look, words]) => h("span", { class: `key ${look}` }, words))), this.canvas);
    this.hours = [];
    this.bins = [];
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  show(hours) {
    this.hours = hours;
    this.at = null;
    this.draw();
  }

  draw() {
    const width = Math.floor(this.canvas.clientWidth);
    if (!width || !this.hours.length) return;
    this.bins = binned(this.hours, width - LEFT - RIGHT);
    this.slot = (width - LEFT - RIGHT) / this.bins.length;
    const rates = this.bins.map(rate);
    const least = Math.min(...rates.filter((one) => one !== null), 1) * 100;
    const floor = FLOORS.find((one) => one < least) ?? 0;
    this.column = svg("rect", { class: "column", y: 0, width: this.slot, height: BARS.bottom, visibility: "hidden" });
    replace(this.canvas, svg("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true", focusable: "false" },
      this.column, this.grid(width, floor), this.bars(), this.line(rates, floor), this.labels(width)));
    this.canvas.setAttribute("aria-valuemin", 0);
    this.canvas.setAttribute("aria-valuemax", this.bins.length - 1);
    this.point(this.at ?? null);
  }

  x(at) {
    return LEFT + (at + 0.5) * this.slot;
  }

  grid(width, floor) {
    const most = Math.max(...this.bins.map((bin) => bin.good + bin.bad), 1);
    this.scale = (BARS.bottom - BARS.top) / most;
    const rule = (y, words) => [
      svg("line", { class: "rule", x1: LEFT, x2: width - RIGHT, y1: y, y2: y }),
      svg("text", { class: "axis", x: LEFT - 8, y: y + 4, "text-anchor": "end" }, words),
    ];
    return [rule(RATE.top, "100 %"), rule((RATE.top + RATE.bottom) / 2, `${(100 + floor) / 2} %`), rule(RATE.bottom, `${floor} %`),
      rule(BARS.top, short(most)), rule(BARS.bottom, "0")];
  }

  bars() {
    const width = Math.max(this.slot * 0.68, 2);
    return this.bins.map(({ good, bad }, at) => {
      const left = this.x(at) - width / 2;
      const high = good * this.scale;
      const low = bad && Math.max(bad * this.scale, 2); // one failure among thousands is still seen
      return [
        good ? svg("rect", { class: "good", x: left, y: BARS.bottom - high, width, height: high, rx: 1 }) : null,
        bad ? svg("rect", { class: "bad", x: left, y: Math.max(BARS.bottom - high - low, BARS.top - 2), width, height: low, rx: 1 }) : null,
      ];
    });
  }

  // Where an hour had nothing there is no rate, and no line.
  line(rates, floor) {
    const y = (share) => RATE.bottom - ((share * 100 - floor) / (100 - floor)) * (RATE.bottom - RATE.top);
    let path = "";
    rates.forEach((share, at) => {
      if (share !== null) path += `${rates[at - 1] === null || at === 0 ? "M" : "L"}${this.x(at).toFixed(1)} ${y(share).toFixed(1)}`;
    });
    const alone = rates.map((share, at) => share !== null && (rates[at - 1] ?? null) === null && (rates[at + 1] ?? null) === null);
    this.dot = svg("circle", { class: "dot", r: 4.5, visibility: "hidden" });
    this.y = rates.map((share) => (share === null ? null : y(share)));
    return [svg("path", { class: "rate", d: path || "M0 0" }),
      rates.map((share, at) => alone[at] && svg("circle", { class: "lone", cx: this.x(at), cy: y(share), r: 2.5 })), this.dot];
  }

  // Hours where few days are shown; else the days, each where it begins.
  labels(width) {
    const days = this.hours.length > 48;
    const begins = ({ start, end }) => start.getUTCHours() === 0 || start.getUTCDate() !== new Date(end - 1).getUTCDate();
    const places = this.bins.map((bin, at) => at).filter((at) => !days || begins(this.bins[at]));
    const room = places.length > 1 ? (places[1] - places[0]) * this.slot : width;
    const every = Math.max(1, Math.ceil((width < 500 ? 64 : 84) / room));
    return places.filter((_, at) => at % every === 0).map((at) => {
      const { start, end } = this.bins[at];
      const words = days ? day(new Date(end - 1)) : hour(start) === "00:00" ? day(start) : hour(start);
      const edge = at === 0;
      return svg("text", { class: "axis", x: edge ? LEFT : this.x(at), y: HEIGHT - 6, "text-anchor": edge ? "start" : "middle" }, words);
    });
  }

  under(event) {
    const at = Math.floor((event.clientX - this.canvas.getBoundingClientRect().left - LEFT) / this.slot);
    return Math.min(Math.max(at, 0), this.bins.length - 1);
  }

  // Show the numbers of one bin, or with null those of all together.
  point(at) {
    if (!this.bins.length) return;
    this.at = at ?? (document.activeElement === this.canvas ? this.at : null);
    const bin = this.bins[this.at] ?? null;
    for (const mark of [this.column, this.dot]) mark.setAttribute("visibility", "hidden");
    if (bin) {
      this.column.setAttribute("x", this.x(this.at) - this.slot / 2);
      this.column.setAttribute("visibility", "visible");
      if (this.y[this.at] !== null) {
        this.dot.setAttribute("cx", this.x(this.at));
        this.dot.setAttribute("cy", this.y[this.at]);
        this.dot.setAttribute("visibility", "visible");
      }
    }
    const said = bin ?? { start: this.bins[0].start, end: this.bins.at(-1).end, good: total(this.bins, "good"), bad: total(this.bins, "bad") };
    this.readout.textContent = bin ? spoken(bin) : "Point at an hour to read it";
    this.canvas.setAttribute("aria-valuenow", this.at ?? this.bins.length - 1);
    this.canvas.setAttribute("aria-valuetext", spoken(said));
  }

  key(event) {
    const last = this.bins.length - 1;
    const at = this.at ?? last;
    const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.point(Math.min(Math.max(to, 0), last));
  }
}

export const total = (bins, name) => bins.reduce((sum, one) => sum + one[name], 0);

const short = (number) => new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(number);

// --- the view ----------------------------------------------------------------------------------------
const SPANS = [["24", "24 h", "24 hours"], ["168", "7 d", "7 days"], ["720", "30 d", "30 days"]];
const CHANNELS = [["both", "All"], ["email", "E-mail"], ["sms", "SMS"]];
const FEW = 8;

export class Overview {
  constructor({ choose }) {
    Object.assign(this, { choose, hours: "24", channel: "both", counted: [] });
    this.chart = new Chart();
    this.heading = h("h1", { tabindex: "-1" }, "Overview");
    this.asOf = h("p", { class: "count" });
    this.spans = choice("span", "Time", SPANS, this.hours, (value) => { this.hours = value; this.load(); });
    this.channels = choice("channel", "Channel", CHANNELS, this.channel, (value) => { this.channel = value; this.draw(); });
    this.channels.hidden = true;
    this.numbers = new Place(h("div", { id: "numbers" }));
    this.last = new Place(h("div", { id: "last" }));
    this.element = h("section", { id: "overview", class: "view", hidden: true },
      h("div", { class: "title" }, this.heading, this.asOf,
        h("div", { class: "tools" }, this.channels, this.spans, again(() => this.load()))),
      this.numbers.element,
      this.lower = h("div", {},
        h("div", { class: "title" }, h("h2", { class: "part" }, "Last failures"), h("a", { class: "further", href: "#failures" }, "All failures")),
        this.last.element));
  }

  async show() {
    await this.load();
  }

  async load() {
    const options = (signal) => ({ signal, waiting: busy });
    await Promise.all([
      this.numbers.fill((signal) => rates(this.hours, options(signal)), (counted) => this.rates(counted), () => this.load()),
      this.last.fill((signal) => page({ path: "failures", query: { limit: FEW } }, "", options(signal)),
        ({ items }) => (items.length ? this.failures(items.slice(0, FEW)) : none()), () => this.load()),
    ]);
    // The same once more below would tell nothing.
    this.lower.hidden = ["key", "network"].includes(this.numbers.failure?.kind);
    this.asOf.textContent = this.numbers.failure ?? this.last.failure ? "" : `as of ${hour(new Date())} UTC`;
  }

  rates(counted) {
    this.counted = counted;
    const any = (channel) => counted.some((one) => one[channel].sent + one[channel].good + one[channel].bad);
    this.channels.hidden = !(any("email") && any("sms"));
    if (!any("both")) {
      return nothing("Nothing was sent", `No message in the last ${SPANS.find(([value]) => value === this.hours)[2]}.`,
        h("p", {}, "Send a test: ", h("code", {}, "mailroom status drill --source ses")));
    }
    this.tiles = h("dl", { class: "tiles" });
    this.table = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Delivery by the hour" });
    queueMicrotask(() => this.draw()); // once it is in the page and has a width
    return [this.tiles, h("div", { class: "card" }, this.chart.element, h("details", { class: "help" }, h("summary", {}, "As a table"), this.table))];
  }

  draw() {
    const hours = this.counted.map((one) => ({ at: one.at, ...one[this.channels.hidden ? "both" : this.channel] }));
    const [sent, good, bad] = ["sent", "good", "bad"].map((name) => total(hours, name));
    const share = rate({ good, bad });
    replace(this.tiles, tile("Sent", digits(sent)), tile("Delivered", digits(good)), tile("Failed", digits(bad), bad ? "bad" : ""),
      tile("Delivery rate", share === null ? "none yet" : percent(share)));
    replace(this.table, table(hours));
    this.chart.show(hours);
  }

  failures(items) {
    return h("ul", { class: "mails short", id: "failed" }, items.map((item, at) => h("li", { class: "row" },
      link(item, `failed-${at}`, this.choose,
        disc(item.status),
        h("span", { class: "to" }, outside(recipient(item) || "All recipients")),
        h("span", { class: "why" }, outside(reason(item))),
        badge(item.status),
        h("span", { class: "when" }, ago(item.status_at))))));
  }

  step(by) {
    const links = [...this.element.querySelectorAll("#failed a")];
    const at = links.indexOf(document.activeElement);
    links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
  }
}

const tile = (name, value, look = "") => h("div", { class: `tile ${look}` }, h("dt", {}, name), h("dd", {}, value));

function choice(name, legend, options, chosen, changed) {
  return h("fieldset", { class: "widths" }, h("legend", { class: "unseen" }, legend), options.map(([value, words, whole]) => [
    h("input", { type: "radio", name, id: `${name}-${value}`, value, checked: value === chosen, "aria-label": whole, on: { change: () => changed(value) } }),
    h("label", { for: `${name}-${value}` }, words)]));
}

function none() {
  return h("p", { class: "note" }, icon("good"), "No failures. What bounces, is rejected or complained of stands here.");
}

function table(hours) {
  const head = ["Hour (UTC)", "Sent", "Delivered", "Failed", "Delivery rate"];
  return h("table", {}, h("thead", {}, h("tr", {}, head.map((words) => h("th", { scope: "col" }, words)))),
    h("tbody", {}, [...hours].reverse().map((one) => {
      const share = rate(one);
      const start = new Date(one.at);
      return h("tr", {}, h("th", { scope: "row" }, `${day(start)}, ${hour(start)}`), [one.sent, one.good, one.bad].map((number) => h("td", {}, digits(number))),
        h("td", {}, share === null ? "none" : percent(share)));
    })));
}
