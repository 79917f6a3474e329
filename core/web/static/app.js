// What a page does beyond HTML: the menu on small screens, look-ups, questions before what cannot be undone.
"use strict";

const menuButton = document.querySelector("[data-menu]");
if (menuButton) {
  const menu = document.getElementById("menu");
  menuButton.addEventListener("click", () => {
    const open = menu.classList.toggle("menu-open");
    menuButton.setAttribute("aria-expanded", String(open));
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm || form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  // A second click must not send the form twice; a download keeps its page.
  if (form.method === "post") {
    setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((button) => (button.disabled = true)), 0);
  }
});

// A refused form: each wrong input names its error, all are listed above where there are several, and the
// first one is gone to.
const wrong = [];
for (const row of document.querySelectorAll(".has-error")) {
  const field = row.querySelector("input:not([type=hidden]), select, textarea");
  const why = row.querySelector(".field-error");
  if (!field || !why) continue;
  why.id ||= `wrong-${wrong.length}`;
  field.id ||= `field-${wrong.length}`;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", why.id);
  const label = row.querySelector("legend") || row.querySelector("label");
  wrong.push({ field, why, name: label?.firstChild?.textContent.trim() || label?.textContent.trim() });
}
const complaint = document.querySelector(".alert-danger");
if (complaint && wrong.length > 1) {
  const list = document.createElement("ul");
  list.className = "wrong-list";
  for (const { field, why, name } of wrong) {
    const link = document.createElement("a");
    link.href = `#${field.id}`;
    link.textContent = name || why.textContent.trim();
    link.addEventListener("click", (event) => {
      event.preventDefault();
      field.focus();
    });
    const line = document.createElement("li");
    line.append(link);
    list.append(line);
  }
  complaint.append(list);
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.user-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-all]")) {
    document.querySelectorAll("input[name=rowid]").forEach((box) => (box.checked = field.checked));
  } else if (field.matches("[data-submit]")) {
    field.form.requestSubmit();
  }
});

// What is asked for one function is asked only where that function is claimed.
const askByFunction = () => {
  const functions = [...document.querySelectorAll("input[type=checkbox][name=service_functions]")];
  if (!functions.length) return;
  for (const block of document.querySelectorAll("[data-function]")) {
    block.hidden = !functions.some((box) => box.checked && box.value === block.dataset.function);
  }
};
askByFunction();
document.addEventListener("change", (event) => {
  if (event.target.name === "service_functions") askByFunction();
});

// A look-up: a text field that searches, and a hidden field that keeps the chosen key.
for (const box of document.querySelectorAll("[data-lookup]")) {
  const text = box.querySelector("input[type=search]");
  const key = box.querySelector("input[type=hidden]");
  const list = box.querySelector("[role=listbox]");
  let timer = 0;
  let at = -1;

  const close = () => {
    list.hidden = true;
    at = -1;
    text.setAttribute("aria-expanded", "false");
  };
  const choose = (option) => {
    key.value = option.dataset.key;
    text.value = option.textContent;
    close();
  };
  const show = (rows) => {
    list.replaceChildren(
      ...rows.map(([id, label]) => {
        const option = document.createElement("li");
        option.setAttribute("role", "option");
        option.dataset.key = id;
        option.textContent = label;
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(option);
        });
        return option;
      }),
    );
    list.hidden = rows.length === 0;
    text.setAttribute("aria-expanded", String(rows.length > 0));
    at = -1;
  };
  const search = async () => {
    const answer = await fetch(`${box.dataset.lookup}?query=${encodeURIComponent(text.value)}`);
    if (answer.ok) show(await answer.json());
  };
  text.addEventListener("input", () => {
    key.value = "";
    clearTimeout(timer);
    timer = setTimeout(search, 200);
  });
  text.addEventListener("focus", () => {
    if (!key.value) search();
  });
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    const options = [...list.children];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at = Math.max(0, Math.min(options.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)));
      options.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      choose(options[at]);
    } else if (event.key === "Escape") {
      close();
    }
  });
}

// A file field in the page's language: the words of the browser's own are in the browser's.
for (const input of document.querySelectorAll("input[type=file]")) {
  const box = document.createElement("span");
  const button = document.createElement("span");
  const names = document.createElement("span");
  box.className = "file-field form-control";
  button.textContent = input.multiple ? document.body.dataset.files : document.body.dataset.file;
  const say = () => {
    names.textContent = [...input.files].map((file) => file.name).join(" · ") || document.body.dataset.noFile;
    names.setAttribute("translate", input.files.length ? "no" : "yes");
  };
  say();
  input.addEventListener("change", say);
  input.replaceWith(box);
  input.classList.remove("form-control");
  box.append(button, names, input);
}
wrong[0]?.field.focus();

// What a number that is being typed is taken for; the server says it, as it will read it.
const echoes = new Map();
document.addEventListener("input", (event) => {
  const shown = event.target.id && document.querySelector(`output[data-echo][for="${CSS.escape(event.target.id)}"]`);
  if (!shown) return;
  clearTimeout(echoes.get(shown));
  const typed = event.target.value;
  const ask = async () => {
    const address = `${shown.dataset.echo}&${new URLSearchParams({ typed })}`;
    const answer = await fetch(address, { redirect: "error" }).catch(() => null);
    if (event.target.value === typed) shown.textContent = answer?.ok ? await answer.text() : "";
  };
  echoes.set(shown, setTimeout(ask, 250));
});
