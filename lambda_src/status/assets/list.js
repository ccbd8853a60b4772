// A list of messages: its rows, its filters, more of it by cursor, and a way through it by keys.
import { h, replace, say } from "./dom.js";
import { known, page, reason, recipient, sender } from "./model.js";
import { Place, again, badge, button, chip, disc, failed, flags, outside } from "./parts.js";
import { ago, count, moment, told } from "./words.js";

const WINDOWS = [["24h", "Last 24 hours"], ["7d", "Last 7 days"], ["30d", "Last 30 days"], ["", "Any time"]];

export class List {
  // `choose(item)` hears which row is opened. `filters` are the names of those that it has: since, status.
  constructor({ id, title, icon, choose, filters = [], statuses = [], since = "" }) {
    Object.assign(this, { choose, items: [], cursor: "", asked: null });
    this.heading = h("h1", { tabindex: "-1" }, title);
    this.counted = h("p", { class: "count" });
    this.since = filters.includes("since") && select("Sent or changed", WINDOWS, since, () => this.load());
    this.status = filters.includes("status") &&
      select("Status", [["", "Every status"], ...statuses.map((name) => [name, label(name)])], "", () => this.load());
    this.rows = h("ul", { class: "mails" });
    this.body = h("div", {});
    this.foot = h("div", { class: "pager" });
    this.place = new Place(this.body);
    this.element = h("section", { id, class: "view", hidden: true },
      h("div", { class: "title" }, this.heading, this.counted,
        h("div", { class: "tools" }, this.since, this.status, again(() => this.load()))),
      this.body, this.foot);
    this.icon = icon;
  }

  // `asked` says how: {title, request({since, status}), empty()}; without a request nothing is there to begin with.
  async show(asked) {
    this.asked = asked;
    this.heading.replaceChildren(...[asked.title].flat());
    for (const [filter, has] of [[this.since, asked.since], [this.status, asked.status]]) {
      if (filter && has !== undefined) filter.hidden = !has;
    }
    replace(this.body);
    await this.load();
  }

  request() {
    const value = (filter) => (filter && !filter.hidden ? filter.querySelector("select").value : "");
    return this.asked.request({ since: value(this.since), status: value(this.status) });
  }

  async load() {
    this.counted.textContent = "";
    replace(this.foot);
    const answer = await this.place.fill(
      async (signal) => (this.asked.request ? page(this.request(), "", { signal, waiting: busy }) : { items: [], cursor: "" }),
      ({ items, cursor }) => (items.length || cursor ? this.filled(items, cursor) : this.asked.empty()),
      () => this.load());
    if (!answer) return;
    if (!answer.items.length && !answer.cursor) this.items = [];
    this.tell();
  }

  filled(items, cursor) {
    this.items = [];
    replace(this.rows);
    this.add(items, cursor);
    return this.rows;
  }

  add(items, cursor) {
    const first = this.items.length;
    this.rows.append(...items.map((item, at) => this.row(item, first + at)));
    this.items.push(...items);
    this.cursor = cursor;
    replace(this.foot, cursor && button("back", "Show more", () => this.more(), { class: "button older" }));
  }

  async more() {
    const button_ = this.foot.querySelector("button");
    if (!this.cursor || button_?.disabled) return;
    if (button_) button_.disabled = true;
    this.foot.setAttribute("aria-busy", "true");
    const asked = this.asked;
    try {
      const answer = await page(this.request(), this.cursor, { waiting: busy });
      if (asked !== this.asked) return;
      const first = this.items.length;
      this.add(answer.items, answer.cursor);
      this.tell();
      this.links()[first]?.focus();
    } catch (problem) {
      if (!problem.kind) throw problem;
      replace(this.foot, failed(problem, () => { replace(this.foot); this.cursor && this.add([], this.cursor); this.more(); }));
    } finally {
      this.foot.removeAttribute("aria-busy");
    }
  }

  tell() {
    const number = this.items.length;
    this.counted.textContent = number || this.cursor ? `${count(number, "message")}${this.cursor ? ", there are more" : ""}` : "";
    say(number ? this.counted.textContent : "No message found.");
  }

  row(item, at) {
    const from = sender(item);
    return h("li", { class: "row" },
      link(item, `${this.element.id}-${at}`, this.choose,
        disc(item.status),
        h("span", { class: "who" },
          h("span", { class: "to" }, outside(recipient(item) || "All recipients")),
          h("span", { class: "from" }, from ? ["from ", outside(from)] : outside(item.message_id))),
        h("span", { class: "first" },
          h("span", { class: "why" }, outside(reason(item))),
          h("span", { class: "when" }, moment(item.status_at), ago(item.status_at))),
        h("span", { class: "second" },
          h("code", { class: "id" }, outside(item.message_id)),
          h("span", { class: "marks" }, badge(item.status), flags(item), chips(item)))));
  }

  links() {
    return [...this.rows.querySelectorAll("a")];
  }

  // One row on or back; at the end the next page.
  step(by) {
    const links = this.rows.isConnected ? this.links() : [];
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const to = at < 0 ? 0 : at + by;
    if (to >= links.length) return this.more();
    links[Math.max(to, 0)].focus();
  }
}

// A row leads to its message; which recipient's it was is kept beside the address, not in it.
export function link(item, id, choose, ...children) {
  return h("a", { id, href: `#message/${encodeURIComponent(item.message_id)}`, on: { click: () => choose(item, id) } }, children);
}

function chips(item) {
  const campaign = known(item.campaign_id);
  return [
    item.event_type === "sms" && chip("sms", "SMS", "A text message"),
    campaign && chip("tag", campaign, "Campaign"),
    known(item.reference) && chip("tag", item.reference, "Own reference"),
  ];
}

export function busy(milliseconds) {
  say(`The API is busy; asked again in ${Math.ceil(milliseconds / 1000)} seconds.`);
}

const label = (name) => (name === "success" ? "Delivered (SMS)" : told(name).label);

function select(name, options, chosen, changed) {
  return h("label", { class: "select" }, h("span", { class: "unseen" }, name),
    h("select", { on: { change: changed } },
      options.map(([value, words]) => h("option", { value, selected: value === chosen }, words))));
}
