// [data-draw]: a polygon drawn on the page's map, point by point; the hidden field [name=polygon] holds it as GeoJSON.
// Buttons [data-draw-undo] and [data-draw-clear]. Needs map.js on the same page.
"use strict";
(() => {
  const form = document.querySelector("[data-draw]");
  if (!form) return;
  const field = form.querySelector("[name=polygon]");
  document.addEventListener("weidong:map", (event) => {
    const { map } = event.detail;
    const style = { color: "#0b5cad", weight: 3, fillOpacity: 0.15, interactive: false };
    const shape = L.polygon([], style).addTo(map);
    const dots = L.layerGroup().addTo(map);
    let points = [];
    const show = () => {
      shape.setLatLngs(points);
      dots.clearLayers();
      for (const at of points) L.circleMarker(at, { radius: 5, color: "#0b5cad", fillOpacity: 1, interactive: false }).addTo(dots);
    };
    const write = () => {
      const ring = points.map((at) => [Number(at.lng.toFixed(6)), Number(at.lat.toFixed(6))]);
      field.value = ring.length > 2 ? JSON.stringify({ type: "Polygon", coordinates: [[...ring, ring[0]]] }) : "";
      show();
    };
    if (field.value) {
      points = JSON.parse(field.value).coordinates[0].slice(0, -1).map(([x, y]) => L.latLng(y, x));
      show();
      if (points.length > 2) map.fitBounds(shape.getBounds().pad(0.5), { animate: false });
    }
    if (form.dataset.shape) L.geoJSON(JSON.parse(form.dataset.shape), { style: { ...style, dashArray: "6 6" }, interactive: false }).addTo(map);
    map.on("click", (pressed) => {
      points.push(pressed.latlng);
      write();
    });
    form.querySelector("[data-draw-undo]").addEventListener("click", () => {
      points.pop();
      write();
    });
    form.querySelector("[data-draw-clear]").addEventListener("click", () => {
      points = [];
      write();
    });
  });
})();
