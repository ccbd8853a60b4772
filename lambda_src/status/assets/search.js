// What was typed into the search, and where to look for it.
import { Failure, message, page } from "./api.js";

export const KINDS = [["", "Anything"], ["id", "Message id"], ["recipient", "Address or number"], ["campaign", "Campaign"], ["reference", "Own reference"]];

// A Message-ID header as mail programs show it: SES's own id before its domain.
const HEADER = /^<?([0-9a-f-]{20,})@(?:[a-z0-9-]+\.)?amazonses\.com>?$/i;
const NUMBER = /^\+?[\d\s().\-/]{7,24}$/;

// {kind, value} or {problem}. Whatever has an @ is an address, whatever was chosen: those are posted, all else is
// part of the asked address.
export function understood(kind, typed) {
  const words = typed.trim();
  if (!words) return { problem: "Type an id, an address, a number, a campaign or a reference." };
  const header = HEADER.exec(words);
  if (header) return { kind: "id", value: header[1] };
  if (words.includes("@")) return address(words);
  if (kind === "recipient" || (!kind && NUMBER.test(words) && /^(\+|00)/.test(words))) return phone(words);
  return { kind, value: words };
}

function address(words) {
  const inside = /<([^<>]+)>\s*$/.exec(words); // "Ann Berg <ann@example.com>"
  return { kind: "recipient", value: (inside ? inside[1] : words).trim().toLowerCase() };
}

function phone(words) {
  const digits = words.replace(/[\s().\-/]/g, "").replace(/^00/, "+");
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return { kind: "recipient", value: digits };
  return { problem: "A number begins with + and the country's code, as +44 7700 900123; an address holds an @." };
}

// How a list is asked for. A recipient goes into the body, where no log and no history keeps it.
export function request(kind, value, { since = "", status = "" } = {}) {
  if (kind === "recipient") return { path: "messages/search", body: { recipient: value, ...(since && { since }) , ...(status && { status }) } };
  return { path: "messages", query: { [kind === "campaign" ? "campaign_id" : "reference"]: value, since, status } };
}

// What a word is that could be any of the three: {kind: "id", answer} or {kind: "reference" | "campaign"}, null for none.
export async function guessed(value, options) {
  try {
    return { kind: "id", answer: await message(value, options) };
  } catch (problem) {
    if (!(problem instanceof Failure) || !["missing", "refused"].includes(problem.kind)) throw problem;
  }
  for (const kind of ["reference", "campaign"]) {
    const { items } = await page(request(kind, value), "", options);
    if (items.length) return { kind };
  }
  return null;
}
