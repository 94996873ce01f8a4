// [data-map]: a Leaflet map of our own geometry, layers as chips, clusters that show the worst state inside,
// a click opens the side sheet. Written by templates/components/map.html; needs leaflet.js before it.
//
// A layer is a chip [data-map-layer] with
//   data-url        GeoJSON FeatureCollection
//   data-role       "points" (sites: any geometry, interactive) | "areas" (by data-step-of) | "base" (lines and names)
//   data-shape-of, data-shapes   the property that says the kind, and {value: mark of icons/marks.svg}
//   data-tone-of, data-tones     the property that says the state, and {value: tone}
//   data-step-of    the property holding 1–5 (worst to best) of an area
//   data-name-of, data-state-of  properties read out as “name, state”
//   data-link       address of the side sheet, {property} filled in
//   data-alone      its points never vanish in a cluster: each keeps its own mark
//   data-refresh    seconds between reloads, absent for layers that stay
// A feature may bring "shape", "tone", "step", "name", "state", "url" itself.
"use strict";
(() => {
  const WORST = ["danger", "late", "unknown", "working", "waiting", "exercise", "off", "ok"];
  const CELL = 46; // pixels within which points become one
  const APART = 17; // from this zoom on nothing is clustered, stacked points spread

  const mapping = (text) => (text ? JSON.parse(text) : {});
  const fill = (pattern, properties) => pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(properties[name] ?? ""));
  const worst = (tones) => WORST.find((tone) => tones.includes(tone)) || "unknown";

  const look = (chip, feature) => {
    const given = feature.properties;
    const of = (attribute, own) => given[chip.dataset[attribute] || own];
    const tones = mapping(chip.dataset.tones);
    const shapes = mapping(chip.dataset.shapes);
    return {
      tone: given.tone || tones[of("toneOf", "tone")] || "unknown",
      shape: given.shape || shapes[of("shapeOf", "shape")] || "circle",
      step: of("stepOf", "step"),
      name: of("nameOf", "name") || "",
      state: of("stateOf", "state") || "",
      href: given.url || (chip.dataset.link ? fill(chip.dataset.link, { ...given, id: given.id ?? feature.id }) : ""),
    };
  };

  const begin = (box) => {
    const canvas = box.querySelector("[data-map-canvas]");
    const marks = box.dataset.marks;
    const [west, south, east, north] = box.dataset.extent.split(",").map(Number);
    const map = L.map(canvas, { zoomControl: false, maxZoom: 19, minZoom: 9, zoomSnap: 0.25 });
    map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    map.fitBounds([
      [south, west],
      [north, east],
    ]);
    map.createPane("base").style.zIndex = 250;
    map.createPane("areas").style.zIndex = 300; // below the overlay pane: an area must not hide a river or a slope
    map.createPane("names").style.zIndex = 450;
    if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution || "" }).addTo(map);

    const open = (href, from) => {
      if (href) document.dispatchEvent(new CustomEvent("weidong:sheet", { detail: { href, from } }));
    };
    const label = (layer, words) => {
      const element = layer.getElement();
      if (element) element.setAttribute("aria-label", words);
    };
    const svg = (shape, tone) =>
      `<svg class="map-mark tone-${tone}" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">` +
      `<use href="${marks}#${shape}"/><use class="sign" href="${marks}#sign-${tone}"/></svg>`;

    const points = []; // of all layers shown: {at, seen, layer chip}
    const drawn = L.layerGroup().addTo(map);

    const marker = (at, seen) => {
      const words = [seen.name, seen.state].filter(Boolean).join(", ");
      const icon = L.divIcon({ className: `map-point tone-${seen.tone}`, html: svg(seen.shape, seen.tone), iconSize: [24, 24] });
      const pin = L.marker(at, { icon, title: words, riseOnHover: true, zIndexOffset: (WORST.length - WORST.indexOf(seen.tone)) * 100 });
      pin.on("click", () => open(seen.href, pin.getElement()));
      drawn.addLayer(pin);
      label(pin, words);
    };
    const cluster = (members) => {
      const tone = worst(members.map((member) => member.seen.tone));
      const bad = members.filter((member) => member.seen.tone === tone).length;
      const size = members.length > 99 ? 44 : members.length > 9 ? 38 : 34;
      const bounds = L.latLngBounds(members.map((member) => member.at));
      const icon = L.divIcon({ className: `map-cluster tone-${tone}`, html: `${members.length}<svg class="sign" viewBox="0 0 24 24" aria-hidden="true"><use href="${marks}#sign-${tone}"/></svg>`, iconSize: [size, size] });
      const words = box.dataset.clusterWords.replace("{count}", members.length).replace("{bad}", bad).replace("{state}", box.dataset[`tone${tone}`] || "");
      const pin = L.marker(bounds.getCenter(), { icon, title: words, zIndexOffset: (WORST.length - WORST.indexOf(tone)) * 100 });
      pin.on("click", () => map.fitBounds(bounds.pad(0.2), { maxZoom: APART }));
      drawn.addLayer(pin);
      label(pin, words);
    };
    const names = new Set(); // a name is shown only where its outline is wide enough for it
    const fit = () => {
      for (const name of names) {
        const { room } = name.options;
        const wide = map.latLngToLayerPoint(room.getNorthEast()).x - map.latLngToLayerPoint(room.getSouthWest()).x;
        const element = name.getElement();
        if (element) element.hidden = wide < element.textContent.length * 13 + 12;
      }
    };
    const draw = () => {
      fit();
      drawn.clearLayers();
      const zoom = map.getZoom();
      const view = map.getBounds().pad(0.3);
      const groups = [];
      for (const point of points) {
        if (!view.contains(point.at)) continue;
        if ("alone" in point.chip.dataset) {
          marker(point.at, point.seen);
          continue;
        }
        const pixel = map.project(point.at, zoom);
        const reach = zoom >= APART ? 1 : CELL;
        const group = groups.find((one) => one.pixel.distanceTo(pixel) < reach);
        if (group) group.members.push(point);
        else groups.push({ pixel, members: [point] });
      }
      for (const { pixel, members } of groups) {
        if (members.length === 1) marker(members[0].at, members[0].seen);
        else if (zoom < APART) cluster(members);
        else
          members.forEach((member, at) => {
            const turn = (2 * Math.PI * at) / members.length;
            const radius = 16 + members.length * 2;
            marker(map.unproject(pixel.add([radius * Math.cos(turn), radius * Math.sin(turn)]), zoom), member.seen);
          });
      }
    };
    map.on("zoomend moveend", draw);

    const shapes = new Map(); // chip -> the Leaflet layer of its areas and lines
    const hide = (chip) => {
      if (shapes.has(chip)) map.removeLayer(shapes.get(chip));
      for (const name of names) if (!map.hasLayer(name)) names.delete(name);
      shapes.delete(chip);
      for (let at = points.length - 1; at >= 0; at -= 1) if (points[at].chip === chip) points.splice(at, 1);
    };
    const show = (chip, collection) => {
      hide(chip);
      const base = chip.dataset.role === "base";
      const group = L.layerGroup();
      const named = L.layerGroup();
      for (const feature of collection.features) {
        if (!feature.geometry) continue; // not located yet: it stands in the list
        const seen = look(chip, feature);
        if (feature.geometry.type === "Point") {
          const [x, y] = feature.geometry.coordinates;
          points.push({ at: L.latLng(y, x), seen, chip });
          continue;
        }
        const line = feature.geometry.type.endsWith("LineString");
        const className = base
          ? `map-${feature.properties.role || (line ? "road" : "outline")}`
          : `${line ? "map-line" : "map-area"} ${seen.step ? `step-${seen.step}` : `tone-${seen.tone}`}`;
        const drawnFeature = L.geoJSON(feature, { interactive: !base, pane: base ? "base" : chip.dataset.role === "areas" ? "areas" : "overlayPane", style: { className } });
        if (base) {
          if (seen.name && !line)
            named.addLayer(
              L.marker(drawnFeature.getBounds().getCenter(), {
                room: drawnFeature.getBounds(),
                pane: "names",
                interactive: false,
                keyboard: false,
                icon: L.divIcon({ className: "map-name", html: Object.assign(document.createElement("span"), { textContent: seen.name }) }),
              }),
            );
        } else {
          drawnFeature.bindTooltip([seen.name, seen.state].filter(Boolean).join(" · "), { sticky: true });
          drawnFeature.on("click", () => open(seen.href, null));
        }
        group.addLayer(drawnFeature);
      }
      shapes.set(chip, group.addLayer(named).addTo(map));
      named.eachLayer((name) => names.add(name));
      const count = chip.querySelector("[data-map-count]");
      if (count && !base) count.textContent = collection.features.length;
      draw();
    };
    const failed = box.querySelector("[data-map-failed]");
    const load = async (chip) => {
      chip.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(chip.dataset.url, { headers: { Accept: "application/geo+json, application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const collection = await answer.json();
        if (chip.getAttribute("aria-pressed") === "true") show(chip, collection);
        failed.hidden = true;
      } catch {
        failed.hidden = false; // what was drawn before stays
      }
      chip.removeAttribute("aria-busy");
    };
    for (const chip of box.querySelectorAll("[data-map-layer]")) {
      chip.addEventListener("click", () => {
        const on = chip.getAttribute("aria-pressed") !== "true";
        chip.setAttribute("aria-pressed", String(on));
        if (on) load(chip);
        else {
          hide(chip);
          draw();
        }
      });
      if (chip.getAttribute("aria-pressed") === "true") load(chip);
      if (chip.dataset.refresh)
        setInterval(() => {
          if (!document.hidden && chip.getAttribute("aria-pressed") === "true") load(chip);
        }, chip.dataset.refresh * 1000);
    }
    new ResizeObserver(() => map.invalidateSize()).observe(canvas);
    box.dispatchEvent(new CustomEvent("weidong:map", { bubbles: true, detail: { map } }));
  };
  for (const box of document.querySelectorAll("[data-map]")) begin(box);
})();
