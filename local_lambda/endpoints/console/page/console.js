// The console: sends a request through its server, and shows one run at a time as it goes on.
import { fromHash, toHash } from "./address.js";
import { showBody, update as updateBody } from "./body.js";
import { copy } from "./copy.js";
import { $, batched } from "./dom.js";
import { listEvents, takeEvent } from "./events.js";
import { listCompared, showFigures, showPlot } from "./figures.js";
import { adoptPath, faults, fill, refresh, toSend, typed } from "./form.js";
import { chosen, look, region, watchFunctions } from "./functions.js";
import { list, remember, save, startHistory } from "./history.js";
import { clearLog, updateLog } from "./log_pane.js";
import { followLog } from "./log_stream.js";
import { asCurl, asPython } from "./quoting.js";
import { Run } from "./run.js";
import { send } from "./send.js";
import { statusOf } from "./status.js";

const TICK_MS = 200;
let shown = null;
let told = "";

const render = batched(renderNow);

function renderNow() {
  if (!shown) return;
  showFigures(shown);
  updateBody();
  updateLog(shown);
  buttons();
  keepHistory();
}

// Once a run has ended, and again when its log has told how.
function keepHistory() {
  const { text } = statusOf(shown);
  if (shown.running || text === told) return;
  told = text;
  list(shown);
  save();
}

function buttons() {
  const running = Boolean(shown?.running);
  if (!running && document.activeElement === $("stop")) $("send").focus();
  $("stop").disabled = !running;
}

function show(run) {
  if (shown && shown !== run) leave(shown);
  shown = run;
  told = "";
  run.changed = render;
  clearLog();
  showBody(run);
  listCompared(run);
  list(run);
  render();
  buttons();
  if (run.requestId && !run.logEnded && !run.running) refollow(run);
}

// A run that is not shown any more does nothing more; what it had got by then stays in the history.
function leave(run) {
  run.changed = () => {};
  run.stop();
  run.unfollowing.abort();
}

function refollow(run) {
  run.unfollowing.abort();
  run.unfollowing = new AbortController();
  followLog(run);
}

function sendTyped() {
  const found = faults();
  if (found.length || !chosen()) {
    $("more").open = found.length > 0 || $("more").open;
    const reason = found[0] ?? "there is no function to send it to.";
    showFigures(null);
    $("status").textContent = `Not sent: ${reason}`;
    $("status").className = "broken";
    document.querySelector('[aria-invalid="true"]')?.focus();
    return;
  }
  const run = Object.assign(new Run(toSend()), { typed: typed() });
  remember(run);
  show(run);
  send(run).finally(() => look(listed));
}

function showOld(run) {
  fill(run.typed);
  keepAddress();
  if (run.steps) show(run);
}

function keepAddress() {
  history.replaceState(null, "", toHash(typed()));
}

function copyAs(make, what) {
  const target = chosen();
  if (target) copy(make(toSend(), target, { api: location.origin, region }), what);
}

function listen() {
  $("request").addEventListener("submit", (event) => {
    event.preventDefault();
    sendTyped();
  });
  $("request").addEventListener("input", ({ target }) => {
    if (target === $("function")) adoptPath();
    refresh();
    keepAddress();
  });
  $("stop").addEventListener("click", stop);
  $("curl").addEventListener("click", () => copyAs(asCurl, "curl"));
  $("python").addEventListener("click", () => copyAs(asPython, "Python"));
  $("compare").addEventListener("change", () => showPlot(shown));
  $("event-file").addEventListener("change", async ({ target }) => {
    if (target.value) await takeEvent(target.value);
    target.value = "";
    keepAddress();
  });
  addEventListener("keydown", pressed);
  addEventListener("hashchange", () => fill(fromHash(location.hash)));
  new ResizeObserver(() => showPlot(shown)).observe($("plot"));
}

function pressed(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    sendTyped();
  } else if (event.key === "Escape" && shown?.running) {
    stop();
  }
}

function stop() {
  shown?.stop();
  renderNow();
}

function tick() {
  if (shown?.running) render();
}

let asked = location.hash.length > 1 ? fromHash(location.hash) : null;

function listed() {
  if (asked) fill(asked);
  else adoptPath();
  asked = null;
  refresh();
  listEvents();
}

startHistory(showOld);
listen();
list(null);
listCompared(null);
showPlot(null);
setInterval(tick, TICK_MS);
watchFunctions(listed);
