// Sees to it that the page is whole. Where a file of it has not come (Chromium breaks a load off when an address of
// the machine changes, as when a container starts), nothing works: it is loaded again.
const EVERY_MS = 1000;
const ONCE_MORE_MS = 10_000; // what keeps a file from coming (a blocker, say) may last
const INCOMPLETE = "Not all of this page has come. It is loaded again as soon as the local Lambda answers.";
let incomplete = false;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function loadAgain() {
  const [{ type }] = performance.getEntriesByType("navigation");
  await pause(EVERY_MS);
  document.getElementById("server").textContent = INCOMPLETE;
  if (type === "reload") await pause(ONCE_MORE_MS);
  while (!(await answers())) await pause(EVERY_MS);
  location.reload();
}

async function answers() {
  try {
    return (await fetch("/console/functions", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

// An error of an element does not bubble: it is caught on its way down.
addEventListener("error", ({ target }) => {
  if (incomplete || !["SCRIPT", "LINK"].includes(target.tagName)) return;
  incomplete = true;
  loadAgain();
}, true);
