// Nothing typed is lost: a page that has stood for a while asks who is logged in before it sends, logs in again
// over itself, and keeps what was typed in this tab until the register has it.
"use strict";

{
  const keeping = document.getElementById("keeping");
  const keepingWords = keeping.dataset;
  const STALE = 60_000;
  const PREFIX = "typed:";
  let seenAt = Date.now();

  const ownerOf = (form) => form.dataset.owner ?? document.body.dataset.owner;
  const isOurs = (form) => form.getAttribute("method") === "post" && !keeping.contains(form);
  const standing = async () => {
    const answer = await fetch(keepingWords.session, { cache: "no-store", headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const notice = (form, text) => {
    let place = form.querySelector(":scope > .keeping-note");
    if (!place && text) {
      place = document.createElement("p");
      place.className = "keeping-note alert alert-warning";
      place.setAttribute("role", "alert");
      form.append(place);
    }
    if (place) place.hidden = !text;
    if (place) place.textContent = text;
    if (text) place.scrollIntoView({ block: "nearest" });
  };

  // The site's own login pages, one after another, within the dialog; ends with who is logged in, or null.
  let loggingIn = null;
  const logIn = () => (loggingIn ??= inPlace().finally(() => (loggingIn = null)));
  const inPlace = () =>
    new Promise((done) => {
      const place = keeping.querySelector("[data-place]");
      const ended = new AbortController();
      let at = keepingWords.login;
      const end = (state) => {
        ended.abort();
        place.replaceChildren();
        if (keeping.open) keeping.close();
        done(state);
      };
      const go = async (address, options) => {
        try {
          const answer = await fetch(address, options);
          at = answer.url;
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          const state = await standing();
          if (state.user) return end(state);
          place.replaceChildren(...[...page.querySelectorAll("main .alert, main .card")].map((part) => document.importNode(part, true)));
          place.querySelector("input:not([type=hidden])")?.focus();
        } catch {
          place.replaceChildren(keepingWords.offline);
        }
      };
      keeping.addEventListener("close", () => end(null), { signal: ended.signal });
      keeping.querySelector("[data-close]").addEventListener("click", () => keeping.close(), { signal: ended.signal });
      keeping.addEventListener("submit", (event) => {
        event.preventDefault();
        const form = event.target;
        const body = new URLSearchParams(new FormData(form, event.submitter));
        go(new URL(form.getAttribute("action") || at, at), { method: "POST", body });
      }, { signal: ended.signal });
      keeping.addEventListener("click", (event) => {
        const link = event.target.closest("a[href]");
        if (!link) return;
        event.preventDefault();
        go(new URL(link.getAttribute("href"), at));
      }, { signal: ended.signal });
      keeping.showModal();
      go(at);
    });

  // Whether the form may go now: the same user is logged in and the site is there. Its tokens are fresh then.
  const mayGo = async (form) => {
    const owner = ownerOf(form);
    try {
      notice(form, keepingWords.checking);
      let state = await standing();
      if (!state.user && owner) state = await logIn();
      notice(form, !state ? keepingWords.waits : state.user === owner ? "" : keepingWords.another);
      if (state?.user !== owner) return false;
      for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = state.token;
      seenAt = Date.now();
      return true;
    } catch {
      notice(form, keepingWords.offline);
      return false;
    }
  };
  const isFresh = (form) => navigator.onLine && Date.now() - seenAt < STALE && ownerOf(form) === document.body.dataset.owner;

  const cleared = new WeakSet();
  const go = (form, submitter) => {
    cleared.add(form);
    form.requestSubmit(submitter);
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!isOurs(form)) return;
    if (form.matches("[data-logout]")) return forget(() => true);
    if (cleared.delete(form) || isFresh(form)) return;
    const { submitter } = event;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await mayGo(form)) go(form, submitter);
  }, true);
  // A page that comes back as it was left may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[method=post] button[disabled]").forEach((button) => (button.disabled = false));
  });

  // What is typed, kept in this tab by user, page and form; the server says by a cookie which it has taken.
  const forget = (which) => {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) && which(key)) sessionStorage.removeItem(key);
    }
  };
  const written = (form) =>
    [...form.elements].filter((field) => field.name && !field.closest("[data-lookup]") && !["hidden", "password", "file", "submit", "button", "fieldset"].includes(field.type));
  const stateOf = (form) => {
    const seen = {};
    return written(form).map((field) => {
      const at = (seen[field.name] = (seen[field.name] ?? -1) + 1);
      const boxed = ["checkbox", "radio"].includes(field.type);
      return [field.name, at, boxed ? field.checked : field.value];
    });
  };
  const hasText = (form) => Boolean(form.querySelector("textarea:not([readonly]), input[type=text], input:not([type])")) && !form.querySelector("input[type=password]");
  const taken = document.cookie.match(/(?:^|; )typed_done=(\w+)/)?.[1];
  const owner = document.body.dataset.owner;
  if (owner) forget((key) => !key.startsWith(`${PREFIX}${owner}:`) && !key.startsWith(`${PREFIX}:`));

  const put = (form, draft) => {
    for (const [name, at, value] of draft.fields) {
      let fields = written(form).filter((field) => field.name === name);
      while (fields.length <= at && form.querySelector("[data-add]") && value) {
        const before = fields.length;
        form.querySelector("[data-add]").click();
        fields = written(form).filter((field) => field.name === name);
        if (fields.length === before) break;
      }
      const field = fields[at];
      if (!field) continue;
      if (typeof value === "boolean") field.checked = value;
      else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    form.closest("details")?.setAttribute("open", "");
  };
  const offer = (form, key, draft) => {
    const bar = document.createElement("p");
    bar.className = "keeping-found alert alert-info";
    bar.setAttribute("role", "status");
    const time = new Date(draft.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    bar.append(`${keepingWords.found}${time} `);
    for (const [word, act] of [[keepingWords.restore, () => put(form, draft)], [keepingWords.drop, () => sessionStorage.removeItem(key)]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm";
      button.textContent = word;
      button.addEventListener("click", () => {
        act();
        bar.remove();
      });
      bar.append(button, " ");
    }
    (form.closest("details") ?? form).before(bar);
  };

  const forms = [...document.querySelectorAll("main form")].filter((form) => isOurs(form) && hasText(form));
  for (const [index, form] of forms.entries()) {
    const key = `${PREFIX}${ownerOf(form)}:${location.pathname}${location.search}:${form.getAttribute("action") ?? ""}:${index}`;
    const draft = JSON.parse(sessionStorage.getItem(key) ?? "null");
    if (draft?.id === taken) sessionStorage.removeItem(key);
    else if (draft && JSON.stringify(draft.fields) !== JSON.stringify(stateOf(form))) offer(form, key, draft);
    const id = document.createElement("input");
    id.type = "hidden";
    id.name = "draft";
    id.value = Math.random().toString(36).slice(2, 14);
    form.append(id);
    let timer = 0;
    const keep = () => {
      clearTimeout(timer);
      timer = 0;
      try {
        sessionStorage.setItem(key, JSON.stringify({ id: id.value, at: Date.now(), fields: stateOf(form) }));
      } catch {
        // A full store keeps what it has; the page itself still has the text.
      }
    };
    form.addEventListener("input", (event) => {
      if (!event.isTrusted) return;
      clearTimeout(timer);
      timer = setTimeout(keep, 300);
    });
    for (const [target, name] of [[form, "submit"], [window, "pagehide"]]) {
      target.addEventListener(name, () => timer && keep());
    }
  }

  // Facts that save themselves ask in the same way.
  document.addEventListener("htmx:confirm", async (event) => {
    const form = event.target.closest("form");
    if (!form || isFresh(form)) return;
    event.preventDefault();
    if (await mayGo(form)) event.detail.issueRequest(true);
  });
  // A page that the server gave back unsent goes by itself once its own user is there.
  const unsent = document.querySelector("form[data-unsent]");
  if (unsent && ownerOf(unsent) !== owner) mayGo(unsent).then((may) => may && go(unsent));

  window.mayBeSent = async (form) => isFresh(form) || mayGo(form);
}
