// [data-hold]: a submit button that acts only after two seconds of holding, with finger, mouse, Space or Enter.
// A press without holding (screen readers, switches) arms it; the next press within ten seconds confirms.
"use strict";
(() => {
  const LONG = 2000;
  const ARMED = 10000;
  let held = null;
  let timer = 0;
  let byHand = false; // the click that follows belongs to a finger or a key, not to assistive technology

  const release = () => {
    clearTimeout(timer);
    if (held) held.classList.remove("is-holding");
    held = null;
  };
  const act = (button) => {
    release();
    button.dataset.holdDone = "1";
    if (button.form) button.form.requestSubmit(button);
    else button.dispatchEvent(new CustomEvent("weidong:held", { bubbles: true }));
    delete button.dataset.holdDone;
  };
  const press = (button) => {
    if (held || button.disabled) return;
    if (button.form && !button.form.reportValidity()) return;
    held = button;
    byHand = true;
    button.classList.add("is-holding");
    timer = setTimeout(() => act(button), LONG);
  };
  const target = (event) => (event.target instanceof Element ? event.target.closest("[data-hold]") : null);

  document.addEventListener("pointerdown", (event) => {
    const button = target(event);
    if (button && event.button === 0) press(button);
  });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, release);
  document.addEventListener("pointerout", (event) => {
    if (held && target(event) === held && !held.contains(event.relatedTarget)) release();
  });
  document.addEventListener("contextmenu", (event) => {
    if (target(event)) event.preventDefault(); // a long press on a phone
  });
  document.addEventListener("keydown", (event) => {
    const button = target(event);
    if (!button || (event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault(); // the click would come at once with Enter
    if (!event.repeat) press(button);
  });
  document.addEventListener("keyup", (event) => {
    if (target(event)) event.preventDefault();
    release();
  });
  window.addEventListener("blur", release);

  document.addEventListener(
    "click",
    (event) => {
      const button = target(event);
      if (!button) return;
      event.preventDefault();
      const hand = byHand || event.detail > 0;
      byHand = false;
      if (hand) return;
      if (button.classList.contains("is-armed")) {
        button.classList.remove("is-armed");
        act(button);
        return;
      }
      const label = button.querySelector("[data-hold-label]");
      const before = label.textContent;
      label.textContent = button.dataset.again;
      button.classList.add("is-armed");
      setTimeout(() => {
        label.textContent = before;
        button.classList.remove("is-armed");
      }, ARMED);
    },
    true,
  );
  // Enter in a text field presses the first button of its form: a held button is never pressed that way.
  document.addEventListener(
    "submit",
    (event) => {
      const button = event.submitter;
      if (!button || !button.matches("[data-hold]") || button.dataset.holdDone) return;
      event.preventDefault();
      event.stopImmediatePropagation(); // htmx sends without asking whether the event was prevented
    },
    true,
  );
})();
