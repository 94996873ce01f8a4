// [data-position]: the site's own point on the page's map, to be dragged; the two numbers follow it and it follows them.
// Needs map.js on the same page.
"use strict";
(() => {
  const form = document.querySelector("[data-position]");
  if (!form) return;
  const east = form.querySelector("[name=longitude]");
  const north = form.querySelector("[name=latitude]");
  document.addEventListener("weidong:map", (event) => {
    const { map } = event.detail;
    const here = () => (east.value && north.value ? L.latLng(Number(north.value), Number(east.value)) : null);
    let pin = null;
    const write = (at) => {
      east.value = at.lng.toFixed(6);
      north.value = at.lat.toFixed(6);
    };
    const put = (at) => {
      if (pin) pin.setLatLng(at);
      else {
        const icon = L.divIcon({ className: "position-pin", iconSize: [36, 36] });
        pin = L.marker(at, { draggable: true, icon, zIndexOffset: 10000, title: form.dataset.words, alt: form.dataset.words }).addTo(map);
        pin.on("dragend", () => write(pin.getLatLng()));
      }
    };
    if (here()) put(here());
    map.on("click", (pressed) => {
      put(pressed.latlng);
      write(pressed.latlng);
    });
    for (const field of [east, north]) field.addEventListener("change", () => here() && put(here()));
  });
})();
