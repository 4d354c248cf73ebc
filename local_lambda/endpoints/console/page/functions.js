// What the template has to send a request to, asked for again and again: what is reloaded shows up by itself, and
// so does that the server is gone, or back.
import { $, element } from "./dom.js";

const EVERY_MS = 2000;
const GONE = "The local Lambda does not answer. Start it again: this page goes on by itself.";
const NOTHING = "This template has no function that can be invoked.";
let known = [];
let before = "";
export let region = "us-east-1";

export const chosen = () => known.find(({ name }) => name === $("function").value);

// Calls `changed` when the list is another one.
export async function watchFunctions(changed) {
  for (;;) {
    if (!document.hidden || !before) await look(changed);
    await new Promise((done) => setTimeout(done, EVERY_MS));
  }
}

export async function look(changed) {
  let text = "";
  try {
    const response = await fetch("/console/functions", { cache: "no-store" });
    text = response.ok ? await response.text() : "";
  } catch {
    // The server is gone.
  }
  if (!text) return say(GONE, true);
  if (text !== before) {
    before = text;
    ({ region, functions: known } = JSON.parse(text));
    list();
    changed();
  }
  say(known.length ? "" : NOTHING, false);
}

function say(text, gone) {
  if ($("server").textContent !== text) $("server").textContent = text;
  $("server").classList.toggle("gone", gone);
}

function list() {
  const value = $("function").value;
  $("function").replaceChildren(...known.map((one) => element("option", { value: one.name }, label(one))));
  if (known.some(({ name }) => name === value)) $("function").value = value;
}

const label = ({ name, mode, url, atOnce }) =>
  `${name}  (${url ? mode : "no URL"}${atOnce ? `, ${atOnce} at once in an environment` : ""})`;
