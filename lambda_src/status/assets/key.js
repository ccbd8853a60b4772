// The API key: asked for once, kept in this tab's session storage until it is closed or forgotten, never in an
// address.
import { find, say } from "./dom.js";

const PLACE = "mailroom-status-key";
const dialog = () => find("key");

export const key = () => sessionStorage.getItem(PLACE) ?? "";

function shown() {
  const known = Boolean(key());
  find("show-key").classList.toggle("on", known);
  find("key-words").textContent = known ? "Key set" : "Key";
  find("forget").hidden = !known;
}

export function forget() {
  sessionStorage.removeItem(PLACE);
  shown();
}

// Ask for it; `why` says what made it necessary.
export function ask(why = "") {
  find("key-why").textContent = why;
  find("key-why").hidden = !why;
  find("key-value").value = "";
  find("key-fault").textContent = "";
  if (!dialog().open) dialog().showModal();
  find("key-value").focus();
}

// `changed` is called when there is another key, or none.
export function start(changed) {
  find("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = find("key-value").value.trim();
    // What a header may hold; anything else is a slip, such as a whole line that was copied.
    if (!/^[\x21-\x7e]{1,256}$/.test(typed)) {
      find("key-fault").textContent = "A key is one word, as `mailroom status key create` printed it.";
      return find("key-value").focus();
    }
    sessionStorage.setItem(PLACE, typed);
    find("key-value").value = "";
    dialog().close();
    shown();
    changed();
  });
  find("forget").addEventListener("click", () => {
    forget();
    dialog().close();
    say("The key is forgotten.");
    changed();
  });
  find("key-close").addEventListener("click", () => dialog().close());
  find("show-key").addEventListener("click", () => ask());
  shown();
}
