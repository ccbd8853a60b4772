// What several views show: badges, chips, and a place where there is nothing, something is awaited or went wrong.
import { h, replace } from "./dom.js";
import { icon, tray } from "./icons.js";
import { ask as askForKey } from "./key.js";
import { digits, told } from "./words.js";

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
