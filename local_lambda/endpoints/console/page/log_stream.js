// The log of a run, line by line while the function runs; its end says whether the invocation failed.
export async function followLog(run) {
  try {
    const options = { signal: run.unfollowing.signal, cache: "no-store" };
    const response = await fetch(`/console/log/${run.requestId}`, options);
    if (!response.ok) return; // forgotten: what had come of it stays
    run.log = [];
    await read(run, response.body.pipeThrough(new TextDecoderStream()).getReader());
  } catch {
    // Another request was sent, or the server is gone: the page says so elsewhere.
  }
}

async function read(run, reader) {
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) take(run, JSON.parse(line));
    run.changed();
  }
}

function take(run, { line, end, error }) {
  if (line !== undefined) run.log.push(line);
  if (end) run.logEnded = true;
  if (error) run.error ??= error;
}
