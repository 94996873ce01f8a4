// [data-locate]: a button that writes the phone's position into the hidden fields longitude, latitude, accuracy_m.
// Browsers give a position over https (or on this machine) only; without it the form is stored without one.
"use strict";
(() => {
  for (const box of document.querySelectorAll("[data-locate]")) {
    const button = box.querySelector("[data-locate-button]");
    const words = box.querySelector("[data-locate-words]");
    if (!button || !("geolocation" in navigator) || !window.isSecureContext) continue;
    const field = (name) => box.querySelector(`[name="${name}"]`);
    button.hidden = false;
    button.addEventListener("click", () => {
      button.disabled = true;
      words.textContent = box.dataset.busy;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          field("longitude").value = coords.longitude.toFixed(6);
          field("latitude").value = coords.latitude.toFixed(6);
          field("accuracy_m").value = Math.round(coords.accuracy);
          words.textContent = box.dataset.found.replace("{}", Math.round(coords.accuracy));
          button.disabled = false;
        },
        () => {
          words.textContent = box.dataset.failed;
          button.disabled = false;
        },
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    });
  }
})();
