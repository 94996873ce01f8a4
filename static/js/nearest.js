// [data-nearest]: the button that sorts [data-nearest-list] by the way from where the phone is. The position is used here
// and goes nowhere. Without script or position the list stays as it was written: by area.
"use strict";
(() => {
  const button = document.querySelector("[data-nearest]");
  const list = document.querySelector("[data-nearest-list]");
  if (!button || !list || !navigator.geolocation || !window.isSecureContext) return;
  const note = document.querySelector("[data-nearest-note]");
  const winds = button.dataset.winds.split("|");
  const radians = (degrees) => (degrees * Math.PI) / 180;
  button.hidden = note.hidden = false;

  // The same figures as command/rules/shelters.py: streets turn, and people walk slowly in the rain.
  const way = (x1, y1, x2, y2) => {
    const [a, b, c, d] = [x1, y1, x2, y2].map(radians);
    const half = Math.sin((d - b) / 2) ** 2 + Math.cos(b) * Math.cos(d) * Math.sin((c - a) / 2) ** 2;
    const metres = 2 * 6371000 * Math.asin(Math.sqrt(half));
    const north = Math.cos(b) * Math.sin(d) - Math.sin(b) * Math.cos(d) * Math.cos(c - a);
    const bearing = ((Math.atan2(Math.sin(c - a) * Math.cos(d), north) * 180) / Math.PI + 360) % 360;
    return { metres, wind: winds[Math.round(bearing / 45) % 8], minutes: Math.max(1, Math.round((metres * 4) / 3 / 60)) };
  };

  const sort = ({ coords }) => {
    const places = [...list.children].map((place) => ({
      place,
      way: way(coords.longitude, coords.latitude, Number(place.dataset.x), Number(place.dataset.y)),
    }));
    for (const one of places.sort((a, b) => a.way.metres - b.way.metres)) {
      const words = one.place.querySelector("[data-leg]");
      words.textContent = button.dataset.leg
        .replace("{metres}", Math.round(one.way.metres / 10) * 10)
        .replace("{wind}", one.way.wind)
        .replace("{minutes}", one.way.minutes);
      words.hidden = false;
      list.append(one.place);
    }
    button.hidden = true;
    list.scrollIntoView();
  };

  const failed = () => {
    note.textContent = button.dataset.failed;
    button.hidden = true;
  };

  button.addEventListener("click", () => {
    note.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(
      (position) => {
        note.hidden = true;
        sort(position);
      },
      failed,
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
})();
