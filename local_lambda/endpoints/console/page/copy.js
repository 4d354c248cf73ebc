// Puts a command or a program onto the clipboard; where the browser does not let a page, shows it to be copied.
import { $ } from "./dom.js";

const SHOWN_MS = 2000;

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    $("copied").textContent = `Copied as ${what}`;
    setTimeout(() => ($("copied").textContent = ""), SHOWN_MS);
  } catch {
    $("code").value = text;
    $("code-dialog").showModal();
    $("code").select();
  }
}
