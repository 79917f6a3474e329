// Facts saved as they are left: what could not be saved is said at its field.
"use strict";

const words = document.getElementById("facts-form").dataset;
const say = (row, text, failed) => {
  const place = row?.querySelector(".saved");
  if (!place) return;
  place.textContent = text;
  place.classList.toggle("failed", Boolean(failed));
};

document.addEventListener("htmx:beforeRequest", (event) => say(event.detail.elt, words.busy));
// After the login has run out the answer is the login's page: it is none of ours.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.xhr.responseURL.includes("/facts/")) {
    event.detail.shouldSwap = false;
    say(event.detail.elt, words.failed, true);
  }
});
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => say(event.detail.elt, words.failed, true));
}
// Enter in a field saves that field, as leaving it does.
document.getElementById("facts-form").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input:not([type=checkbox])")) {
    event.preventDefault();
    event.target.blur();
    event.target.focus();
  }
});
