// [data-copy="text"] or [data-copy-from="#id"]: copies and says so on the button for two seconds.
"use strict";
(() => {
  const put = async (text) => {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(text);
      return true;
    }
    // Plain http inside the command room's network has no clipboard API.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-copy], [data-copy-from]");
    if (!button || button.dataset.busy) return;
    const from = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
    const text = from ? (from.value ?? from.innerText) : button.dataset.copy;
    if (!(await put(text))) return;
    const label = button.querySelector("[data-copy-label]") || button;
    const before = label.textContent;
    button.dataset.busy = "1";
    label.textContent = button.dataset.copied;
    label.setAttribute("role", "status");
    setTimeout(() => {
      label.textContent = before;
      label.removeAttribute("role");
      delete button.dataset.busy;
    }, 2000);
  });
})();
