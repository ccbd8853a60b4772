// One message: what is known of it, and a timeline for each of its recipients.
import { FAILURES, channel, known, message, number, reason, recipient, sender } from "./api.js";
import { Place, again, badge, busy, button, disc, flags, outside } from "./parts.js";
import { ago, count, digits, h, icon, moment, replace, say, source, span, told } from "./ui.js";

// --- the message -------------------------------------------------------------------------------------
const OPEN_AT_MOST = 3; // recipients whose timelines are open at first

export class Message {
  // `leave()` goes back to where one came from; `search(kind, value)` looks for other messages.
  constructor({ leave, search }) {
    Object.assign(this, { search, id: "", chosen: null });
    this.back = button("back", "Back", leave, { id: "back", class: "button" });
    this.copied = button("copy", h("span", {}, "Copy id"), () => this.copy());
    this.heading = h("h1", { tabindex: "-1" }, "Message");
    this.place = new Place(h("div", {}));
    this.element = h("section", { id: "message", class: "view one", hidden: true },
      h("div", { class: "beside" }, this.back, h("span", { class: "spread" }), this.copied, again(() => this.load())),
      h("p", { class: "over" }, "Message"), this.heading, this.place.element);
  }

  // `chosen` is the recipient whose row was opened, `answer` what is already known.
  async show(id, { chosen = "", answer = null } = {}) {
    Object.assign(this, { id, chosen });
    this.heading.replaceChildren(h("code", {}, outside(id)));
    this.copied.lastChild.textContent = "Copy id";
    replace(this.place.element);
    await this.load(answer);
  }

  async load(answer = null) {
    const items = await this.place.fill(
      async (signal) => answer ?? message(this.id, { signal, waiting: busy }),
      (found) => this.asBefore(this.page(found)),
      () => this.load());
    if (items) say(items.length === 1 ? `${told(items[0].status).label}: ${reason(items[0])}` : count(items.length, "recipient"));
  }

  page(items) {
    const sorted = [...items].sort((one, other) => rank(one) - rank(other) || recipient(one).localeCompare(recipient(other)));
    const several = sorted.length > 1;
    return [
      several && h("p", { class: "marks" }, tally(sorted)),
      this.facts(items[0]),
      several && h("h2", { class: "part" }, count(sorted.length, "recipient")),
      sorted.map((item, at) => this.one(item, several, at < OPEN_AT_MOST || recipient(item) === this.chosen)),
    ];
  }

  // What was open or closed by hand stays so when the message is asked for again.
  asBefore(parts) {
    const known = new Map([...this.place.element.querySelectorAll("details")].map((one) => [one.dataset.part, one.open]));
    const fresh = h("div", {}, parts);
    for (const one of fresh.querySelectorAll("details")) one.open = known.get(one.dataset.part) ?? one.open;
    return [...fresh.childNodes];
  }

  one(item, several, open) {
    const head = [
      disc(item.status),
      h(several ? "span" : "h2", { class: "to" }, outside(recipient(item) || "All recipients")),
      h("span", { class: "marks" }, badge(item.status), flags(item)),
      h("span", { class: "verdict" }, outside(reason(item))),
      h("span", { class: "when" }, moment(item.status_at), ago(item.status_at)),
    ];
    const body = [
      counts(item) && h("p", { class: "counts" }, counts(item)),
      recipient(item) ? null : h("p", { class: "note" }, icon("people"), "Its events name no recipient: they were told of the whole message."),
      timeline(item),
    ];
    if (!several) return h("article", { class: "card person" }, h("div", { class: "head" }, head), h("div", { class: "inside" }, body));
    return h("details", { class: "card person", open, "data-part": recipient(item) }, h("summary", { class: "head" }, head), h("div", { class: "inside" }, body));
  }

  facts(item) {
    const campaign = known(item.campaign_id);
    const price = number(item.price_in_millicents_usd);
    const link = (kind, value) => h("button", { type: "button", class: "link", on: { click: () => this.search(kind, value) } }, outside(value));
    const rows = [
      ["From", sender(item) && outside(sender(item))],
      ["Channel", [channel(item), item.source && known(item.source) && h("span", { class: "ago" }, "told by ", outside(source(item.source)))]],
      ["First seen", first(item) && moment(first(item), true)],
      ["Journey", known(item.journey_id) && outside(known(item.journey_id))],
      ["Client", known(item.client) && outside(known(item.client))],
      ["Carrier status", known(item.record_status) && h("code", {}, outside(item.record_status))],
      ["Country", known(item.iso_country_code) && outside(item.iso_country_code)],
      ["Message type", known(item.message_type) && outside(item.message_type)],
      ["Price", price !== null && `${price / 100_000} USD`],
      ["Account", known(item.aws_account_id) && outside(item.aws_account_id)],
      ["Campaign", campaign && link("campaign", campaign)],
      ["Own reference", known(item.reference) && link("reference", item.reference)],
    ];
    return h("dl", { class: "facts seen" }, rows.filter(([, value]) => value).map(([name, value]) =>
      h("div", {}, h("dt", {}, name), h("dd", {}, value))));
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.id);
      this.copied.lastChild.textContent = "Copied";
      say("The message id is copied.");
    } catch {
      getSelection().selectAllChildren(this.heading);
      this.copied.lastChild.textContent = "Selected";
      say("The message id is selected: copy it by your keys.");
    }
  }

  people() {
    return [...this.element.querySelectorAll("details.person > summary")];
  }

  // To the next recipient, or the one before.
  step(by) {
    const people = this.people();
    const at = people.indexOf(document.activeElement);
    people[at < 0 ? 0 : Math.min(Math.max(at + by, 0), people.length - 1)]?.focus();
  }
}

// What went wrong stands first.
const rank = (item) => (FAILURES.includes(item.status) ? 0 : item.stuck || item.no_carrier_answer ? 1 : 2);
const first = (item) => (item.timeline ?? [])[0]?.at ?? item.status_at;

function tally(items) {
  const numbers = new Map();
  for (const { status } of items) numbers.set(status, (numbers.get(status) ?? 0) + 1);
  return [...numbers].map(([status, times]) => badge(status, times));
}

// --- timelines ---------------------------------------------------------------------------------------
// What happened to one message for one recipient, as a line through time.
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
