// The log of the run that is shown, line by line.
import { $ } from "./dom.js";
import { Follower } from "./follow.js";

const follower = new Follower($("log"), $("follow-log"));
let shown = 0;

export function clearLog() {
  shown = 0;
  $("log").textContent = "";
  follower.restart();
}

export function updateLog(run) {
  if (!run.requestId && !run.running && run.status !== null) say("The function was not invoked.");
  if (run.log.length < shown) clearLog(); // it is read anew
  if (run.log.length === shown) return;
  $("log").append(run.log.slice(shown).map((line) => `${line}\n`).join(""));
  shown = run.log.length;
  follower.grown();
}

function say(text) {
  if ($("log").textContent !== text) $("log").textContent = text;
}
