// The console: sends a request through the API's port and shows the stream as it arrives.
import { draw, seconds, size } from "./plot.js";
import { NETWORKS, pause, read } from "./throttle.js";

const $ = (id) => document.getElementById(id);
const IMAGE_EVERY_MS = 200;
const MOST_TEXT = 2_000_000;
let endpoints = [];
let running = null;

async function list() {
  endpoints = await (await fetch("/console/functions")).json();
  const chosen = $("function").value;
  $("function").replaceChildren(...endpoints.map(({ name, mode }) => new Option(`${name}  (${mode})`, name)));
  if (endpoints.some(({ name }) => name === chosen)) $("function").value = chosen;
  showUrl();
}

const endpoint = () => endpoints.find(({ name }) => name === $("function").value);

function showUrl() {
  const { url, path } = endpoint() ?? { url: "", path: "/" };
  if (!$("path").value.startsWith(path)) $("path").value = path;
  $("url").textContent = url && new URL($("path").value, url).href;
  $("url").href = $("url").textContent;
}

function headers() {
  const lines = $("headers").value.split("\n").filter((line) => line.includes(":"));
  const pairs = lines.map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]);
  return [...pairs, ["X-Local-Lambda-Console", "1"]];
}

function request(signal) {
  const method = $("method").value;
  const path = $("path").value.startsWith("/") ? $("path").value : `/${$("path").value}`;
  const body = ["GET", "HEAD"].includes(method) ? undefined : $("body").value || undefined;
  return fetch(`/console/proxy/${endpoint().name}${path}`, { method, headers: headers(), body, signal, cache: "no-store", redirect: "manual" });
}

function clear() {
  for (const id of ["text", "head", "log"]) $(id).textContent = "";
  for (const id of ["first", "total", "bytes"]) $(id).textContent = "–";
  $("image").hidden = true;
  $("image").removeAttribute("src");
}

class Picture {
  constructor(type) {
    this.type = type;
    this.pieces = [];
    this.shown = 0;
  }

  take(piece, last = false) {
    if (piece) this.pieces.push(piece);
    if (!last && performance.now() - this.shown < IMAGE_EVERY_MS) return;
    this.shown = performance.now();
    const url = URL.createObjectURL(new Blob(this.pieces, { type: this.type }));
    const loading = new Image(); // shown once it is decoded: no flicker in between
    const done = () => {
      if (loading.naturalWidth) {
        if ($("image").src) URL.revokeObjectURL($("image").src);
        $("image").src = url;
        $("image").hidden = false;
      }
    };
    loading.onload = done;
    loading.onerror = () => URL.revokeObjectURL(url);
    loading.src = url;
  }
}

class Text {
  constructor() {
    this.decoder = new TextDecoder();
    this.length = 0;
  }

  take(piece, last = false) {
    const text = this.decoder.decode(piece ?? new Uint8Array(), { stream: !last });
    this.length += text.length;
    if (this.length < MOST_TEXT) $("text").append(text);
  }
}

async function show(response, started, network) {
  const points = [[0, 0]];
  const type = response.headers.get("content-type") ?? "";
  const view = type.startsWith("image/") ? new Picture(type) : new Text();
  let bytes = 0;
  const reader = response.body?.getReader();
  for await (const piece of reader ? read(reader, network?.rate) : []) {
    const now = performance.now() - started;
    if (!bytes) $("first").textContent = seconds(now);
    bytes += piece.length;
    points.push([now, bytes]);
    view.take(piece);
    $("bytes").textContent = size(bytes);
    $("total").textContent = seconds(now);
    draw($("plot"), points.length > 600 ? points.filter((_, i) => i % Math.ceil(points.length / 600) === 0 || i > points.length - 2) : points);
  }
  view.take(null, true);
  points.push([performance.now() - started, bytes]);
  $("bytes").textContent = size(bytes);
  draw($("plot"), points);
}

async function log(requestId) {
  if (!requestId) return;
  for (let tries = 0; tries < 50; tries++) {
    const { lines, complete } = await (await fetch(`/console/log/${requestId}`)).json();
    $("log").textContent = lines.join("\n");
    if (complete) return;
    await pause(100);
  }
}

async function send(event) {
  event.preventDefault();
  running?.abort();
  const own = (running = new AbortController());
  clear();
  $("send").disabled = true;
  $("stop").disabled = false;
  $("status").textContent = "sent";
  const network = NETWORKS[$("network").value];
  const started = performance.now();
  let requestId = null;
  try {
    if (network) await pause(network.latency);
    const response = await request(own.signal);
    requestId = response.headers.get("x-amzn-requestid");
    $("status").textContent = `${response.status || "redirected"}, arriving`;
    $("head").textContent = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    await show(response, started, network);
    $("status").textContent = `${response.status || "redirected"}, complete`;
  } catch (error) {
    $("status").textContent = own.signal.aborted ? "stopped" : `broken off: ${error.message}`;
  }
  $("total").textContent = seconds(performance.now() - started);
  $("send").disabled = false;
  $("stop").disabled = true;
  await log(requestId);
}

$("request").addEventListener("submit", send);
$("stop").addEventListener("click", () => running?.abort());
for (const id of ["function", "path"]) $(id).addEventListener("input", showUrl);
addEventListener("focus", list);
draw($("plot"), [[0, 0]]);
await list();
