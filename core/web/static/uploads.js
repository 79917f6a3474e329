// Files dropped on a document of the checklist are handed in for it.
"use strict";

for (const place of document.querySelectorAll("[data-drop]")) {
  const input = place.querySelector(".upload input[type=file]");
  if (!input) continue;
  let depth = 0;
  const mark = (change) => {
    depth = Math.max(0, depth + change);
    place.classList.toggle("dropping", depth > 0);
  };
  place.addEventListener("dragenter", (event) => {
    event.preventDefault();
    mark(1);
  });
  place.addEventListener("dragleave", () => mark(-1));
  place.addEventListener("dragover", (event) => event.preventDefault());
  place.addEventListener("drop", (event) => {
    depth = 0;
    mark(0);
    // On an input itself the browser puts the files in.
    if (event.target.matches("input[type=file]")) return;
    event.preventDefault();
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      input.form.requestSubmit();
    }
  });
}
