// form[data-forget-drafts] (the sign-out form): what this phone keeps of a person goes with him: lists, drafts, photos,
// the token, the pages. What is not sent yet is asked about first, because nobody could send it afterwards.
"use strict";
(() => {
  const field = window.weidongField;
  if (!field?.store || !("indexedDB" in window)) return;
  const leave = async (form) => {
    const person = Number(document.body.dataset.person || 0);
    try {
      const left = (await field.store.records()).filter((row) => row.state !== "acknowledged").length;
      if (left && !window.confirm(form.dataset.unsent.replace("{}", left))) return;
      const token = (await field.store.kept(`token:${person}`))?.token;
      if (token && navigator.onLine)
        await fetch("/api/v1/field/devices/", { method: "DELETE", credentials: "omit", headers: { Authorization: `Device ${token}` } }).catch(() => null);
      await field.store.forget();
      if (window.caches) for (const name of await caches.keys()) if (name.startsWith("weidong-field")) await caches.delete(name);
    } catch {
      // a browser that keeps nothing has nothing to forget
    }
    form.submit();
  };
  for (const form of document.querySelectorAll("form[data-forget-drafts]"))
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      leave(form);
    });
})();
