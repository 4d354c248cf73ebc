// One request and what has come back for it. It knows nothing of the page: what is shown of which run, and when,
// is for others to say, so that nothing of an earlier run can get into a later one.

// More than a plot can show.
const MOST_STEPS = 5000;

export class Run {
  constructor(request) {
    this.request = request;
    this.at = new Date();
    this.begun = performance.now();
    this.phase = "sent"; // then arriving, and complete, cut, stopped, lost or refused
    this.requestId = null;
    this.status = null;
    this.headers = [];
    this.pieces = []; // {time, data}; null when they are not kept any more
    this.steps = [[0, 0]]; // [milliseconds, bytes until then]
    this.bytes = 0;
    this.chunks = 0;
    this.first = null;
    this.total = null;
    this.log = [];
    this.logEnded = false;
    this.error = null; // {type, body}: what the function, or the platform, says of the failure
    this.message = "";
    this.changed = () => {};
    this.stopping = new AbortController();
    this.unfollowing = new AbortController();
  }

  get running() {
    return this.phase === "sent" || this.phase === "arriving";
  }

  get elapsed() {
    return performance.now() - this.begun;
  }

  header(name) {
    return this.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? "";
  }

  head(status, headers) {
    if (!this.running) return;
    this.phase = "arriving";
    this.status = status;
    this.headers = headers;
    this.changed();
  }

  take(data) {
    if (!this.running || !data.length) return;
    const time = this.elapsed;
    this.first ??= time;
    this.bytes += data.length;
    this.pieces.push({ time, data });
    this.chunks += 1;
    this.steps.push([time, this.bytes]);
    if (this.steps.length > MOST_STEPS) this.steps = this.steps.filter((_, index) => index % 2 === 0);
    this.changed();
  }

  fail(type, body) {
    this.error = { type, body };
    this.changed();
  }

  end(phase, message = "") {
    if (!this.running) return;
    this.phase = phase;
    this.message = message;
    this.total = this.elapsed;
    this.changed();
  }

  // At once, whatever is on its way; the function runs on, as on AWS, and so does its log.
  stop() {
    this.end("stopped");
    this.stopping.abort();
  }
}
