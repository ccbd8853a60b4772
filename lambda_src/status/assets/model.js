// The API's answers as the views read them (openapi.json beside this file is the truth about them).
import { Failure, ask } from "./api.js";
import { told } from "./words.js";

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
