// What several views show.
import { askForKey, known, page, reason, recipient, sender } from "./api.js";
import { ago, count, digits, h, icon, moment, replace, say, told, tray } from "./ui.js";

// --- small things ------------------------------------------------------------------------------------
// Badges, chips, and a place where there is nothing, something is awaited or went wrong.
export function disc(status) {
  const { look, icon: drawing } = told(status);
  return h("span", { class: `disc ${look}` }, icon(drawing));
}

export function badge(status, number = 0) {
  const { label, look, icon: drawing, says } = told(status);
  return h("span", { class: `badge ${look}`, title: says || false }, icon(drawing),
    number ? `${digits(number)} ${label.toLowerCase()}` : label);
}

// What stands out beside the status.
export function flags(item) {
  return [
    item.stuck && flag("clock", "Stuck", "No final event for longer than usual."),
    item.no_carrier_answer && flag("clock", "No carrier answer", "The carrier did not answer within 72 hours; none will come."),
  ];
}

function flag(drawing, words, says) {
  return h("span", { class: "badge warn", title: says }, icon(drawing), words);
}

export function chip(drawing, words, title) {
  return h("span", { class: "chip", title }, icon(drawing), outside(words));
}

// Text from outside: it may run in another direction and must not turn the words around it.
export const outside = (words) => h("bdi", {}, String(words));

export function button(drawing, words, click, more = {}) {
  return h("button", { type: "button", class: "button", on: { click }, ...more }, drawing && icon(drawing), words);
}

export const again = (click) => button("again", h("span", {}, "Refresh"), click, { class: "button again", title: "Refresh (r)" });

export function nothing(title, says, ...more) {
  return h("div", { class: "nothing" }, tray(), h("h2", {}, title), h("p", {}, says), ...more);
}

// Grey lines where rows will be.
export function skeleton(rows = 5) {
  return h("div", { class: "skeleton", "aria-hidden": "true" }, Array.from({ length: rows }, () => h("span", {})));
}

// What to do about each kind of failure; a sentence of the API's own stands before it.
const ADVICE = {
  key: ["No access", "The API wants a key that it knows, or a signed request. Enter a key, or, where the API uses IAM, open this page by:"],
  missing: ["Not found", "The API knows nothing by this name."],
  busy: ["Too many requests", "The API limits how often it may be asked, in a second and in a day. Wait a little, then try again."],
  refused: ["The API does not take this", "Change what you asked for and try again."],
  server: ["The API failed", "Try again. Where it stays so, the alarms and logs of the status API say why; give the request's id to whoever runs it."],
  network: ["The API was not reached", "Look at your network, at the VPN, and whether `mailroom status page` still runs; then try again."],
};

// How an API speaks whose callers are signed: no key would help there.
const SIGNED = /sign|token|credentials|IAM/i;

export function failed(failure, retry) {
  const [title, advice] = ADVICE[failure.kind];
  if (failure.kind === "missing") return nothing(title, outside(failure.message || advice), button("again", "Try again", retry));
  const wantsKey = failure.kind === "key";
  return h("div", { class: "card fault", role: "alert" },
    h("span", { class: "disc bad" }, icon("warning")),
    h("div", {},
      h("h2", {}, title),
      failure.message && h("p", {}, outside(failure.message)),
      h("p", {}, advice),
      wantsKey && h("pre", {}, "mailroom status page"),
      failure.facts && h("p", { class: "count" }, outside(failure.facts)),
      h("div", { class: "buttons" },
        wantsKey && button("key", "Enter the key", () => askForKey(), { class: "button main" }),
        button("again", "Try again", retry, { class: wantsKey ? "button" : "button main" }))));
}

// A part of the page that is filled by a question: only the last question's answer is shown.
export class Place {
  constructor(element) {
    this.element = element;
    this.failure = null;
  }

  // `question(signal)` answers what `show` makes elements of; what stood there stays, dimmed, until then.
  async fill(question, show, retry) {
    this.control?.abort();
    const control = (this.control = new AbortController());
    const ours = () => control === this.control;
    this.element.setAttribute("aria-busy", "true");
    if (!this.element.hasChildNodes()) replace(this.element, skeleton());
    try {
      const answer = await question(control.signal);
      if (!ours()) return null;
      this.failure = null;
      replace(this.element, show(answer));
      return answer;
    } catch (problem) {
      if (!ours()) return null;
      if (!problem.kind) throw problem; // a fault of this page, not of the API
      this.failure = problem;
      replace(this.element, failed(problem, retry));
      if (problem.kind === "key" && !SIGNED.test(`${problem.message} ${problem.facts}`)) askForKey("The API asks for a key.");
      return null;
    } finally {
      if (ours()) this.element.removeAttribute("aria-busy");
    }
  }
}

// --- lists -------------------------------------------------------------------------------------------
// A list of messages: its rows, its filters, more of it by cursor, and a way through it by keys.
const WINDOWS = [["24h", "Last 24 hours"], ["7d", "Last 7 days"], ["30d", "Last 30 days"], ["", "Any time"]];

export class List {
  // `choose(item)` hears which row is opened. `filters` are the names of those that it has: since, status.
  constructor({ id, title, icon, choose, filters = [], statuses = [], since = "" }) {
    Object.assign(this, { choose, items: [], cursor: "", asked: null, loads: 0 });
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
    this.loads += 1;
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
    const loads = this.loads; // what comes after the list was loaded anew belongs to the old one
    try {
      const answer = await page(this.request(), this.cursor, { waiting: busy });
      if (loads !== this.loads) return;
      const first = this.items.length;
      this.add(answer.items, answer.cursor);
      this.tell();
      this.links()[first]?.focus();
    } catch (problem) {
      if (!problem.kind) throw problem;
      if (loads !== this.loads) return;
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
