// [data-field-work]: doors of one's own grid, points of a patrol, what keeps people safe meanwhile, and what is known of a
// site. #homes, #home=<household>, #patrol=<walk>, #control=<number of the finding>. Nothing here waits for the network.
"use strict";
(() => {
  const field = window.weidongField;
  const page = field?.page;
  if (!page) return;
  const { words, person, make, state, note, empty, filled, moment, photoField, placeField, touch, template, draftRow, draftOf, lastOf, sealAs, sent, keep, valueOf, labelOf } = page;
  const HERE = 60000; // who checks in is there now: a position older than a minute is the point before
  const WAIT = 6000; // for a position; then without one
  const MET = { checked: words.metchecked, nobody: words.metnobody, refused: words.metrefused };
  const saysSo = (text) => new RegExp(text.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");

  // --- a site --------------------------------------------------------------------------------------------------------
  const phoneLink = ({ name, phone }) => (phone ? make("a", { class: "btn", href: `tel:${phone}` }, filled(words.callperson, name)) : make("span", {}, name));
  field.siteCard = (site) =>
    make(
      "details",
      { class: "phone-card", "data-site-card": true },
      make("summary", {}, words.aboutsite),
      make("p", { class: "field-line" }, state(site.tone, site.state_label), make("span", { class: "soft" }, site.inspected_at ? filled(words.lastseen, moment(site.inspected_at)) : words.neverseen)),
      site.address ? make("p", {}, site.address) : null,
      site.closing_depth_cm ? make("p", {}, filled(words.closesat, site.closing_depth_cm)) : null,
      site.control_standard ? make("p", {}, filled(words.standard, site.control_standard)) : null,
      site.threatened?.[0] || site.threatened?.[1] ? make("p", {}, filled(words.threatened, site.threatened[0] ?? "—", site.threatened[1] ?? "—")) : null,
      site.note ? make("p", {}, site.note) : null,
      site.people.length ? make("p", { class: "field-line" }, ...site.people.map(phoneLink)) : make("p", { class: "soft" }, words.nopeople),
    );
  // Only what holds the words that somebody typed above the list.
  field.found = (view, items, text) => {
    const words = view.querySelector("[data-find]")?.value || "";
    return words.trim() ? items.filter((item) => saysSo(words).test(text(item))) : items;
  };

  // --- households ----------------------------------------------------------------------------------------------------
  const whole = (rows, id) => rows.some((row) => row.kind === "household" && row.about === id && row.met === "checked" && !["draft", "refused"].includes(row.state));
  field.homesLeft = (pack, rows) => pack.homes.filter((home) => !whole(rows, String(home.id))).length;
  field.views.homes = (view, { pack, rows }) => {
    const listed = field.found(view, pack.homes, (home) => `${home.door} ${home.head}`);
    const done = (home) => whole(rows, String(home.id));
    const cards = [...listed].sort((one, other) => done(one) - done(other)).map((home) =>
      make(
        "a",
        { class: `phone-card ${home.must_reach ? "tone-late" : ""}`, href: `#home=${home.id}` },
        make("h2", {}, home.door),
        make("p", { class: "field-line" }, `${home.head} · ${filled(words.persons, home.persons)}`, home.must_reach ? state("late", home.must_reach) : null, home.tried_at ? make("span", { class: "soft" }, filled(words.tried, moment(home.tried_at))) : null),
        sent(lastOf(rows, "household", String(home.id))),
      ),
    );
    view.querySelector("[data-list]").replaceChildren(...cards);
    if (!cards.length) view.querySelector("[data-list]").append(empty(pack.homes.length ? words.notfound : words.nohomes));
    return filled(words.homesleft, field.homesLeft(pack, rows));
  };

  field.views.home = (box, { pack, rows }, id) => {
    const home = pack.homes.find((each) => String(each.id) === id);
    const checklist = pack.checklists.find((each) => each.kind === "household");
    if (!home || !checklist) {
      box.replaceChildren(note("late", home ? words.nochecklist : words.nohome));
      return words.homes;
    }
    const row = draftOf(rows, "household", id) || draftRow("household", id, home.door, { answers: {} });
    if (row.checklist !== checklist.id) Object.assign(row, { checklist: checklist.id, answers: {} }); // another version
    const form = template("home");
    keep(row, form, ["outcome", "phone", "must_reach", "note"]);
    const asked = form.querySelector("[data-slot=questions]");
    asked.replaceChildren(...checklist.items.map((item, at) => page.itemField(row, item, at + 1, { photo: false })));
    const showAsked = () => (asked.hidden = valueOf(form, "outcome") !== "checked");
    for (const input of form.querySelectorAll("[name=outcome]")) input.addEventListener("change", showAsked);
    showAsked();
    form.querySelector("[data-slot=photos]").replaceChildren(photoField(row, null, words.photooptional, form, { most: 1 }));
    form.querySelector("[data-slot=position]").replaceChildren(placeField(row));
    const wrong = form.querySelector("[data-error]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const outcome = valueOf(form, "outcome");
      const met = outcome === "checked";
      const phone = valueOf(form, "phone");
      const reason = valueOf(form, "must_reach");
      wrong.hidden = !phone || phone.replace(/\D/g, "").length >= 7;
      if (!wrong.hidden) {
        form.querySelector("[data-roll]").open = true;
        wrong.scrollIntoView({ block: "center" });
        return;
      }
      if (met && page.lacks(form, checklist.items, row)) return;
      const failed = checklist.items.filter((item) => row.answers[item.id]?.result === "fail").map((item) => item.text);
      row.met = outcome;
      await sealAs(
        row,
        `${home.door} ${MET[outcome]}`,
        [[words.where, home.door], [words.metlabel, MET[outcome]], [words.resultfail, met ? failed.join("；") : ""], [words.rollphone, phone], [words.rollreason, reason ? labelOf(form, "must_reach") : ""], [words.note, valueOf(form, "note")]],
        { household: home.id, outcome, checklist: met ? checklist.id : null, answers: met ? page.answersOf(checklist.items, row) : [], note: valueOf(form, "note"), phone, must_reach: reason ? (reason === "ordinary" ? "" : reason) : null },
      );
      location.hash = "#homes";
    });
    const about = make("p", { class: "field-line" }, `${home.head} · ${filled(words.persons, home.persons)}`, home.must_reach ? state("late", home.must_reach) : null);
    box.replaceChildren(...[about, sent(lastOf(rows, "household", id)), form].filter(Boolean));
    return filled(words.thingstoask, home.door, checklist.items.length);
  };

  // --- patrols -------------------------------------------------------------------------------------------------------
  const checkedIn = (rows, point) => rows.some((row) => row.kind === "patrol_point" && row.about === String(point.id) && !["draft", "refused"].includes(row.state));
  const pointsLeft = (walk, rows) => walk.points.filter((point) => !point.checked_at && !checkedIn(rows, point));
  field.walkCards = (pack, rows) =>
    pack.walks.map((walk) => {
      const left = pointsLeft(walk, rows);
      const late = left.some((point) => Date.parse(point.due_at) < Date.now());
      return make(
        "a",
        { class: `phone-card ${late ? "tone-danger" : ""}`, href: `#patrol=${walk.id}` },
        make("h2", {}, walk.exercise ? `${words.exercise} ${walk.name}` : walk.name),
        make("p", { class: "field-line" }, left.length ? state(late ? "danger" : "waiting", filled(words.walkleft, left.length)) : state("ok", words.walkalldone), make("span", { class: "soft" }, walk.stage)),
      );
    });
  const isHere = () => page.here && Date.now() - page.here.at < HERE;
  const place = async () => {
    if (!isHere()) await Promise.race([page.locate(), new Promise((resolve) => setTimeout(resolve, WAIT))]);
    return isHere() ? { position: page.here.position, accuracy_m: page.here.accuracy_m } : null;
  };
  const pointCard = (walk, point, rows, next, draw) => {
    const own = lastOf(rows, "patrol_point", String(point.id));
    const done = point.checked_at || checkedIn(rows, point);
    const late = !done && Date.parse(point.due_at) < Date.now();
    const when = point.checked_at ? state("ok", filled(words.checkedin, moment(point.checked_at), point.checked_by)) : state(done ? "ok" : late ? "danger" : "waiting", filled(done ? words.pointdone : late ? words.pointmissed : words.pointby, moment(point.due_at)));
    const card = make("section", { class: `phone-card stack ${late ? "tone-danger" : ""}`, "data-point": point.id }, make("h2", {}, `${point.order}. ${point.name}`), make("p", { class: "field-line" }, when, point.address ? make("span", { class: "soft" }, point.address) : null), sent(own) || "");
    if (done) return card;
    const row = draftOf(rows, "patrol_point", String(point.id)) || draftRow("patrol_point", String(point.id), point.name, { walk: walk.id });
    const said = make("input", {
      class: "form-control", type: "text", maxlength: 300, "aria-label": `${words.note}: ${point.name}`, placeholder: words.note, value: row.given.note || "",
      onchange: () => {
        row.given.note = said.value.trim();
        touch(row);
      },
    }); // prettier-ignore
    const press = make("button", {
      type: "button", class: `btn btn-big btn-block ${next ? "btn-primary" : ""}`, "aria-label": filled(words.checkinat, point.name),
      onclick: async () => {
        press.disabled = true;
        press.textContent = words.locating;
        row.place = await place();
        await sealAs(row, `${walk.name} ${point.name}`, [[words.where, point.name], [words.checkin, moment(new Date())], [words.note, said.value.trim()]], { point: point.id, note: said.value.trim() });
        await draw();
      },
    }, words.checkin); // prettier-ignore
    const more = make("details", {}, make("summary", {}, words.photoword), make("div", { class: "stack" }, make("p", { class: "soft" }, words.fillfirst), photoField(row, null, words.photooptional, card, { most: 1 }), said));
    card.append(press, more);
    return card;
  };
  field.views.patrol = (box, { pack, rows }, id) => {
    const walk = pack.walks.find((each) => String(each.id) === id);
    const own = rows.filter((row) => row.kind === "patrol_point" && String(row.walk) === id && row.state !== "draft");
    if (!walk) {
      box.replaceChildren(own.length ? note("ok", words.walkalldone) : note("late", words.nowalk));
      return words.walk;
    }
    if (!isHere()) page.locate();
    const left = pointsLeft(walk, rows);
    const next = left[0];
    const draw = async () => {
      const fresh = (await field.store.records()).filter((row) => row.person === person);
      document.querySelector("[data-field-question]").textContent = field.views.patrol(box, { pack, rows: fresh }, id);
    };
    box.replaceChildren(...[...walk.points].sort((one, other) => !left.includes(one) - !left.includes(other)).map((point) => pointCard(walk, point, rows, point === next, draw)));
    return next ? filled(words.pointsleft, walk.name, left.length, next.name, moment(next.due_at)) : filled(words.walkdone, walk.name);
  };

  // --- interim measures ----------------------------------------------------------------------------------------------
  field.views.control = (box, { pack, rows }, uuid) => {
    const finding = pack.findings.find((each) => each.uuid === uuid);
    if (!finding?.may_control) {
      box.replaceChildren(note("late", words.nofinding));
      return words.setcontrol;
    }
    const row = draftOf(rows, "control", uuid) || draftRow("control", uuid, finding.site_name);
    const form = template("control");
    keep(row, form, ["measure", "kept_by"]);
    form.querySelector("[data-slot=position]").replaceChildren(placeField(row));
    const wrong = form.querySelector("[data-error]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const given = { finding: uuid, measure: valueOf(form, "measure"), kept_by: valueOf(form, "kept_by") };
      wrong.hidden = Boolean(given.measure);
      if (!given.measure) return;
      await sealAs(row, `${words.setcontrol} ${finding.site_name}`, [[words.where, finding.site_name], [words.controllabel, given.measure], [words.keptby, given.kept_by]], given);
      location.hash = "#duties";
    });
    box.replaceChildren(...[make("section", { class: "phone-card stack" }, ...field.termsOf(finding)), sent(lastOf(rows, "control", uuid)), form].filter(Boolean));
    return `${finding.site_name}: ${finding.what}`;
  };
})();
