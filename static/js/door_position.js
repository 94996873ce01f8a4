// form[data-door]: carries where the phone is into longitude, latitude, accuracy_m, as proof of the visit. Without a
// position, or without leave to ask for one, the visit is stored without it.
"use strict";
(() => {
  const forms = document.querySelectorAll("form[data-door]");
  if (!forms.length || !("geolocation" in navigator) || !window.isSecureContext) return;
  navigator.geolocation.watchPosition(
    ({ coords }) => {
      for (const form of forms) {
        form.elements.longitude.value = coords.longitude.toFixed(6);
        form.elements.latitude.value = coords.latitude.toFixed(6);
        form.elements.accuracy_m.value = Math.round(coords.accuracy);
      }
    },
    () => {},
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  );
})();
