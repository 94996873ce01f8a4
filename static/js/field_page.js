// [data-field-work]: what the views of the offline page are made of. Words stand in the page, places are [longitude, latitude].
"use strict";
(() => {
  const field = window.weidongField;
  const root = document.querySelector("[data-field-work]");
  if (!root) return;
  const words = root.dataset;
  const person = Number(document.body.dataset.person);
  const FRESH = 300000; // a position older than five minutes is another place

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  };
  const shape = (tone) => root.querySelector(`template[data-shape="${tone}"]`).content.firstElementChild.cloneNode(true);
  const state = (tone, label) => make("span", { class: `state tone-${tone}` }, shape(tone), label);
  const moment = (text) =>
    new Intl.DateTimeFormat(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(text));
  const note = (tone, text) => make("p", { class: `note tone-${tone}`, role: tone === "danger" ? "alert" : "status" }, shape(tone), make("span", {}, text));
  const empty = (text) => make("p", { class: "soft" }, text);
  const filled = (pattern, ...values) => values.reduce((text, value) => text.replace("{}", value), pattern);
  const template = (name) => root.querySelector(`template[data-form="${name}"]`).content.firstElementChild.cloneNode(true);

  // --- position ------------------------------------------------------------------------------------------------------
  const page = { here: null }; // the last position: {position, accuracy_m, at}
  const locate = () =>
    new Promise((resolve) => {
      if (!navigator.geolocation || !window.isSecureContext) return resolve(null);
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          page.here = { position: [Number(coords.longitude.toFixed(6)), Number(coords.latitude.toFixed(6))], accuracy_m: Math.round(coords.accuracy), at: Date.now() };
          resolve(page.here);
        },
        () => resolve(null),
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    });
  const fresh = () => (page.here && Date.now() - page.here.at < FRESH ? page.here : null);
  // A line that says how exact the position of `row` is, and takes it again.
  const placeField = (row) => {
    const said = make("p", { class: "soft", "data-place": true, role: "status" });
    const take = async () => {
      said.textContent = words.locating;
      const place = await locate();
      if (place) {
        row.place = { position: place.position, accuracy_m: place.accuracy_m };
        if (row.touched && row.state === "draft") await field.store.change(row.uuid, (now) => (now.state === "draft" ? { ...now, place: row.place } : null));
      }
      said.textContent = row.place ? filled(words.located, row.place.accuracy_m) : words.unlocated;
    };
    if (row.place) said.textContent = filled(words.located, row.place.accuracy_m);
    else take();
    return make("div", { class: "stack" }, said, make("button", { type: "button", class: "btn btn-block", onclick: take }, words.locateagain));
  };

  // --- drafts and photographs ----------------------------------------------------------------------------------------
  const touch = async (row) => {
    row.touched = true;
    await field.store.put(row);
  };
  const thumbs = (row, item) => {
    const box = make("div", { class: "photos" });
    for (const photo of row.photos.filter((each) => each.item === item)) {
      const image = make("img", { alt: words.photo, width: 72, height: 72 });
      field.store.photo(photo.sha256).then((kept) => kept && (image.src = URL.createObjectURL(new Blob([kept.bytes], { type: kept.type }))));
      box.append(image);
    }
    return box;
  };
  const photoField = (row, item, label, box, { most = Infinity, several = false } = {}) => {
    const shown = make("div");
    const draw = () => shown.replaceChildren(thumbs(row, item));
    draw();
    const input = make("input", {
      type: "file", accept: "image/*", capture: several ? null : "environment", multiple: several, name: item === null ? "photo_site" : `photo_${item}`,
      onchange: async () => {
        for (const file of input.files) {
          if (row.photos.length >= most) {
            box.append(note("late", filled(words.mostphotos, most)));
            break;
          }
          try {
            row.touched = true;
            await field.takePhoto(file, row, item);
          } catch {
            box.append(note("danger", words.photofailed));
          }
        }
        input.value = "";
        draw();
      },
    }); // prettier-ignore
    return make("div", {}, make("label", { class: "item-photo" }, make("span", {}, label), input), shown);
  };
  const draftRow = (kind, about, title, more = {}) => ({
    uuid: crypto.randomUUID(), person, kind, state: "draft", about, title, made_at: Date.now(), photos: [], given: {}, place: null, tries: 0, problem: null, ...more,
  }); // prettier-ignore
  // The record that a draft becomes; `body` as its kind wants it.
  const envelope = (row, body) => ({
    client_uuid: row.uuid,
    kind: row.kind,
    captured_at: new Date().toISOString(),
    position: row.place?.position ?? null,
    accuracy_m: row.place?.accuracy_m ?? null,
    position_source: row.place ? "device" : "",
    photos: row.photos.map(({ sha256, item, taken_at, position }) => ({ sha256, item, taken_at: taken_at ?? null, position: position ?? null })),
    body,
  });

  const draftOf = (rows, kind, about) => rows.filter((row) => row.kind === kind && row.about === about && row.state === "draft").pop();
  const lastOf = (rows, kind, about) =>
    rows.filter((row) => row.kind === kind && row.about === about && row.state !== "draft").sort((one, other) => one.sealed_at - other.sealed_at).pop();
  // `said`: what was reported, in words, for whoever compares it with another version.
  const sealAs = (row, title, said, body) => field.seal({ ...row, title, said }, envelope(row, body));
  const sent = (row) => (row ? make("p", { class: "field-line" }, state(row.state === "acknowledged" ? "ok" : row.state === "refused" ? "danger" : "late", `${row.title} · ${words[`state${row.state}`]}`)) : null);
  const keep = (row, form, names) => {
    for (const name of names)
      for (const input of form.querySelectorAll(`[name="${name}"]`)) {
        if (input.type === "radio") input.checked = row.given[name] ? row.given[name] === input.value : input.checked;
        else if (row.given[name]) input.value = row.given[name];
        input.addEventListener("change", () => {
          row.given[name] = input.value.trim();
          touch(row);
        });
      }
  };
  const valueOf = (form, name) => (form.querySelector(`[name="${name}"]:checked`) || form.querySelector(`[name="${name}"]:not([type=radio])`))?.value.trim() || "";
  const labelOf = (form, name) => form.querySelector(`[name="${name}"]:checked`)?.parentElement.textContent.trim() || form.querySelector(`select[name="${name}"]`)?.selectedOptions[0]?.textContent.trim() || "";

  field.page = Object.assign(page, { root, words, person, make, shape, state, moment, note, empty, filled, template, locate, fresh, placeField, touch, photoField, draftRow, envelope, draftOf, lastOf, sealAs, sent, keep, valueOf, labelOf });
  field.views = {}; // name: draws the view anew; answers with its question
})();
