// [data-check-in]: one tap locates and sends. The form waits up to eight seconds for a position and is sent without one
// when none comes: a check-in is worth more than its distance. Pressed twice it is sent once.
"use strict";
(() => {
  for (const form of document.querySelectorAll("form[data-check-in]")) {
    const button = form.querySelector("button[type=submit]");
    const words = form.querySelector("[data-check-in-words]");
    const field = (name) => form.querySelector(`[name="${name}"]`);
    let sending = false;
    form.addEventListener("submit", (event) => {
      if (sending) return;
      event.preventDefault();
      if (form.dataset.waiting) return;
      form.dataset.waiting = "1";
      words.textContent = form.dataset.busy;
      const send = () => {
        sending = true;
        words.textContent = form.dataset.sending;
        form.requestSubmit ? form.requestSubmit(button) : form.submit();
        button.disabled = true;
      };
      if (!("geolocation" in navigator) || !window.isSecureContext) return send();
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          field("longitude").value = coords.longitude.toFixed(6);
          field("latitude").value = coords.latitude.toFixed(6);
          field("accuracy_m").value = Math.round(coords.accuracy);
          send();
        },
        send,
        { enableHighAccuracy: true, timeout: 8000, maximumAge: 15000 },
      );
    });
  }
})();
