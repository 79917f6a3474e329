// Files: too large ones are told before they are sent, and where nothing but files is asked each goes in a
// request of its own, with its progress; afterwards the page is back at the item, with what was refused and why.
"use strict";

{
  const words = document.getElementById("keeping").dataset;
  const mostSent = Number(words.mostSent);
  const NOTES = "uploads:";
  const isUpload = (form) =>
    form.querySelectorAll("input[type=file]").length === 1 &&
    [...form.elements].every((field) => ["hidden", "file", "submit", "button", "fieldset"].includes(field.type));
  const mostOf = (input) => Number(input.dataset.most ?? words.mostFile);
  const filesOf = (form) => [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  const item = (form) => form.closest("[data-drop], section[id], details[id], .card[id]");

  const line = (text, tone) => {
    const note = document.createElement("p");
    note.className = `upload-note alert alert-${tone === "good" ? "success" : "danger"}`;
    note.setAttribute("role", tone === "good" ? "status" : "alert");
    note.textContent = text;
    return note;
  };
  const clear = (form) => form.querySelectorAll(".upload-note, .upload-progress").forEach((part) => part.remove());
  // What is wrong with the choice of files, before any byte of it is sent.
  const refusals = (form) => {
    const files = filesOf(form);
    const large = [...form.querySelectorAll("input[type=file]")].flatMap((input) =>
      [...input.files]
        .filter((file) => file.size > mostOf(input) * 1024 * 1024)
        .map((file) => `${file.name}: ${words.tooLarge.replace("{mb}", mostOf(input))}`),
    );
    const empty = files.filter((file) => file.size === 0).map((file) => `${file.name}: ${words.empty}`);
    const all = files.reduce((sum, file) => sum + file.size, 0);
    const together = !isUpload(form) && all > mostSent ? [words.together] : [];
    return [...large, ...empty, ...together];
  };
  const look = (form) => {
    clear(form);
    const wrong = refusals(form);
    form.append(...wrong.map((text) => line(text)));
    return wrong.length === 0;
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file]") && event.target.form) look(event.target.form);
  });

  const why = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const said = (where) => [...new Set([...page.querySelectorAll(where)].map((part) => part.textContent.trim()))].join(" ");
    return { refused: said("main .alert-danger, main .lead") || said("main .field-error") || page.querySelector("main h1")?.textContent || words.offline, good: page.querySelector("main .alert-success")?.textContent.trim() };
  };
  const post = (form, input, file, bar) =>
    new Promise((done) => {
      const data = new FormData(form);
      data.delete(input.name);
      data.append(input.name, file, file.name);
      const request = new XMLHttpRequest();
      request.open("POST", form.getAttribute("action") || location.href);
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = event.loaded / event.total;
      });
      request.addEventListener("load", () => done({ reached: true, taken: request.status < 400, ...why(request.responseText) }));
      request.addEventListener("error", () => done({ reached: false }));
      request.send(data);
    });
  const left = (input, files) => {
    const chosen = new DataTransfer();
    files.forEach((file) => chosen.items.add(file));
    input.files = chosen.files;
  };
  // What goes is sent one after another; the page is made anew when all of it has gone, so that none is cut off.
  const told = [];
  const stopped = new Set();
  let queue = Promise.resolve();
  let waiting = 0;
  const send = (form) => {
    const files = filesOf(form);
    form.querySelector("button[type=submit]").disabled = true;
    stopped.delete(form);
    waiting += 1;
    queue = queue.then(() => sendOne(form, files)).then(() => {
      waiting -= 1;
      if (waiting || stopped.size) return;
      sessionStorage.setItem(NOTES, JSON.stringify({ path: location.pathname, told }));
      const { place } = told.at(-1);
      if (place) history.replaceState(null, "", `#${place}`);
      location.reload();
    });
  };
  const sendOne = async (form, files) => {
    const input = form.querySelector("input[type=file]");
    const button = form.querySelector("button[type=submit]");
    const notes = [];
    for (const [at, file] of files.entries()) {
      clear(form);
      const bar = document.createElement("progress");
      bar.className = "upload-progress";
      bar.setAttribute("aria-label", `${file.name} ${at + 1}/${files.length}`);
      form.append(bar);
      const answer = (await window.mayBeSent(form)) ? await post(form, input, file, bar) : { reached: false };
      if (!answer.reached) {
        // What has not gone stays chosen; what has gone is not sent twice.
        clear(form);
        left(input, files.slice(at));
        form.append(line(words.interrupted));
        button.disabled = false;
        stopped.add(form);
        return;
      }
      notes.push(answer.taken ? [answer.good || words.taken, "good"] : [answer.refused.includes(file.name) ? answer.refused : `${file.name}: ${answer.refused}`, "bad"]);
    }
    const shown = notes.filter(([text, tone], at) => tone !== "good" || notes.findIndex(([other]) => other === text) === at);
    told.push({ place: item(form)?.id ?? "", action: form.getAttribute("action"), shown });
    left(input, []);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    button.disabled = false;
    form.append(...shown.map(([text, tone]) => line(text, tone)));
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method") !== "post" || !filesOf(form).length) return;
    if (!look(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (isUpload(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      send(form);
    }
  }, true);

  const noted = JSON.parse(sessionStorage.getItem(NOTES) ?? "null");
  if (noted?.path === location.pathname) {
    sessionStorage.removeItem(NOTES);
    for (const { place: id, action, shown } of noted.told) {
      const form = [...document.querySelectorAll("main form")].find((each) => each.getAttribute("action") === action);
      const place = document.getElementById(id) ?? form?.closest(".card") ?? document.getElementById("main");
      // Beside the input that it is about, or the step that has it; where that is gone, at the top of the item.
      const shut = form?.closest("details:not([open])");
      const where = shut?.parentElement ?? form ?? place.querySelector(".card-body") ?? place;
      const said = [...where.querySelectorAll(":scope > .upload-note")].map((note) => note.textContent);
      const notes = shown.filter(([text]) => !said.includes(text)).map(([text, tone]) => line(text, tone));
      if (shut) shut.after(...notes);
      else if (form) form.append(...notes);
      else where.prepend(...notes);
      place.scrollIntoView({ block: "start" });
      notes.at(-1)?.scrollIntoView({ block: "nearest" });
    }
  }

  // Files dropped on an item are handed in for it.
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
}
