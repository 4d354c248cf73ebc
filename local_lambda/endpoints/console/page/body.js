// The response's body in its pane: chooses the view, feeds it, and lets the reader choose another.
import { $, element } from "./dom.js";
import { Follower } from "./follow.js";
import { HexView } from "./hex_view.js";
import { HtmlView } from "./html_view.js";
import { ImageView } from "./image_view.js";
import { charsetOf, kindsOf } from "./kinds.js";
import { SseView } from "./sse_view.js";
import { TextView } from "./text_view.js";

const NAMES = { text: "Text", json: "JSON", events: "Events", html: "HTML", image: "Image", hex: "Bytes" };
// Of what grows at its end, the end is what one wants to see.
const GROWING = ["text", "events"];
const follower = new Follower($("answer"), $("follow"));
let run = null;
let view = null;
let fed = 0;
let finished = false;

export function showBody(shown) {
  run = shown;
  forget();
  follower.restart();
  update();
}

// Brings the pane up to what the run has got.
export function update() {
  if (!run) return;
  $("download").disabled = !run.pieces?.length;
  if (!run.pieces) return say("This response is not kept any more. Send it again to see it.");
  if (!run.pieces.length) return run.running || say(emptiness());
  if (!view) choose();
  try {
    feed();
  } catch {
    show("hex"); // not of the charset that it says it is of
  }
  view.flush();
  if (GROWING.includes($("answer").className)) follower.grown();
}

function emptiness() {
  return run.status === null ? "" : "The response has no body.";
}

function say(text) {
  if ($("text").textContent !== text) $("text").replaceChildren(element("p", { class: "cut" }, text));
}

function forget() {
  view = null;
  fed = 0;
  finished = false;
  $("text").replaceChildren();
  $("view").replaceChildren();
  $("view").hidden = true;
}

function choose() {
  const kinds = kindsOf(typeOf(), run.header("content-encoding"), run.pieces[0].data, hasFrame());
  $("view").replaceChildren(...kinds.map((kind) => element("option", { value: kind }, NAMES[kind])));
  $("view").hidden = kinds.length < 2;
  make(kinds[0]);
}

const typeOf = () => run.contentType ?? run.header("content-type");

// The server keeps the HTML of a URL's response for the frame.
const hasFrame = () => !run.request.event && Boolean(run.requestId);

function make(kind) {
  fed = 0;
  finished = false;
  $("answer").className = kind;
  const charset = charsetOf(typeOf());
  const options = { charset, type: typeOf(), requestId: run.requestId, pretty: kind === "json", failed: () => fallBack() };
  try {
    view = new { text: TextView, json: TextView, events: SseView, html: HtmlView, image: ImageView, hex: HexView }[kind]($("text"), options);
  } catch {
    view = new TextView($("text"), { ...options, charset: "" }); // a charset that nobody knows
  }
}

function show(kind) {
  $("view").value = kind;
  make(kind);
  feed();
  view.flush();
}

function fallBack() {
  if (view instanceof ImageView) show("hex"); // no image at all
}

function feed() {
  while (fed < run.pieces.length) view.take(run.pieces[fed++]);
  if (run.running || finished) return;
  finished = true;
  view.finish();
}

$("view").addEventListener("change", () => {
  make($("view").value);
  follower.restart();
  update();
});

$("download").addEventListener("click", () => {
  const type = typeOf().split(";")[0] || "application/octet-stream";
  const url = URL.createObjectURL(new Blob(run.pieces.map(({ data }) => data), { type: "application/octet-stream" }));
  element("a", { href: url, download: fileName(type) }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
});

function fileName(type) {
  const named = /filename="?([^";]+)/i.exec(run.header("content-disposition"))?.[1];
  const last = named ?? run.request.path.split("?")[0].split("/").at(-1);
  if (last && last.includes(".")) return last;
  const extension = { "text/plain": "txt", "text/event-stream": "txt", "image/jpeg": "jpg", "application/octet-stream": "bin" };
  return `${last || run.request.name}.${extension[type] ?? type.split(/[/+]/).at(-1)}`;
}
