// Bytes as they are: their place, their values, and the letters among them.
import { element } from "./dom.js";
import { size } from "./units.js";

const ROW = 16;
const MOST = 64 * 1024;

export class HexView {
  constructor(pane) {
    this.bytes = 0;
    this.row = [];
    this.lines = [];
    this.text = element("pre", { id: "hex" });
    this.cut = element("p", { class: "cut" });
    pane.replaceChildren(this.text, this.cut);
  }

  take({ data }) {
    for (const byte of data.subarray(0, Math.max(0, MOST - this.bytes))) {
      this.row.push(byte);
      if (this.row.length === ROW) this.#line();
    }
    this.bytes += data.length;
  }

  finish() {
    if (this.row.length) this.#line();
  }

  flush() {
    this.text.append(this.lines.splice(0).join(""));
    if (this.bytes > MOST) this.cut.textContent = `… ${size(this.bytes - MOST)} more are left out here: Download has the whole response.`;
  }

  #line() {
    this.lines.push(`${hex(this.place ?? 0, 8)}  ${this.row.map((byte) => hex(byte, 2)).join(" ").padEnd(3 * ROW)} ${letters(this.row)}\n`);
    this.place = (this.place ?? 0) + this.row.length;
    this.row = [];
  }
}

const hex = (number, digits) => number.toString(16).padStart(digits, "0");

const letters = (bytes) => bytes.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·")).join("");
