// What is said of the run that is shown, besides its body and its log: status, figures, plot, headers, error.
import { $ , element } from "./dom.js";
import { runs, title } from "./history.js";
import { draw } from "./plot.js";
import { errorDetails, errorTitle, statusOf } from "./status.js";
import { clock, seconds, size } from "./units.js";

export function showFigures(run) {
  const { text, tone } = statusOf(run);
  say("status", text);
  $("status").className = tone;
  say("first", run?.first == null ? "–" : seconds(run.first));
  say("total", run ? seconds(run.total ?? run.elapsed) : "–");
  say("bytes", run ? size(run.bytes) : "–");
  say("chunks", run ? String(run.chunks) : "–");
  say("head", run ? head(run) : "");
  showError(run);
  showPlot(run);
}

export function showPlot(run) {
  const other = runs.find((one) => one.steps && compared(one) === $("compare").value);
  draw($("plot"), run && curve(run), other && other !== run ? curve(other) : null);
}

// The runs that can be laid under the one that is shown; unasked, the one before it of the same function.
export function listCompared(run) {
  const others = runs.filter((one) => one.steps && one !== run && one.bytes);
  const options = others.map((one) => element("option", { value: compared(one) }, `${clock(one.at)} ${title(one)}`));
  $("compare").replaceChildren(element("option", { value: "" }, "nothing"), ...options);
  const before = others.find((one) => one.request.name === run?.request.name && one.at < run.at);
  $("compare").value = before ? compared(before) : "";
}

const compared = (run) => String(run.at.getTime());

const curve = (run) => ({ steps: run.steps, chunks: run.chunks, first: run.first ?? 0, elapsed: run.total ?? run.elapsed });

function head({ status, headers, prelude }) {
  const lines = (pairs) => pairs.map(([name, value]) => `${name}: ${value}`).join("\n");
  if (status === null) return "";
  return prelude ? `${lines(headers)}\n\nPrelude: status ${prelude.status}\n${lines(prelude.headers)}` : lines(headers);
}

function showError(run) {
  $("error").hidden = !run?.error || run.phase === "arriving";
  if ($("error").hidden) return;
  say("error-title", errorTitle(run.error));
  say("error-text", errorDetails(run.error));
}

// Only what has changed: a status is read aloud each time that it is set.
function say(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}
