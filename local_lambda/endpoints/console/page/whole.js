// Sees to it that the page is whole. Where a file of it has not come (Chromium breaks a load off when an address of
// the machine changes, as with the first container that starts), nothing works: it is loaded again.
const AGAIN_MS = 1000;
const INCOMPLETE = "Not all of this page has come. It is loaded again as soon as the local Lambda answers.";
let incomplete = false;

async function loadAgain() {
  for (;;) {
    await new Promise((done) => setTimeout(done, AGAIN_MS));
    if (await answers()) return location.reload();
    document.getElementById("server").textContent = INCOMPLETE;
  }
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
