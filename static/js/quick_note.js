// form[data-quick-note]: the box of the duty desk. Ctrl+Enter (or ⌘+Enter) stores; Enter inside an input method's
// composition chooses a word and never sends; plain Enter in a one-line field goes on to the next one. The lists
// around it come again every few seconds, the box itself never: what is typed stays until the server has it.
// The server says "weidong:noted" (stored: empty the box, take the next number) or "weidong:renumber" (other words are
// stored under this number: the next press is a new note).
"use strict";
(() => {
  const form = document.querySelector("form[data-quick-note]");
  if (!form || !window.htmx) return;
  const text = form.elements.text;
  const number = form.elements.client_uuid;
  const unsent = form.querySelector("[data-quick-note-unsent]");

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName === "BUTTON") return;
    if (event.isComposing || event.keyCode === 229) return; // the word being chosen, not the note
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.target !== text) {
      event.preventDefault();
      const fields = [...form.elements].filter((field) => field.type !== "hidden" && !field.disabled);
      fields[fields.indexOf(event.target) + 1]?.focus();
    }
  });
  const renumber = (next) => {
    number.value = next;
    try {
      sessionStorage.setItem(`client_uuid:${location.pathname}`, next);
    } catch {
      // private windows of some browsers refuse: the field holds the number
    }
  };
  document.body.addEventListener("weidong:noted", (event) => {
    renumber(event.detail.next);
    form.querySelector("[data-draft-discard]").click(); // forgets the draft and empties every field
    if (text.value) form.reset();
    unsent.hidden = true;
    text.focus();
  });
  document.body.addEventListener("weidong:renumber", (event) => renumber(event.detail.next));
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"])
    form.addEventListener(name, () => {
      unsent.textContent = form.dataset.unsent;
      unsent.hidden = false;
    });
})();
