// How it goes at the moment: numbers, the rate of delivery by the hour, the last failures.
import { Chart, rate, total } from "./chart.js";
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { busy, link } from "./list.js";
import { page, rates, reason, recipient } from "./model.js";
import { Place, again, badge, disc, nothing, outside } from "./parts.js";
import { ago, day, digits, hour, percent } from "./words.js";

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
