// Questions to the API: the key that they carry, what goes wrong, and the answers as the views read them
// (openapi.json beside this file is the truth about those).
import { find, say, told } from "./ui.js";

// --- the key -----------------------------------------------------------------------------------------
// The API key: asked for once, kept in this tab's session storage until it is closed or forgotten, never in an
// address.
const PLACE = "mailroom-status-key";
const dialog = () => find("key");

const key = () => sessionStorage.getItem(PLACE) ?? "";

function shown() {
  const known = Boolean(key());
  find("show-key").classList.toggle("on", known);
  find("key-words").textContent = known ? "Key set" : "Key";
  find("forget").hidden = !known;
}

function forget() {
  sessionStorage.removeItem(PLACE);
  shown();
}

// Ask for it; `why` says what made it necessary. Who is typing already is left alone: several questions of a view are
// refused, one after the other.
export function askForKey(why = "") {
  if (dialog().open) return;
  find("key-why").textContent = why;
  find("key-why").hidden = !why;
  find("key-value").value = "";
  find("key-fault").textContent = "";
  dialog().showModal();
  find("key-value").focus();
}

// `changed` is called when there is another key, or none.
export function startKey(changed) {
  find("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = find("key-value").value.trim();
    // What a header may hold; anything else is a slip, such as a whole line that was copied.
    if (!/^[\x21-\x7e]{1,256}$/.test(typed)) {
      find("key-fault").textContent = "A key is one word, as `mailroom status key create` printed it.";
      return find("key-value").focus();
    }
    sessionStorage.setItem(PLACE, typed);
    find("key-value").value = "";
    dialog().close();
    shown();
    changed();
  });
  find("forget").addEventListener("click", () => {
    forget();
    dialog().close();
    say("The key is forgotten.");
    changed();
  });
  find("key-close").addEventListener("click", () => dialog().close());
  find("show-key").addEventListener("click", () => askForKey());
  shown();
}

// --- questions ---------------------------------------------------------------------------------------
const given = document.querySelector('meta[name="mailroom-api"]').content;
const BASE = given ? `${given}/` : new URL("..", import.meta.url).href;
const PATIENCE_MS = 30_000;
const WAITS_MS = [1000, 4000]; // after a 429, unless it says how long
const LONGEST_WAIT_MS = 20_000;

// `kind` is busy, key, missing, network, refused or server; `message` a sentence of the API, `facts` for whoever
// runs it.
export class Failure extends Error {
  constructor(kind, message, facts = "") {
    super(message);
    Object.assign(this, { kind, facts });
  }
}

// The answer to GET `path` with `query`, or to POST where there is a `body`. `waiting` hears how long it waits.
export async function ask(path, { query = {}, body, signal, waiting = () => {} } = {}) {
  const address = new URL(path, BASE);
  for (const [name, value] of Object.entries(query)) {
    if (value !== "" && value !== null && value !== undefined) address.searchParams.set(name, value);
  }
  for (const wait of [...WAITS_MS, null]) {
    const answer = await once(address, body, signal);
    if (answer.ok) return read(answer);
    if (answer.status !== 429 || wait === null) throw await failure(answer);
    const told = Number(answer.headers.get("retry-after")) * 1000;
    const pause = Math.min(told > 0 ? told : wait, LONGEST_WAIT_MS);
    waiting(pause);
    await rest(pause, signal);
  }
}

async function once(address, body, signal) {
  const headers = { accept: "application/json" };
  if (key()) headers["x-api-key"] = key();
  if (body) headers["content-type"] = "application/json";
  const both = [AbortSignal.timeout(PATIENCE_MS), ...(signal ? [signal] : [])];
  try {
    return await fetch(address, {
      method: body ? "POST" : "GET",
      headers,
      body: body && JSON.stringify(body),
      signal: AbortSignal.any(both),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
  } catch (problem) {
    if (signal?.aborted) throw problem;
    throw new Failure("network", problem.name === "TimeoutError" ? "It did not answer in 30 seconds." : "It was not reached.");
  }
}

async function read(answer) {
  try {
    return await answer.json();
  } catch {
    throw new Failure("server", "Its answer is no JSON.", `Status ${answer.status}`);
  }
}

// The API's own refusals hold {"error", "message"}: a sentence. API Gateway's hold a {"message"} of a word or two.
async function failure(answer) {
  const kinds = { 401: "key", 403: "key", 404: "missing", 429: "busy" };
  const told = await answer.json().catch(() => ({}));
  const kind = told?.error === "not_reached" ? "network" : (kinds[answer.status] ?? (answer.status < 500 ? "refused" : "server"));
  const words = String(told?.message ?? "");
  const facts = [`Status ${answer.status}`, told?.error ? "" : words, request(answer)];
  return new Failure(kind, told?.error ? words : "", facts.filter(Boolean).join(", "));
}

function request(answer) {
  const id = answer.headers.get("x-amzn-requestid");
  return id && `request ${id}`;
}

function rest(milliseconds, signal) {
  return new Promise((done, stop) => {
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", () => { clearTimeout(timer); stop(signal.reason); }, { once: true });
  });
}

// --- answers -----------------------------------------------------------------------------------------
const PAGE = 50;
const EMPTY_PAGES = 20;
const EVERYBODY = "*";

export const FAILURES = ["softbounce", "rendering_failure", "rejected", "hardbounce", "complaint", "failure", "optout"];

// "" for what the published design calls NA.
export const known = (value) => (value === "NA" || value === undefined || value === null ? "" : String(value));
// A number, null for whatever is none.
export const number = (value) => (known(value) !== "" && Number.isFinite(Number(value)) ? Number(value) : null);
export const recipient = (item) => (item.recipient === EVERYBODY ? "" : known(item.recipient));
export const sender = (item) => known(item.from_address) || known(item.origination_phone_number);
export const channel = (item) => (item.event_type === "sms" ? "SMS" : "E-mail");

// Why it is as it is, in plain words; what a server or a carrier said only where there are none.
export function reason(item) {
  if (item.no_carrier_answer) return "The carrier did not answer within 72 hours; none will come.";
  if (item.stuck) return "Nothing was heard of it for longer than usual.";
  const line = (item.timeline ?? []).find((event) => event.event === item.status);
  const raw = FAILURES.includes(item.status) || item.status === "delayed" ? known(item.reason) : "";
  return known(line?.words) || known(item.words) || raw || told(item.status).says;
}

// The items of a message, one for each recipient, with their timelines.
export async function message(id, options) {
  if (/^\.{0,2}$/.test(id)) throw new Failure("missing", ""); // in an address these are no names
  return (await ask(`messages/${encodeURIComponent(id)}`, options)).recipients;
}

// A page of a list as {items, cursor}. Pages may be empty and have a next one: those are read over.
export async function page({ path, query, body }, cursor, options) {
  let next = cursor;
  for (let read = 0; read < EMPTY_PAGES; read += 1) {
    const more = { limit: PAGE, ...(next && { cursor: next }) };
    const asked = body ? { body: { ...more, ...body } } : { query: { ...more, ...query } };
    const answer = await ask(path, { ...options, ...asked });
    next = answer.cursor ?? "";
    if (answer.items.length || !next) return { items: answer.items, cursor: next };
  }
  return { items: [], cursor: next };
}

// The last hours, oldest first, as {at, both: {sent, good, bad}, email: …, sms: …}.
export async function rates(hours, options) {
  const { items } = await ask("rates", { ...options, query: { hours } });
  const counted = ({ sent, delivered, failed }) => ({ sent, good: delivered, bad: failed });
  return items.map((one) => ({ at: one.at, both: counted(one), email: counted(one.email), sms: counted(one.sms) }));
}
