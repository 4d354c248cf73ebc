// The requests that were sent, the newest first. They are kept in the browser, without what would let somebody else
// in; responses are kept while the page is open, no more of them than memory is worth.
import { $, element } from "./dom.js";
import { statusOf } from "./status.js";
import { clock, seconds, size } from "./units.js";

const KEY = "local-lambda-history";
const MOST = 30;
const MOST_BYTES = 128 * 1024 * 1024;
const LONGEST_BODY = 16_000;
const SECRET = /^(authorization|cookie|x-api-key|x-amz-security-token|proxy-authorization)$/i;
export const runs = [];

// Calls `show(run)` when one is chosen.
export function startHistory(show) {
  runs.push(...stored());
  $("history").addEventListener("click", ({ target }) => {
    const index = target.closest("button")?.dataset.index;
    if (index !== undefined) show(runs[index]);
  });
  $("forget").addEventListener("click", () => {
    runs.splice(0, runs.length, ...runs.filter(({ running }) => running));
    save();
    list(null);
  });
}

export function remember(run) {
  runs.unshift(run);
  runs.splice(MOST);
  let bytes = 0;
  for (const one of runs) {
    bytes += one.bytes;
    if (one !== run && bytes > MOST_BYTES) one.pieces = null;
  }
}

export function list(shown) {
  const items = runs.map((run, index) => item(run, index, run === shown));
  const focused = document.activeElement?.dataset?.index;
  $("history").replaceChildren(...items);
  if (focused !== undefined) $("history").querySelector(`[data-index="${focused}"]`)?.focus();
  $("forget").hidden = !runs.length;
}

export function save() {
  try {
    localStorage.setItem(KEY, JSON.stringify(runs.map(kept)));
  } catch {
    // A browser that keeps nothing, or has no room: the page goes on without.
  }
}

export const title = ({ request }) => (request.event ? `${request.name} event` : `${request.name} ${request.method} ${request.path}`);

function item(run, index, current) {
  const { text, tone } = run.running ? { text: "under way", tone: "none" } : (run.told ?? statusOf(run));
  const figures = run.total === null ? "" : `${seconds(run.total)}, ${size(run.bytes)}`;
  return element(
    "li", current ? { "aria-current": "true" } : {},
    element("span", { class: "when" }, clock(run.at)),
    element("button", { type: "button", "data-index": index }, title(run)),
    element("span", { class: `tone ${tone}` }, text), element("span", { class: "figures" }, figures),
  );
}

function kept(run) {
  const headers = run.typed.headers.split("\n").filter((line) => !SECRET.test(line.split(":")[0].trim())).join("\n");
  const { at, bytes, total } = run;
  const body = run.typed.body.length > LONGEST_BODY ? "" : run.typed.body;
  return { typed: { ...run.typed, headers, body }, at, bytes, total, told: run.told ?? statusOf(run) };
}

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]").map((one) => ({ ...one, at: new Date(one.at), request: one.typed }));
  } catch {
    return [];
  }
}
