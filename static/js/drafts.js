// form[data-draft="name"]: what is typed is kept on this device until the form was taken by the server.
// Kept apart by person (body[data-person]); passwords, files and hidden fields are never kept; [data-forget-drafts]
// (the sign-out form) clears all. A form with errors keeps what the server sent back.
"use strict";
(() => {
  const PREFIX = `draft:${document.body.dataset.person || "-"}:`;
  const SKIP = new Set(["password", "file", "hidden", "submit", "button", "reset", "image"]);
  const store = (() => {
    try {
      localStorage.setItem("draft-probe", "1");
      localStorage.removeItem("draft-probe");
      return localStorage;
    } catch {
      return null; // private windows of some browsers refuse
    }
  })();
  if (!store) return;

  const fields = (form) =>
    [...form.elements].filter((field) => field.name && !SKIP.has(field.type) && !("draftSkip" in field.dataset));
  const read = (form) =>
    fields(form).map((field) =>
      field.type === "checkbox" || field.type === "radio"
        ? [field.name, field.value, field.checked]
        : field.multiple
          ? [field.name, [...field.selectedOptions].map((option) => option.value), null]
          : [field.name, field.value, null],
    );
  const write = (form, values) => {
    const left = [...values];
    for (const field of fields(form)) {
      const ticked = field.type === "checkbox" || field.type === "radio";
      const at = left.findIndex(([name, value]) => name === field.name && (!ticked || value === field.value));
      if (at < 0) continue;
      const [[, value, checked]] = left.splice(at, 1);
      if (ticked) field.checked = checked;
      else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
      else field.value = value;
    }
  };
  const clock = (at) =>
    new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
  const say = (form, word, at) => {
    const note = form.querySelector("[data-draft-note]");
    if (!note) return;
    note.hidden = false;
    note.querySelector("[data-draft-words]").textContent = note.dataset[word].replace("{}", clock(at));
  };

  const forms = [...document.querySelectorAll("form[data-draft]")];
  const here = new Set(forms.map((form) => PREFIX + form.dataset.draft));
  for (const key of Object.keys(store)) {
    if (!key.startsWith(PREFIX) || here.has(key)) continue;
    // Another page came after sending: the server took it.
    if (JSON.parse(store.getItem(key)).sent) store.removeItem(key);
  }
  for (const form of forms) {
    const key = PREFIX + form.dataset.draft;
    let kept = JSON.parse(store.getItem(key) || "null");
    // A form that comes back to its own page after success (the quick note): the page says that it was taken.
    if (kept?.sent && document.querySelector(`.note.tone-ok, [data-draft-taken="${form.dataset.draft}"]`)) {
      store.removeItem(key);
      kept = null;
    }
    const fresh = read(form);
    if (kept && !form.querySelector("[aria-invalid]") && JSON.stringify(kept.values) !== JSON.stringify(fresh)) {
      write(form, kept.values);
      say(form, "restored", kept.at);
      form.dispatchEvent(new Event("change", { bubbles: true }));
    }
    let timer = 0;
    const keep = () => {
      clearTimeout(timer);
      timer = 0;
      const at = Date.now();
      try {
        store.setItem(key, JSON.stringify({ at, values: read(form) }));
        say(form, "saved", at);
      } catch {
        // full: the form itself still holds everything
      }
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, 400);
    });
    window.addEventListener("pagehide", () => timer && keep());
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      clearTimeout(timer);
      timer = 0;
      store.setItem(key, JSON.stringify({ at: Date.now(), values: read(form), sent: true }));
    });
    form.querySelector("[data-draft-discard]")?.addEventListener("click", () => {
      store.removeItem(key);
      write(form, fresh);
      form.querySelector("[data-draft-note]").hidden = true;
    });
  }
  for (const form of document.querySelectorAll("form[data-forget-drafts]"))
    form.addEventListener("submit", () => {
      for (const key of Object.keys(store)) if (key.startsWith("draft:")) store.removeItem(key);
    });
})();
