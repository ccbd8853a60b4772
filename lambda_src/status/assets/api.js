// Questions to the API, and what went wrong in words that say what to do.
import { key } from "./key.js";

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
