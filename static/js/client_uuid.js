// form[data-mint-uuid]: the device gives a new record its number and keeps it until the server has taken the record,
// so that a form sent twice over a bad network is one record. [data-uuid-taken] on a later page says that it was taken.
// "no": the form came back with a number that the server wants used. Without script the server's number stands.
"use strict";
(() => {
  const store = (() => {
    try {
      sessionStorage.setItem("uuid-probe", "1");
      sessionStorage.removeItem("uuid-probe");
      return sessionStorage;
    } catch {
      return null; // private windows of some browsers refuse
    }
  })();
  if (!store) return;
  const key = `client_uuid:${location.pathname}`;
  const taken = document.querySelector("[data-uuid-taken]")?.dataset.uuidTaken;
  for (const name of Object.keys(store)) if (name.startsWith("client_uuid:") && store.getItem(name) === taken) store.removeItem(name);
  for (const form of document.querySelectorAll("form[data-mint-uuid]")) {
    const field = form.querySelector('[name="client_uuid"]');
    if (!field) continue;
    // randomUUID exists over https and on this machine only; the server's number is as good.
    if (form.dataset.mintUuid === "yes") field.value = store.getItem(key) || crypto.randomUUID?.() || field.value;
    store.setItem(key, field.value);
  }
})();
