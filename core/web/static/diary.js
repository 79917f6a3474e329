// The quick entry: rows of enterprises with their look-up, photos made small before they are sent.
"use strict";

const form = document.querySelector("[data-diary]");

// Which services and campaigns fit what is ticked and the date.
const fit = () => {
  const ticked = [...form.querySelectorAll("[name=accreditation_ids]")].filter((box) => box.type === "hidden" || box.checked);
  const ids = new Set(ticked.map((box) => box.value));
  for (const option of form.querySelectorAll("option[data-of]")) {
    option.hidden = option.disabled = !option.selected && !option.dataset.of.split(" ").some((id) => ids.has(id));
  }
  const day = form.elements.service_date.value;
  for (const option of form.querySelectorAll("option[data-first]")) {
    const runs = !day || (option.dataset.first <= day && day <= option.dataset.last);
    option.hidden = option.disabled = !runs && !option.selected;
  }
};
form?.addEventListener("change", fit);
if (form) fit();

const rows = form?.querySelector("[data-enterprises]");

// One look-up in each row: the name searches, a found one brings its code.
const lookUp = (row) => {
  const name = row.querySelector("[name=enterprise-name]");
  const code = row.querySelector("[name=enterprise-uscc]");
  const list = row.querySelector("[role=listbox]");
  let timer = 0;
  let at = -1;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    at = -1;
    name.setAttribute("aria-expanded", "false");
    name.removeAttribute("aria-activedescendant");
  };
  const choose = (item) => {
    name.value = item.name;
    code.value = item.uscc;
    close();
    blankRow();
  };
  const show = (found) => {
    list.replaceChildren(
      ...found.map((item, index) => {
        const option = document.createElement("li");
        option.setAttribute("role", "option");
        option.id = `${list.id}-${index}`;
        const title = document.createElement("span");
        title.textContent = item.name;
        const note = document.createElement("small");
        note.textContent = [item.uscc, item.served ? form.dataset.served : ""].filter(Boolean).join(" · ");
        option.append(title, note);
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(item);
        });
        option.item = item;
        return option;
      }),
    );
    list.hidden = found.length === 0;
    name.setAttribute("aria-expanded", String(found.length > 0));
    at = -1;
  };
  const search = async (text) => {
    const mine = ++asked;
    const answer = await fetch(`${form.dataset.search}&query=${encodeURIComponent(text)}`);
    const found = answer.ok ? await answer.json() : [];
    if (mine === asked && row.contains(document.activeElement)) show(found);
  };
  const later = (field) => {
    clearTimeout(timer);
    timer = setTimeout(() => search(field.value), 200);
  };
  name.addEventListener("input", () => later(name));
  code.addEventListener("input", () => {
    if (code.value.trim().length >= 4) later(code);
    else close();
  });
  name.addEventListener("focus", () => {
    if (!name.value) search("");
  });
  row.addEventListener("focusout", (event) => {
    if (!row.contains(event.relatedTarget)) close();
  });
  row.addEventListener("keydown", (event) => {
    const options = [...list.children];
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
      event.preventDefault();
      at = Math.max(0, Math.min(options.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)));
      options.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
      name.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && event.target.tagName === "INPUT") {
      // Enter belongs to the list: the form is sent by its buttons.
      event.preventDefault();
      if (at >= 0) choose(options[at].item);
    } else if (event.key === "Escape") {
      close();
    }
  });
  const remove = row.querySelector("[data-remove]");
  remove.hidden = false;
  remove.addEventListener("click", () => {
    if (rows.children.length === 1) {
      name.value = code.value = "";
    } else {
      row.remove();
    }
    rows.querySelector("[name=enterprise-name]")?.focus();
  });
};

let made = 0;
const addRow = () => {
  const row = rows.lastElementChild.cloneNode(true);
  made += 1;
  row.classList.remove("has-error");
  row.querySelector(".field-error")?.remove();
  row.querySelectorAll("[id]").forEach((part) => (part.id = `${part.id}-${made}`));
  row.querySelectorAll("[for]").forEach((label) => label.setAttribute("for", `${label.getAttribute("for")}-${made}`));
  row.querySelectorAll("[aria-controls]").forEach((part) => part.setAttribute("aria-controls", `${part.getAttribute("aria-controls")}-${made}`));
  row.querySelectorAll("input").forEach((field) => (field.value = ""));
  row.querySelector("[role=listbox]").replaceChildren();
  row.querySelector("[role=listbox]").hidden = true;
  rows.append(row);
  lookUp(row);
  return row;
};
const blankRow = () => {
  if (rows.lastElementChild.querySelector("[name=enterprise-name]").value) addRow();
};
if (rows) {
  [...rows.children].forEach(lookUp);
  form.querySelector("[data-add]").addEventListener("click", (event) => {
    event.preventDefault();
    addRow().querySelector("[name=enterprise-name]").focus();
  });
}

// Photos: shown small, and sent no larger than they are kept; the server makes them anew all the same.
const LONGEST = 1600;
const drawn = async (file) => {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  const preview = document.createElement("canvas");
  preview.width = preview.height = 96;
  const side = Math.min(canvas.width, canvas.height);
  preview
    .getContext("2d")
    .drawImage(canvas, (canvas.width - side) / 2, (canvas.height - side) / 2, side, side, 0, 0, 96, 96);
  return [new File([blob], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" }), preview];
};
for (const input of document.querySelectorAll("input[type=file][name=photos]")) {
  const list = input.form.querySelector("[data-previews]");
  input.addEventListener("change", async () => {
    const chosen = new DataTransfer();
    list?.replaceChildren();
    for (const file of input.files) {
      let kept = file;
      let preview = null;
      try {
        [kept, preview] = await drawn(file);
      } catch {
        // What the browser cannot draw goes as it is; the server says what is wrong with it.
      }
      chosen.items.add(kept);
      if (list) {
        const item = document.createElement("li");
        if (preview) item.append(preview);
        item.append(file.name);
        item.setAttribute("translate", "no");
        list.append(item);
      }
    }
    input.files = chosen.files;
  });
}
