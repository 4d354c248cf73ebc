// Server-sent events as a table: when each came, and what it says.
import { element } from "./dom.js";
import { EventParser } from "./sse.js";
import { seconds } from "./units.js";

const MOST_ROWS = 2000;

export class SseView {
  constructor(pane) {
    this.parser = new EventParser();
    this.rows = [];
    this.left = 0;
    this.note = element("caption", { hidden: "" });
    this.body = element("tbody");
    const titles = ["Time", "Event", "Id", "Data"].map((name) => element("th", { scope: "col" }, name));
    const head = element("thead", {}, element("tr", {}, ...titles));
    pane.replaceChildren(element("table", { id: "events", "aria-label": "Server-sent events" }, this.note, head, this.body));
  }

  take({ time, data }) {
    this.time = time;
    for (const event of this.parser.feed(data)) this.rows.push(row(event, time));
  }

  finish() {
    const open = this.parser.finish();
    if (open) this.rows.push(row(open, this.time, "no empty line follows: clients do not see it"));
  }

  flush() {
    this.body.append(...this.rows.splice(0));
    while (this.body.childElementCount > MOST_ROWS) {
      this.body.firstElementChild.remove();
      this.left += 1;
    }
    this.note.hidden = !this.left;
    this.note.textContent = `The first ${this.left} events are left out here: Download has the whole response.`;
  }
}

function row({ event, id, data, comment, retry }, time, fault = "") {
  const more = [comment && `: ${comment}`, retry && `retry: ${retry}`, fault].filter(Boolean).join("\n");
  const cells = [seconds(time), event || (data ? "message" : ""), id].map((text) => element("td", {}, text));
  const told = element("td", {}, element("span", {}, data), more ? element("span", { class: "aside" }, (data ? "\n" : "") + more) : "");
  return element("tr", data ? {} : { class: "aside" }, ...cells, told);
}
