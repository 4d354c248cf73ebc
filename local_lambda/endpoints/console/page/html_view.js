// HTML as a browser shows it while it arrives: in a frame that is sandboxed twice, here and by its server. Nothing
// in it runs, and nothing but the response itself is loaded.
import { element } from "./dom.js";

export class HtmlView {
  constructor(pane, { requestId }) {
    const frame = element("iframe", { id: "frame", title: "The HTML as far as it has arrived", sandbox: "", src: `/console/html/${requestId}` });
    const note = element("p", { class: "cut" }, "No script runs here, and nothing from elsewhere is loaded: open its URL for that.");
    pane.replaceChildren(frame, note);
  }

  take() {}

  finish() {}

  flush() {}
}
