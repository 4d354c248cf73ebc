// The form ↔ a request as a value: {name, event, method, path, headers, body, sign, network}.
import { $ } from "./dom.js";
import { chosen } from "./functions.js";
import { parseHeaders } from "./headers.js";

const WITHOUT_BODY = ["GET", "HEAD"];

// As it is typed, to be kept and to be shown again.
export function typed() {
  return {
    name: $("function").value,
    event: byEvent(),
    method: $("method").value,
    path: $("path").value,
    headers: $("headers").value,
    body: $("body").value,
    sign: $("sign").checked,
    network: $("network").value,
  };
}

export function fill(request) {
  const { name, event = false, method = "GET", path = "/", headers = "", body = "", sign = false, network = "" } = request;
  if ([...$("function").options].some((option) => option.value === name)) $("function").value = name;
  $("via").value = event ? "event" : "";
  $("method").value = method;
  $("path").value = path;
  $("headers").value = headers;
  $("body").value = body;
  $("sign").checked = sign;
  $("network").value = network;
  if (headers || body) $("more").open = true;
  refresh();
}

// As it is sent. An event is a body, with nothing around it.
export function toSend() {
  const request = typed();
  if (request.event) return { ...request, method: "POST", path: "/", headers: [], body: request.body || "{}", sign: false };
  const { pairs } = parseHeaders(request.headers);
  const body = WITHOUT_BODY.includes(request.method) ? "" : request.body;
  const path = target(request.path);
  const sign = request.sign && Boolean(chosen()?.iam);
  return { ...request, path, body, sign, headers: [...contentType(pairs, body), ...pairs] };
}

export const byEvent = () => Boolean(chosen()) && (!chosen().url || $("via").value === "event");

// What keeps the request from being sent; shows it where it was typed.
export function faults() {
  const ofHeaders = byEvent() ? [] : parseHeaders($("headers").value).faults;
  const ofBody = byEvent() && $("body").value.trim() ? jsonFaults($("body").value) : [];
  mark("headers", ofHeaders, "");
  mark("body", ofBody, bodyHint());
  return [...ofHeaders, ...ofBody];
}

// Shows the fields that the chosen function has.
export function refresh() {
  const found = chosen();
  const event = byEvent();
  for (const field of document.querySelectorAll(".of-url")) field.hidden = event;
  $("via-field").hidden = !found?.url || !found.function;
  $("sign-field").hidden = event || !found?.iam;
  $("more-title").textContent = event ? "Event" : "Headers and body";
  $("body-label").textContent = event ? "Event, JSON" : "Body";
  const address = found?.url && !event ? addressOf(found) : "";
  $("url").textContent = address;
  $("url").href = address || "#";
  faults();
}

// A REST API is served below its stage: the path of another function is none of its.
export function adoptPath() {
  const { path = "/" } = chosen() ?? {};
  if (!$("path").value.startsWith(path)) $("path").value = path;
}

function addressOf({ url }) {
  return new URL(url).origin + target($("path").value);
}

// A path and query as they travel: what RFC 3986 does not let through is encoded, all else stays as it was typed.
function target(path) {
  const encoded = path.replace(/[^\w.~%/?:@!$&'()*+,;=[\]-]/gu, encodeURIComponent);
  return encoded.startsWith("/") ? encoded : `/${encoded}`;
}

function contentType(pairs, body) {
  if (!body || pairs.some(([name]) => name.toLowerCase() === "content-type")) return [];
  return [["Content-Type", jsonFaults(body).length ? "text/plain; charset=utf-8" : "application/json"]];
}

function bodyHint() {
  const { event, method, body, headers } = typed();
  if (event) return body.trim() ? "" : "Without an event the function is invoked with {}.";
  if (!body) return "";
  if (WITHOUT_BODY.includes(method)) return `${method} has no body: it is not sent.`;
  const [added] = contentType(parseHeaders(headers).pairs, body);
  return added ? `${added[0]}: ${added[1]} is added.` : "";
}

function jsonFaults(text) {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    return [`The event is not JSON: ${error.message}`];
  }
}

function mark(id, found, hint) {
  $(id).setAttribute("aria-invalid", found.length ? "true" : "false");
  const text = found.join("\n") || hint;
  if ($(`${id}-hint`).textContent !== text) $(`${id}-hint`).textContent = text;
  $(`${id}-hint`).classList.toggle("fault", found.length > 0);
}
