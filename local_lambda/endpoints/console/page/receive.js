// What the messages of a response mean for its run: of a URL as they are, of the Lambda API one layer deeper.
import { Decoder, json } from "./eventstream.js";
import { PreludeDecoder } from "./prelude.js";

// A function URL or a REST API.
export class UrlReceiver {
  constructor(run) {
    this.run = run;
  }

  head({ status, headers }) {
    this.run.head(status, headers);
  }

  take(payload) {
    this.run.take(payload);
  }

  end(cut) {
    this.run.end(cut ? "cut" : "complete");
  }
}

// InvokeWithResponseStream: its body is an event stream itself, whose payload may begin with a prelude.
export class EventReceiver extends UrlReceiver {
  #decoder = null;
  #prelude = new PreludeDecoder();

  head({ status, headers }) {
    super.head({ status, headers });
    if (this.run.header("content-type").startsWith("application/vnd.amazon.eventstream")) {
      this.#decoder = new Decoder();
      this.run.contentType = "";
    }
  }

  take(payload) {
    if (!this.#decoder) return super.take(payload);
    for (const message of this.#decoder.feed(payload)) {
      if (message.type === "PayloadChunk") this.#body(this.#prelude.feed(message.payload));
      else if (message.type === "InvokeComplete") this.#complete(json(message.payload));
    }
  }

  #body({ prelude, body }) {
    if (prelude) {
      this.run.prelude = prelude;
      this.run.contentType = prelude.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
    }
    if (body) this.run.take(body);
  }

  #complete({ ErrorCode, ErrorDetails = "" }) {
    this.#body(this.#prelude.finish());
    if (ErrorCode) this.run.fail(ErrorCode, ErrorDetails);
  }
}
