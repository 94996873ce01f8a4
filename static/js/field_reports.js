// [data-field-work]: what is reported on the spot. #danger, #roads, #road=<code>, #fix=<number of the finding>.
// Two taps and a depth close a place; nothing here waits for the network.
"use strict";
(() => {
  const field = window.weidongField;
  const page = field?.page;
  if (!page) return;
  const { words, make, state, note, empty, filled, moment, photoField, placeField, template, draftRow, draftOf, lastOf, sealAs, sent, keep, valueOf, labelOf } = page;
  const MOST_PHOTOS = 4;

  // --- danger --------------------------------------------------------------------------------------------------------
  field.views.danger = (box, { pack, rows }) => {
    if (pack && !pack.may_report) {
      box.replaceChildren(note("late", words.nodanger));
      return words.whatthreatens;
    }
    const row = draftOf(rows, "danger", "") || draftRow("danger", "", words.danger);
    const form = template("danger");
    keep(row, form, ["kind", "place", "description"]);
    form.querySelector("[data-slot=photos]").replaceChildren(photoField(row, null, words.photooptional, form, { most: MOST_PHOTOS }));
    form.querySelector("[data-slot=position]").replaceChildren(placeField(row));
    const wrong = form.querySelector("[data-error]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const given = { kind: valueOf(form, "kind"), place: valueOf(form, "place"), description: valueOf(form, "description") };
      const lack = !given.kind ? words.choosekind : given.kind === "other" && !given.description ? words.saywhat : !row.place && !given.place ? words.saywhere : "";
      wrong.hidden = !lack;
      wrong.lastElementChild.textContent = lack;
      if (lack) {
        wrong.scrollIntoView({ block: "center" });
        return;
      }
      const kind = labelOf(form, "kind");
      const where = given.place || row.place.position.join(", ");
      await sealAs(row, `${kind} ${given.place}`.trim(), [[words.danger, kind], [words.where, where], [words.note, given.description]], given);
      location.hash = "#queue";
    });
    box.replaceChildren(form);
    return words.whatthreatens;
  };

  // --- places with water ---------------------------------------------------------------------------------------------
  const roadState = (road) => state(road.tone, road.water ? `${road.water.state_label} ${filled(words.depth, road.water.depth_cm)}` : road.state_label);
  field.views.roads = (box, { pack, rows }) => {
    const apart = (road) => (page.here && road.position ? field.metresApart(page.here.position, road.position) : Infinity);
    const order = (one, other) => (one === other ? 0 : one < other ? -1 : 1);
    const listed = [...pack.roads].map((road, at) => [road, at]).sort(([one, at], [other, to]) => order(!one.water, !other.water) || order(apart(one), apart(other)) || at - to);
    box.replaceChildren(
      ...listed.map(([road]) =>
        make(
          "a",
          { class: `phone-card ${road.tone === "danger" ? "tone-danger" : road.tone === "late" ? "tone-late" : ""}`, href: `#road=${encodeURIComponent(road.code)}` },
          make("h2", {}, road.name),
          make("p", { class: "field-line" }, roadState(road), make("span", { class: "soft" }, road.kind_label)),
          sent(lastOf(rows, "closure", road.code)),
        ),
      ),
    );
    if (!pack.roads.length) box.append(empty(words.noroads), make("a", { class: "btn btn-block", href: "#danger" }, words.danger));
    return words.wherewater;
  };

  field.views.road = (box, { pack, rows }, code) => {
    const road = pack.roads.find((each) => each.code === code);
    if (!road) {
      box.replaceChildren(note("late", words.noroad));
      return words.wherewater;
    }
    const row = draftOf(rows, "closure", code) || draftRow("closure", code, road.name);
    const form = template("road");
    const part = (name) => form.querySelector(`[data-part=${name}]`);
    keep(row, form, ["means", "note", "reason"]);
    const press = async (verb, depth) => {
      if (verb === "reopen" && !window.confirm(filled(words.reallyopen, road.name))) return;
      const given = { site: code, verb, depth_cm: depth, means: valueOf(form, "means"), note: valueOf(form, "note"), reason: valueOf(form, "reason"), closure: verb === "water" ? null : road.water.uuid };
      const what = verb === "ask" ? words.askverb : verb === "reopen" ? words.openverb : depth >= road.closing ? words.closeverb : words.slowverb;
      row.place ??= page.fresh() && { position: page.here.position, accuracy_m: page.here.accuracy_m };
      await sealAs(row, `${road.name} ${what} ${filled(words.depth, depth)}`, [[words.where, road.name], [words.roadwhat, what], [words.roaddepth, filled(words.depth, depth)], [words.note, given.note]], given);
      location.hash = "#roads";
    };
    const buttons = (name, depths, verb) =>
      part(name)
        .querySelector("[data-depths]")
        .replaceChildren(
          ...depths.map(([depth, shuts]) =>
            make("button", { type: "button", class: `btn btn-big ${shuts ? "btn-danger" : ""}`, "data-depth": depth, onclick: () => press(verb, depth) }, make("strong", {}, filled(words.depth, depth)), verb === "water" ? (shuts ? words.closeverb : words.slowverb) : ""),
          ),
        );
    buttons("water", road.depths, "water");
    part("water").querySelector("[data-limit]").textContent = filled(words.closedfrom, road.closing);
    const shallow = road.shallow.map((depth) => [depth, false]);
    part("ask").hidden = !road.water?.may_ask;
    part("reopen").hidden = !road.water?.may_open;
    buttons("ask", shallow, "ask");
    buttons("reopen", shallow, "reopen");
    form.querySelector("[data-slot=photos]").replaceChildren(photoField(row, null, words.photooptional, form, { most: MOST_PHOTOS }));
    form.querySelector("[data-slot=position]").replaceChildren(placeField(row));
    const water = road.water;
    const now = water ? make("p", { class: "field-line" }, roadState(road), make("span", { class: "soft" }, [moment(water.measured_at), water.closed_at ? `${water.closed_by} ${moment(water.closed_at)}` : ""].filter(Boolean).join(" · "))) : null;
    box.replaceChildren(...[now, sent(lastOf(rows, "closure", code)), form].filter(Boolean));
    return filled(words.howdeep, road.name);
  };

  // --- findings ------------------------------------------------------------------------------------------------------
  const terms = (finding) => [
    make("p", { class: "field-line" }, state(finding.tone, finding.state_label), state(finding.grade_tone, finding.grade_label), make("span", { class: "soft" }, filled(words.due, moment(finding.due_at)))),
    finding.measure ? make("p", {}, filled(words.measure, finding.measure, finding.measure_by)) : finding.control_by ? make("p", {}, filled(words.controlby, moment(finding.control_by))) : null,
    finding.returned ? note("late", filled(words.returned, finding.returned)) : null,
  ];
  field.termsOf = (finding) => terms(finding).filter(Boolean);
  const toControl = (finding) => (finding.may_control ? make("a", { class: "btn btn-block", href: `#control=${finding.uuid}` }, words.setcontrol) : "");
  field.findingsAt = (pack, code) => {
    const open = (pack.findings || []).filter((finding) => finding.site === code);
    if (!open.length) return null;
    return make(
      "section",
      { class: "phone-card stack", "data-findings": open.length },
      make("h2", {}, filled(words.openfindings, open.length)),
      ...open.flatMap((finding) => [make("h3", {}, finding.what), ...field.termsOf(finding), finding.mine ? make("a", { class: "btn btn-block", href: `#fix=${finding.uuid}` }, words.reportmended) : "", toControl(finding)]),
    );
  };

  field.views.fix = (box, { pack, rows }, uuid) => {
    const finding = pack.findings.find((each) => each.uuid === uuid);
    if (!finding) {
      box.replaceChildren(note("late", words.nofinding));
      return words.fix;
    }
    const shown = make("section", { class: "phone-card stack" }, ...field.termsOf(finding), toControl(finding), sent(lastOf(rows, "control", uuid)) || "", sent(lastOf(rows, "fix", uuid)) || "");
    if (!finding.mine) {
      box.replaceChildren(shown);
      return `${finding.site_name}: ${finding.what}`;
    }
    const row = draftOf(rows, "fix", uuid) || draftRow("fix", uuid, finding.site_name);
    const form = template("fix");
    keep(row, form, ["words"]);
    form.querySelector("[data-slot=photos]").replaceChildren(photoField(row, null, words.photomended, form, { most: MOST_PHOTOS, several: true }));
    form.querySelector("[data-slot=position]").replaceChildren(placeField(row));
    const wrong = form.querySelector("[data-error]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const said = valueOf(form, "words");
      wrong.hidden = Boolean(said || row.photos.length);
      if (!wrong.hidden) return;
      await sealAs(row, `${words.fix} ${finding.site_name}: ${finding.what}`, [[words.where, finding.site_name], [words.fix, finding.what], [words.note, said]], { finding: uuid, words: said, base_version: finding.version });
      location.hash = "#duties";
    });
    box.replaceChildren(shown, form);
    return `${finding.site_name}: ${finding.what}`;
  };
})();
