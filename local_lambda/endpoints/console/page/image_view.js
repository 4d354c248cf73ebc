// An image as far as it has arrived; shown once it is decoded, so that nothing flickers in between.
import { element } from "./dom.js";

const EVERY_MS = 200;

export class ImageView {
  constructor(pane, { type, failed }) {
    this.type = type;
    this.failed = failed;
    this.pieces = [];
    this.drawn = 0;
    this.image = element("img", { id: "image", alt: "The image as far as it has arrived", hidden: "" });
    pane.replaceChildren(this.image);
  }

  take({ data }) {
    this.pieces.push(data);
  }

  finish() {
    this.finished = true;
    this.#load();
  }

  flush() {
    const now = performance.now();
    if (this.finished || now - this.drawn < EVERY_MS) return;
    this.drawn = now;
    this.#load();
  }

  #load() {
    const url = URL.createObjectURL(new Blob(this.pieces, { type: this.type }));
    const last = this.finished;
    const loading = new Image();
    loading.onload = () => this.#show(url);
    loading.onerror = () => {
      URL.revokeObjectURL(url);
      if (last) this.failed();
    };
    loading.src = url;
  }

  #show(url) {
    if (this.image.src) URL.revokeObjectURL(this.image.src);
    this.image.src = url;
    this.image.hidden = false;
  }
}
