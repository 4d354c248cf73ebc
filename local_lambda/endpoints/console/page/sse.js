// Server-sent events out of bytes: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
export class EventParser {
  constructor() {
    this.decoder = new TextDecoder();
    this.rest = "";
    this.fields = [];
  }

  // Returns the events that are complete: {event, id, data, comment, retry}.
  feed(bytes) {
    return this.#take(this.decoder.decode(bytes, { stream: true }), false);
  }

  // What has come of an event without the empty line at its end: clients do not see it.
  finish() {
    const [open = null] = this.#take(`${this.decoder.decode()}\n\n`, true);
    return open;
  }

  #take(text, last) {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?=[^\n])/);
    this.rest = last ? "" : lines.pop();
    const events = [];
    for (const line of lines) {
      if (line) this.fields.push(field(line));
      else if (this.fields.length) events.push(combined(this.fields.splice(0)));
    }
    return events;
  }
}

function field(line) {
  const colon = line.indexOf(":");
  if (colon === 0) return ["comment", line.slice(1).trim()];
  if (colon < 0) return [line, ""];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
}

function combined(fields) {
  const of = (name) => fields.filter(([key]) => key === name).map(([, value]) => value);
  const one = (name) => of(name).at(-1) ?? "";
  return { event: one("event"), id: one("id"), retry: one("retry"), data: of("data").join("\n"), comment: of("comment").join("\n") };
}
