// Moves the bar of every open [data-clock] and says how much is left or by how much it is over.
"use strict";
(() => {
  const tick = () => {
    for (const clock of document.querySelectorAll("[data-clock]:not([data-done])")) {
      const issued = Date.parse(clock.dataset.issued);
      const due = Date.parse(clock.dataset.due);
      const left = (due - Date.now()) / 1000;
      const part = Math.min(Math.max((Date.now() - issued) / Math.max(due - issued, 1), 0), 1);
      const over = left < 0 && !clock.classList.contains("tone-danger");
      clock.classList.toggle("tone-danger", left < 0);
      clock.classList.toggle("tone-late", left >= 0 && part >= 0.75);
      clock.classList.toggle("tone-working", left >= 0 && part < 0.75);
      clock.querySelector(".clock-part").setAttribute("width", part * 100);
      clock.querySelector(".clock-now").setAttribute("x", Math.min(part * 100, 99));
      const words = (left < 0 ? clock.dataset.late : clock.dataset.left).replace("{}", window.weidongDuration(Math.abs(left)));
      const shown = clock.querySelector("[data-clock-words]");
      if (shown.textContent !== words) shown.textContent = words;
      if (over) clock.dispatchEvent(new CustomEvent("weidong:overdue", { bubbles: true }));
    }
  };
  if (window.weidongDuration) setInterval(tick, 10000);
})();
