// Text as it arrives. Of a long one the beginning and the end are shown, and a word says how much is left out.
import { element } from "./dom.js";
import { indented } from "./json_text.js";
import { size } from "./units.js";

const BEGINNING = 200_000; // characters
const END = 200_000;
const NODE = 10_000;

export class TextView {
  // Throws RangeError for a charset that the browser does not know.
  constructor(pane, { charset, pretty = false }) {
    this.decoder = new TextDecoder(charset || "utf-8", { fatal: true });
    this.pretty = pretty;
    this.beginning = element("span");
    this.cut = element("span", { class: "cut" });
    this.end = element("span");
    this.room = BEGINNING;
    this.fresh = "";
    this.nodes = [];
    this.endLength = 0;
    this.leftOut = 0;
    pane.replaceChildren(element("pre", {}, this.beginning, this.cut, this.end));
  }

  // Throws TypeError where the bytes are not of that charset.
  take({ data }) {
    this.#add(this.decoder.decode(data, { stream: true }));
  }

  finish() {
    this.#add(this.decoder.decode());
    this.flush();
    const text = this.pretty && !this.endLength ? indented(this.beginning.textContent) : null;
    if (text !== null) this.beginning.textContent = text;
  }

  flush() {
    if (this.fresh) this.beginning.append(this.fresh);
    this.fresh = "";
    this.end.append(...this.nodes.filter((node) => !node.parentNode));
    if (this.leftOut) this.cut.textContent = `\n… ${size(this.leftOut)} are left out here: Download has the whole response …\n`;
  }

  #add(text) {
    this.fresh += text.slice(0, this.room);
    const rest = text.slice(this.room);
    this.room = Math.max(0, this.room - text.length);
    for (let at = 0; at < rest.length; at += NODE) this.#addToEnd(rest.slice(at, at + NODE));
  }

  #addToEnd(text) {
    const last = this.nodes.at(-1);
    if (last && last.length + text.length <= NODE) last.appendData(text);
    else this.nodes.push(new Text(text));
    this.endLength += text.length;
    while (this.endLength - this.nodes[0].length > END) {
      const first = this.nodes.shift();
      first.remove();
      this.endLength -= first.length;
      this.leftOut += first.length;
    }
  }
}
