// Scrolls a pane with what is added to it, until the reader scrolls up; a button takes it up again.
const NEAR_THE_END = 24; // pixels

export class Follower {
  constructor(pane, button) {
    this.pane = pane;
    this.button = button;
    this.following = true;
    pane.addEventListener("scroll", () => this.#scrolled());
    button.addEventListener("click", () => this.restart());
  }

  restart() {
    this.following = true;
    this.grown();
    this.#show();
  }

  // The pane has got more: keep its end in sight.
  grown() {
    if (!this.following) return;
    this.top = this.pane.scrollTop = this.pane.scrollHeight;
    this.top = this.pane.scrollTop;
  }

  #scrolled() {
    const left = this.pane.scrollHeight - this.pane.clientHeight - this.pane.scrollTop;
    if (left < NEAR_THE_END) this.following = true;
    else if (this.pane.scrollTop < (this.top ?? 0)) this.following = false; // up: by the reader, not by growing
    this.top = this.pane.scrollTop;
    this.#show();
  }

  #show() {
    if (this.following && document.activeElement === this.button) this.pane.focus();
    this.button.hidden = this.following;
  }
}
