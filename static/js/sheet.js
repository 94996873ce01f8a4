// a[data-sheet]: opens its address in the side sheet instead of a new page; with Ctrl, a middle click or without
// script it stays a link. The address may answer an htmx request (HX-Request) with a fragment; of a whole page the
// sheet shows <main>.
"use strict";
(() => {
  const box = document.querySelector("[data-sheet-box]");
  if (!box || !window.htmx) return;
  const body = box.querySelector("#sheet-body");
  let opener = null;

  const mark = (on) => {
    const row = opener && opener.closest("tr, li");
    if (!row) return;
    if (on) row.setAttribute("aria-selected", "true");
    else row.removeAttribute("aria-selected");
  };
  const close = () => {
    if (!box.open) return;
    box.close();
    mark(false);
    body.replaceChildren();
    // What a press opened by itself has no link to go back to: on to where the page wants the cursor.
    const back = opener && opener.isConnected ? opener : document.querySelector("main [data-focus]");
    if (back) back.focus();
    opener = null;
  };
  const open = (href, from) => {
    mark(false);
    opener = from;
    mark(true);
    box.querySelector("[data-sheet-page]").href = href;
    const wait = document.createElement("span");
    wait.className = "skeleton";
    body.replaceChildren(wait);
    if (!box.open) box.show(); // not modal: the map and the list beside it stay in use
    window.htmx.ajax("GET", href, { target: body, swap: "innerHTML" });
    body.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-sheet]");
    if (!link || box.contains(link) || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.href, link);
  });
  document.addEventListener("weidong:sheet", (event) => open(event.detail.href, event.detail.from || null));
  box.querySelector("[data-sheet-close]").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  body.addEventListener("htmx:beforeSwap", (event) => {
    // A view that knows no fragment answers its whole page: what stands in its <main> is meant.
    if (!/<main[\s>]/.test(event.detail.serverResponse)) return;
    const whole = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    event.detail.serverResponse = whole.querySelector("main").innerHTML;
  });
  for (const name of ["htmx:responseError", "htmx:sendError"])
    body.addEventListener(name, () => {
      body.textContent = body.dataset.failed;
    });
})();
