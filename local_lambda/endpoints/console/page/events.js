// The events beside the template: one of them becomes the event, or the request that it tells of.
import { $, element } from "./dom.js";
import { byEvent, fill, typed } from "./form.js";

const TAKEN_OFF = /^(host|content-length|x-forwarded-.*|x-amzn-.*|connection)$/i;

export async function listEvents() {
  const names = await (await fetch("/console/events", { cache: "no-store" })).json();
  $("event-file").replaceChildren(element("option", { value: "" }, "From events/…"), ...names.map((name) => element("option", {}, name)));
  $("event-file").hidden = !names.length;
}

// Fills the form from the file that was chosen.
export async function takeEvent(name) {
  const response = await fetch(`/console/events/${encodeURIComponent(name)}`, { cache: "no-store" });
  const text = await response.text();
  const request = byEvent() ? null : httpRequest(text);
  fill({ ...typed(), ...(request ?? { body: text }) });
  $("more").open = true;
}

// An event of a function URL, as the request that makes it; null for any other.
export function httpRequest(text) {
  try {
    const { version, rawPath, rawQueryString, headers = {}, body = "", isBase64Encoded, requestContext } = JSON.parse(text);
    if (version !== "2.0" || !requestContext?.http) return null;
    const lines = Object.entries(headers).filter(([name]) => !TAKEN_OFF.test(name)).map(([name, value]) => `${name}: ${value}`);
    return {
      method: requestContext.http.method,
      path: rawQueryString ? `${rawPath}?${rawQueryString}` : rawPath,
      headers: lines.join("\n"),
      body: isBase64Encoded ? decoded(body) : body,
    };
  } catch {
    return null;
  }
}

const decoded = (body) => new TextDecoder().decode(Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)));
