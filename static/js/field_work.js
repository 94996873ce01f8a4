// [data-field-work]: the page that works without network. What it shows comes from the pack on this phone, what is done
// here goes into the outbox. #sites, #site=<code>, #doors, #duties, #queue; the rest in field_reports.js and field_visits.js.
"use strict";
(() => {
  const field = window.weidongField;
  if (!field?.page) return;
  const { root, words, person, make, shape, state, moment, note, empty, filled, placeField, touch, photoField, draftRow, envelope } = field.page;
  const csrf = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const view = (name) => root.querySelector(`[data-view="${name}"]`);
  const question = document.querySelector("[data-field-question]");
  const head = document.querySelector("[data-outbox-bar]");
  let pack = null;
  let rows = [];
  let map = null;

  const mine = () => rows.filter((row) => row.person === person);
  const far = (site) => {
    if (!field.page.here || !site.position) return "";
    const metres = field.metresApart(field.page.here.position, site.position);
    return metres < 1000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`;
  };

  // --- sites and the map ---------------------------------------------------------------------------------------------
  const stands = (code) => {
    const row = mine().filter((each) => each.kind === "inspection" && each.about === code && each.state !== "acknowledged").pop();
    if (row) return state(row.state === "draft" ? "working" : row.state === "refused" ? "danger" : "late", words[`state${row.state}`]);
    const done = mine().some((each) => each.kind === "inspection" && each.about === code);
    return done ? state("ok", words.stateacknowledged) : null;
  };
  const dueWords = (site) => {
    if (!site.due_at) return null;
    const late = Date.parse(site.due_at) < Date.now();
    return state(late ? "danger" : "waiting", filled(late ? words.waslate : words.due, moment(site.due_at)));
  };
  const showSites = () => {
    const list = view("sites").querySelector("[data-list]");
    const found = field.found(view("sites"), pack.sites, (site) => `${site.name} ${site.code} ${site.address} ${site.kind_label}`);
    list.replaceChildren(
      ...field.walkCards(pack, mine()),
      ...field.inOrder(found, field.page.here?.position).map((site) =>
        make(
          "a",
          { class: "phone-card", href: `#site=${encodeURIComponent(site.code)}` },
          make("h2", {}, site.name),
          make("p", { class: "field-line" }, dueWords(site), stands(site.code), make("span", { class: "soft" }, [site.kind_label, far(site)].filter(Boolean).join(" · "))),
        ),
      ),
    );
    if (!found.length) list.append(empty(pack.sites.length ? words.notfound : words.nosites));
    const owed = pack.sites.filter((site) => site.due_at).length;
    question.textContent = owed ? filled(words.owed, owed) : filled(words.noneowed, pack.sites.length);
  };
  const showMap = () => {
    const box = view("sites").querySelector("[data-field-map]");
    // A box without ground or pins says nothing: it is there when there is something to show.
    box.hidden = !window.L || !pack.sites.some((site) => site.position);
    if (map || box.hidden) return;
    map = window.L.map(box.querySelector("[data-canvas]"), { attributionControl: false, zoomControl: true, maxZoom: 18 });
    const ground = window.L.geoJSON(
      pack.outlines.map((each) => ({ type: "Feature", properties: {}, geometry: each.shape })),
      { interactive: false, style: { className: "map-outline" } },
    ).addTo(map);
    const pins = window.L.featureGroup().addTo(map);
    for (const site of pack.sites) {
      if (!site.position) continue;
      const icon = window.L.divIcon({
        className: `map-point tone-${site.tone}`,
        html: `<svg class="map-mark tone-${site.tone}" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true"><use href="${words.marks}#${site.shape}"/><use class="sign" href="${words.marks}#sign-${site.tone}"/></svg>`,
        iconSize: [28, 28],
      });
      window.L.marker([site.position[1], site.position[0]], { icon, title: site.name })
        .on("click", () => (location.hash = `#site=${encodeURIComponent(site.code)}`))
        .addTo(pins);
    }
    const here = field.page.here?.position;
    if (here) window.L.circleMarker([here[1], here[0]], { radius: 8, className: "map-line tone-working" }).addTo(map);
    map.fitBounds((pins.getLayers().length ? pins : ground).getBounds().pad(0.2), { maxZoom: 16 });
  };

  // --- the checklist -------------------------------------------------------------------------------------------------
  const openSite = async (code) => {
    const site = pack.sites.find((each) => each.code === code);
    const checklist = site && pack.checklists.find((each) => each.kind === site.kind);
    const box = view("site");
    if (!site || !checklist) {
      box.replaceChildren(...[site ? field.siteCard(site) : null, note("late", site ? words.nochecklist : words.nosite)].filter(Boolean));
      question.textContent = site ? site.name : words.nosite;
      return;
    }
    question.textContent = filled(words.tolookat, site.name, checklist.items.length);
    const kept = mine().find((row) => row.kind === "inspection" && row.state === "draft" && row.about === code && row.checklist === checklist.id);
    const row = kept || draftRow("inspection", code, site.name, { checklist: checklist.id, answers: {}, note: "" });
    box.replaceChildren(...[field.siteCard(site), field.findingsAt(pack, code), checklistForm(site, checklist, row)].filter(Boolean));
  };
  const checklistForm = (site, checklist, row) => {
    const said = make("textarea", { class: "form-control", rows: 3, maxlength: 1000, "aria-label": words.note, placeholder: words.note, onchange: () => { row.note = said.value.trim(); touch(row); } }, row.note); // prettier-ignore
    const form = make(
      "form",
      {
        class: "inspect", novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          sealInspection(row, checklist, form);
        },
      }, // prettier-ignore
      ...checklist.items.map((item, at) => field.page.itemField(row, item, at + 1)),
      make("div", { class: "panel stack" }, photoField(row, null, words.photosite, root), said, placeField(row)),
      make("button", { type: "submit", class: "btn btn-primary btn-big btn-block" }, words.seal),
    );
    return form;
  };
  const sealInspection = async (row, checklist, form) => {
    if (field.page.lacks(form, checklist.items, row)) return;
    await field.seal(
      row,
      envelope(row, {
        site: row.about,
        checklist: checklist.id,
        answers: field.page.answersOf(checklist.items, row),
        note: row.note,
      }),
    );
    location.hash = "#sites";
  };

  // --- doors and duties ----------------------------------------------------------------------------------------------
  const sealShort = (kind, about, title, body) => {
    const uuid = crypto.randomUUID();
    const at = field.page.fresh();
    return field.seal(
      { uuid, person, kind, about, title, photos: [] },
      { client_uuid: uuid, kind, captured_at: new Date().toISOString(), position: at ? at.position : null, accuracy_m: at ? at.accuracy_m : null, position_source: at ? "device" : "", photos: [], body },
    );
  };
  const last = (kind, about) => mine().filter((row) => row.kind === kind && row.about === about && row.state !== "draft").sort((one, other) => one.sealed_at - other.sealed_at).pop();
  const stateOf = (row, label) => state(row.state === "acknowledged" ? "ok" : row.state === "refused" ? "danger" : "late", `${label} · ${words[`state${row.state}`]}`);
  const showDoors = () => {
    const list = view("doors").querySelector("[data-list]");
    const left = pack.doors.flatMap((each) => each.doors).filter((door) => !door.settled && !last("door_visit", door.audience)).length;
    question.textContent = filled(words.doorsleft, left);
    const homes = field.homesLeft(pack, mine());
    list.replaceChildren(
      ...(pack.homes.length ? [make("a", { class: "btn btn-big btn-block", href: "#homes" }, filled(words.gohomes, homes))] : []),
      ...pack.doors.flatMap((each) => [
        make("details", { class: "phone-card" }, make("summary", {}, each.headline), make("p", {}, each.caution), make("p", {}, each.measures)),
        ...each.doors.filter((door) => !door.settled || last("door_visit", door.audience)).map((door) => doorCard(door)),
      ]),
    );
    if (!pack.doors.length) list.append(empty(words.nodoors));
  };
  const doorCard = (door) => {
    const done = last("door_visit", door.audience);
    const press = (outcome) =>
      make("button", { type: "button", class: outcome === "need_help" ? "btn btn-danger" : "btn", onclick: () => sealShort("door_visit", door.audience, `${door.door} ${words[`outcome${outcome}`]}`, { audience: door.audience, outcome, note: "" }) }, words[`outcome${outcome}`]);
    return make(
      "section",
      { class: `phone-card ${door.needs_help ? "tone-danger" : door.must_reach ? "tone-late" : ""}` },
      make("h2", {}, door.door),
      make("p", { class: "field-line" }, `${door.head} · ${filled(words.persons, door.persons)}`, door.must_reach ? state("late", door.must_reach) : null, done ? stateOf(done, words[`outcome${done.outcome || doneOutcome(done)}`]) : null),
      done && done.state !== "refused" ? null : make("div", { class: "answers" }, ...["told", "nobody", "refused", "need_help"].map(press)),
    );
  };
  const doneOutcome = (row) => Object.keys({ told: 1, nobody: 1, refused: 1, need_help: 1 }).find((outcome) => row.title.endsWith(words[`outcome${outcome}`]));
  const showDuties = () => {
    const list = view("duties").querySelector("[data-list]");
    question.textContent = filled(words.dutiesopen, pack.duties.length);
    list.replaceChildren(...pack.duties.map(dutyCard));
    if (!pack.duties.length) list.append(empty(words.noduties));
  };
  const dutyCard = (duty) => {
    const done = last("duty_answer", duty.uuid);
    const said = make("input", { class: "form-control", type: "text", maxlength: 500, placeholder: words.note, "aria-label": `${words.note}: ${duty.title}` });
    const press = (verb) =>
      make("button", {
        type: "button", class: verb === "acknowledge" ? "btn btn-primary" : "btn",
        onclick: () => {
          if (verb === "decline" && !said.value.trim()) {
            said.focus();
            said.placeholder = words.saywhy;
            return;
          }
          sealShort("duty_answer", duty.uuid, `${duty.title} ${words[`verb${verb}`]}`, { duty: duty.uuid, verb, note: said.value.trim(), base_version: duty.version });
        },
      }, words[`verb${verb}`]); // prettier-ignore
    const verbs = duty.finding ? duty.verbs.filter((verb) => verb !== "report") : duty.verbs; // mended is shown, not said
    const more = duty.finding ? make("a", { class: "btn btn-block", href: `#fix=${duty.finding}` }, words.reportmended) : duty.walk ? make("a", { class: "btn btn-primary btn-block", href: `#patrol=${duty.walk}` }, words.gowalk) : duty.site ? make("a", { class: "btn btn-block", href: `#site=${encodeURIComponent(duty.site)}` }, words.inspect) : duty.doors ? make("a", { class: "btn btn-block", href: "#doors" }, words.godoors) : null;
    return make(
      "section",
      { class: "phone-card stack" },
      make("h2", {}, duty.exercise ? `${words.exercise} ${duty.title}` : duty.title),
      duty.body ? make("p", {}, duty.body) : null,
      make("p", { class: "field-line" }, state(Date.parse(duty.due_at) < Date.now() ? "danger" : "waiting", `${duty.state_label} · ${filled(words.due, moment(duty.due_at))}`), done ? stateOf(done, words.answered) : null),
      more,
      verbs.length ? said : null,
      verbs.length ? make("div", { class: "answers answers-row" }, ...verbs.map(press)) : null,
    );
  };

  // --- the queue -----------------------------------------------------------------------------------------------------
  const OTHER = /^conflict_other/; // the number was taken: the same again goes under a number of its own
  const TONES = { draft: "working", sealed: "late", sending: "working", acknowledged: "ok", refused: "danger" };
  const FORMS = { inspection: (row) => `#site=${encodeURIComponent(row.about)}`, danger: () => "#danger", closure: (row) => `#road=${encodeURIComponent(row.about)}`, fix: (row) => `#fix=${row.about}`, household: (row) => `#home=${row.about}`, patrol_point: (row) => `#patrol=${row.walk}`, control: (row) => `#control=${row.about}` };
  const lines = (pairs) => make("dl", { class: "field-version" }, ...pairs.filter(([, text]) => text).flatMap(([label, text]) => [make("dt", {}, label), make("dd", {}, text)]));
  // An inspection in the words of its checklist, as far as this phone has it.
  const answered = ({ body, captured_at }) => {
    const asked = new Map((pack?.checklists || []).flatMap((each) => each.items).map((item) => [item.id, item.text]));
    const said = body.answers.map((each) => [asked.get(each.item) || `${each.item}`, [words[`result${each.result}`], each.note].filter(Boolean).join(" · ")]);
    return lines([...(captured_at ? [[words.takenat, moment(captured_at)]] : []), ...said, [words.note, body.note]]);
  };
  const version = (given) =>
    Array.isArray(given.body?.answers) ? answered(given) : Object.values(given).every((value) => typeof value === "string") ? lines(Object.entries(given)) : make("pre", { class: "field-version" }, JSON.stringify(given, null, 1));
  const both = (told, row) => {
    if (!told?.stored || !Object.keys(told.stored).length) return null;
    return make("details", {}, make("summary", {}, words.bothversions), make("h3", {}, words.storedversion), version(told.stored), make("h3", {}, words.ownversion), row.said ? lines(row.said) : version(told.given ?? row.record ?? {}));
  };
  const mend = async (row) => {
    await field.redraft(row.uuid);
    location.hash = FORMS[row.kind](row);
  };
  const discard = async (row) => {
    if (!window.confirm(filled(words.reallydiscard, row.title))) return;
    await field.store.remove(row.uuid);
    await field.store.sweepPhotos();
    document.dispatchEvent(new CustomEvent("weidong:outbox"));
  };
  const queueCard = (row) =>
    make(
      "section",
      { class: `phone-card stack ${row.state === "refused" ? "tone-danger" : ""}`, "data-row": row.uuid, "data-state": row.state },
      make("h2", {}, row.title),
      make("p", { class: "field-line" }, state(TONES[row.state], words[`state${row.state}`]), make("span", { class: "soft" }, [moment(row.sealed_at || row.made_at), row.photos.length ? filled(words.photocount, row.photos.length) : ""].filter(Boolean).join(" · "))),
      row.problem ? make("p", { class: "field-error" }, row.problem.code === "photo_lost" ? words.photolost : row.problem.title) : null,
      row.receipt?.news ? note("late", row.receipt.news.title) : null,
      both(row.problem || row.receipt?.news, row),
      row.state === "draft" && FORMS[row.kind] ? make("a", { class: "btn btn-block", href: FORMS[row.kind](row) }, words.goon) : null,
      row.state === "refused" && FORMS[row.kind] ? make("button", { type: "button", class: "btn btn-block", onclick: () => mend(row) }, words.mend) : null,
      row.state === "refused" && (!FORMS[row.kind] || OTHER.test(row.problem?.code)) ? make("button", { type: "button", class: "btn btn-block", onclick: () => field.sendAsNew(row.uuid) }, words.sendasnew) : null,
      row.state === "refused" || row.state === "draft" ? make("button", { type: "button", class: "btn btn-block", onclick: () => discard(row) }, words.discard) : null,
    );
  const megabytes = (bytes) => (bytes < 1073741824 ? `${(bytes / 1048576).toFixed(1)} MB` : `${(bytes / 1073741824).toFixed(1)} GB`);
  const storageWords = async () => {
    const about = navigator.storage?.estimate ? await navigator.storage.estimate() : null;
    const kept = navigator.storage?.persisted ? await navigator.storage.persisted() : false;
    return [about ? filled(words.quota, megabytes(about.usage || 0), megabytes(about.quota || 0)) : "", kept ? words.persisted : words.notpersisted].filter(Boolean).join(" · ");
  };
  const showQueue = async () => {
    // What was not taken wants something of him: it stands above what goes by itself.
    const rank = (row) => (row.state === "refused" ? 0 : row.state === "acknowledged" ? 2 : 1);
    const all = mine().sort((one, other) => rank(one) - rank(other) || (other.sealed_at || other.made_at) - (one.sealed_at || one.made_at));
    const left = field.waiting(all).length;
    question.textContent = left ? filled(words.waitingcount, left) : all.length ? words.allsent : words.nothingkept;
    view("queue").querySelector("[data-list]").replaceChildren(...all.map(queueCard));
    const rest = await field.store.kept("back_off");
    const out = await field.store.kept(`signed_out:${person}`);
    const told = view("queue").querySelector("[data-why]");
    told.replaceChildren();
    if (left && out) told.append(note("danger", words.signedout));
    else if (left && rest) told.append(note("late", filled(words.waitsuntil, moment(rest.until))));
    view("queue").querySelector("[data-storage]").textContent = await storageWords();
  };
  const base64 = (bytes) => {
    let text = "";
    for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
    return btoa(text);
  };
  const exportUnsent = async () => {
    const unsent = mine().filter((row) => row.state !== "acknowledged");
    const photos = {};
    for (const { sha256 } of unsent.flatMap((row) => row.photos)) {
      const kept = await field.store.photo(sha256);
      if (kept) photos[sha256] = { type: kept.type, base64: base64(kept.bytes) };
    }
    const records = [];
    for (const row of unsent) {
      const sealed = row.record ? JSON.stringify(row.record) : "";
      records.push({ ...row, sealed, seal: sealed ? await field.sealOf(sealed, person) : "" });
    }
    const whose = { id: person, name: pack?.person.name ?? "" };
    const file = new Blob([JSON.stringify({ exported_at: new Date().toISOString(), person: whose, records, photos })], { type: "application/json" });
    const link = make("a", { href: URL.createObjectURL(file), download: `weidong-${new Date().toISOString().slice(0, 16).replace(/\D/g, "")}.json` });
    document.body.append(link);
    link.click();
    link.remove();
  };

  // --- the whole -----------------------------------------------------------------------------------------------------
  const hasWorker = () => Boolean(navigator.serviceWorker?.controller);
  const showHead = () => {
    const all = mine();
    const left = field.waiting(all).length;
    const refused = all.filter((row) => row.state === "refused").length;
    const tone = refused ? "danger" : left ? "late" : all.length ? "ok" : "waiting";
    for (const each of ["danger", "late", "ok", "waiting"]) head.classList.toggle(`tone-${each}`, each === tone);
    // Whoever may not close the page is told so, whatever else there is to say.
    const waits = left ? filled(hasWorker() ? words.waitingcount : words.stayhere, left) : "";
    const text = [refused ? filled(words.refusedcount, refused) : "", waits].filter(Boolean).join(" · ") || (all.length ? words.allsent : words.nothingkept);
    head.replaceChildren(shape(tone), make("span", { role: "status" }, text));
    head.dataset.waiting = left;
  };
  const VIEWS = ["sites", "site", "doors", "duties", "queue", "danger", "roads", "road", "fix", "homes", "home", "patrol", "control"];
  const ABOVE = { site: "sites", fix: "duties", homes: "doors", home: "doors", patrol: "sites", control: "duties" };
  const route = () => {
    // Without network the worker shows this page for the danger's own address as well.
    const first = location.pathname === words.dangerpath ? "danger" : "sites";
    const [name, code] = (location.hash.slice(1) || first).split("=");
    const shown = VIEWS.includes(name) ? name : "sites";
    for (const each of root.querySelectorAll("[data-view]")) each.hidden = each.dataset.view !== shown;
    for (const tab of root.querySelectorAll("[data-tab]")) tab.toggleAttribute("aria-current", tab.dataset.tab === shown || tab.dataset.tab === ABOVE[shown]);
    root.querySelector("[data-at-once]").hidden = !["sites", "doors", "duties", "queue"].includes(shown);
    return [shown, code ? decodeURIComponent(code) : ""];
  };
  let opened = "";
  let ready = false;
  let packAt = 0;
  let triedAt = 0;
  let fetching = navigator.onLine; // until the first try has ended nobody knows that nothing can be had
  const show = async () => {
    rows = await field.store.records();
    showHead();
    const [shown, code] = route();
    const age = root.querySelector("[data-pack-age]");
    age.textContent = pack ? filled(words.package, moment(pack.made_at)) : "";
    const before = opened;
    opened = location.href;
    if (shown === "queue") return showQueue();
    if (!pack) view("sites").querySelector("[data-field-map]").hidden = true;
    if (!pack && shown !== "danger") {
      opened = "";
      question.textContent = fetching ? words.fetching : words.nopack;
      return null;
    }
    const around = { pack, rows: mine() };
    if (shown === "sites") {
      showSites();
      showMap();
    } else if (shown === "doors") showDoors();
    else if (shown === "duties") showDuties();
    else if (shown === "roads" || shown === "homes") question.textContent = field.views[shown](view(shown), around);
    else if (shown === "patrol") {
      // A note or a photograph that is being added is not drawn anew.
      if (before !== location.href || !view(shown).querySelector("details[open], button:disabled")) question.textContent = field.views.patrol(view(shown), around, code);
    }
    else if (before !== location.href) {
      // What is being filled in is not drawn anew.
      if (shown === "site") await openSite(code);
      else question.textContent = field.views[shown](view(shown), around, code);
    }
    if (LISTS.includes(shown) && wantsFresh()) refresh().then(show);
    return null;
  };
  const LISTS = ["sites", "duties", "roads", "homes", "patrol"];
  // A list that shows what others do is fetched anew after a minute, and when something of one's own has arrived.
  const wantsFresh = () =>
    ready && navigator.onLine && !fetching && Date.now() - triedAt > 15000 &&
    (Date.now() - packAt > 60000 || mine().some((row) => row.acknowledged_at > packAt)); // prettier-ignore
  const refresh = async () => {
    fetching = true;
    triedAt = Date.now();
    try {
      await fetchPack();
    } finally {
      fetching = false;
    }
  };
  const fetchPack = async () => {
    const token = await field.enrol(person, csrf);
    if (!token) return;
    const answer = await field.ask("/api/v1/field/pack/", token);
    if (answer.status !== 200 || answer.body?.person?.id !== person) return;
    pack = answer.body;
    packAt = Date.now();
    await field.store.keep(`pack:${person}`, pack);
  };
  const begin = async () => {
    if (!window.indexedDB || !window.isSecureContext || !window.crypto?.subtle) {
      question.textContent = words.insecure;
      return;
    }
    try {
      const kept = await field.store.kept(`pack:${person}`);
      pack = kept ? { roads: [], findings: [], homes: [], walks: [], may_report: true, ...kept } : null; // of an earlier version of this page
      await field.tidy();
    } catch {
      question.textContent = words.nostorage;
      return;
    }
    window.addEventListener("hashchange", show);
    document.addEventListener("weidong:outbox", show);
    view("queue").querySelector("[data-send-now]").addEventListener("click", () => field.flush({ now: true }));
    view("queue").querySelector("[data-export]").addEventListener("click", exportUnsent);
    for (const each of root.querySelectorAll("[data-find]")) each.addEventListener("input", show);
    view("sites").querySelector("[data-locate-me]").addEventListener("click", async () => {
      await field.page.locate();
      show();
    });
    window.addEventListener("beforeunload", (event) => {
      if (!hasWorker() && field.waiting(mine()).length) event.preventDefault();
    });
    await show();
    navigator.storage?.persist?.().catch(() => false);
    navigator.serviceWorker?.register(words.worker, { scope: words.scope }).catch(() => null);
    navigator.serviceWorker?.addEventListener("controllerchange", showHead);
    await refresh();
    await show();
    await field.flush();
    ready = true;
    root.dataset.ready = "yes";
    // Whoever has allowed it is not asked: the nearest of what is due at the same time stands first.
    const allowed = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
    if (allowed?.state === "granted" && (await field.page.locate()) && !location.hash.includes("=")) show();
  };
  begin();
})();
