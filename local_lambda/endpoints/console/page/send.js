// Sends a run's request through the console's server, and tells the run what comes.
import { Decoder, json } from "./eventstream.js";
import { followLog } from "./log_stream.js";
import { EventReceiver, UrlReceiver } from "./receive.js";

const LOST = "The connection to the local Lambda broke."; // who broke it is not known: the browser may have

export async function send(run) {
  try {
    const response = await fetch("/console/send", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Local-Lambda-Console": "1" },
      body: JSON.stringify(run.request),
      signal: run.stopping.signal,
      cache: "no-store",
    });
    if (!response.ok) run.end("refused", await response.text());
    else await receive(run, response.body.getReader());
    run.end("lost", LOST); // unless it has ended
  } catch {
    run.end("lost", LOST); // unless it was stopped
  }
}

async function receive(run, reader) {
  const decoder = new Decoder();
  const receiver = run.request.event ? new EventReceiver(run) : new UrlReceiver(run);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const { type, payload } of decoder.feed(value)) {
      if (type === "Invocation") begin(run, json(payload).requestId);
      else if (type === "Head") receiver.head(json(payload));
      else if (type === "PayloadChunk") receiver.take(payload);
      else if (type === "End") receiver.end(json(payload).cut);
    }
  }
}

function begin(run, requestId) {
  run.requestId = requestId;
  followLog(run);
}
