// What has happened, in words and in a colour.
import { REASONS } from "./reasons.js";
import { size } from "./units.js";

// {text, tone}: the tone is good, moved, bad, broken or none.
export function statusOf(run) {
  if (!run) return { text: "–", tone: "" };
  if (run.phase === "sent") return { text: "Sent, waiting", tone: "" };
  if (run.status === null) return { text: unanswered(run), tone: "broken" };
  const line = `${run.status} ${REASONS[run.status] ?? ""}`.trim();
  const { words, tone } = ending(run);
  return { text: `${line}, ${words}`, tone };
}

// Of the function's error, the line that says what it was.
export function errorTitle({ type, body }) {
  const { errorType = type, errorMessage = "" } = parsed(body);
  return errorMessage ? `${errorType}: ${errorMessage}` : errorType;
}

// And where: its stack trace, or whatever else it says.
export function errorDetails({ body }) {
  const { errorType, errorMessage, stackTrace = [], requestId, ...more } = parsed(body);
  const trace = Array.isArray(stackTrace) ? stackTrace.join("") || "" : String(stackTrace);
  const rest = Object.keys(more).length ? JSON.stringify(more, null, 2) : "";
  return [trace.trimEnd(), rest].filter(Boolean).join("\n");
}

function unanswered(run) {
  if (run.phase === "stopped") return "Stopped before the first byte";
  return run.phase === "refused" ? `Not sent: ${run.message}` : run.message;
}

function ending(run) {
  const failed = run.error ? `the function failed${run.bytes ? ` after ${size(run.bytes)}` : ""}` : "";
  if (run.phase === "arriving") return { words: "arriving", tone: toneOf(run.status) };
  if (run.phase === "stopped") return { words: `stopped after ${size(run.bytes)}`, tone: "none" };
  if (run.phase === "lost") return { words: run.message, tone: "broken" };
  if (failed && run.status < 400) return { words: failed, tone: "broken" };
  if (run.phase === "cut") return { words: `cut after ${size(run.bytes)}`, tone: "broken" };
  if (failed) return { words: "the function failed", tone: toneOf(run.status) };
  if (run.status >= 300 && run.status < 400 && run.header("location")) {
    return { words: `to ${run.header("location")}`, tone: toneOf(run.status) };
  }
  if (run.status >= 400 && !run.requestId) return { words: "the function was not invoked", tone: toneOf(run.status) };
  return { words: "complete", tone: toneOf(run.status) };
}

function toneOf(status) {
  if (status < 300) return "good";
  if (status < 400) return "moved";
  return status < 500 ? "bad" : "broken";
}

function parsed(body) {
  try {
    return Object(JSON.parse(body));
  } catch {
    return { errorMessage: body };
  }
}
