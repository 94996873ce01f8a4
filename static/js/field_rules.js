// Plain rules of the phone's outbox: no storage, no network, no page. Times in milliseconds, places [longitude, latitude].
"use strict";
(() => {
  const METRES_A_DEGREE = 111320;
  const field = (window.weidongField = window.weidongField || {});

  // How long to wait after this many failures in a row: 5 s, doubled each time, never more than 5 minutes.
  field.backOff = (failures) => Math.min(5000 * 2 ** Math.max(failures - 1, 0), 300000);

  // Only our own receipt means stored: a page of a captive portal or of a sign-in answers 200 as well.
  field.isReceipt = (type, answer, uuid) =>
    /^application\/json\b/.test(type || "") &&
    Boolean(answer) &&
    answer.client_uuid === uuid &&
    Array.isArray(answer.missing) &&
    !Number.isNaN(Date.parse(answer.server_time));
  field.isPhotoReceipt = (type, answer, sha256) =>
    /^application\/json\b/.test(type || "") &&
    Boolean(answer) &&
    answer.sha256 === sha256 &&
    !Number.isNaN(Date.parse(answer.server_time));

  // What an answer means: taken | refused (never again as it is) | signed_out | later (the network or the server is ill).
  field.verdict = (status, isOurs) => {
    if ((status === 200 || status === 201) && isOurs) return "taken";
    if (!isOurs) return "later";
    if (status === 401 || status === 403) return "signed_out";
    if (status === 408 || status === 423 || status === 429 || status >= 500) return "later";
    return status >= 400 ? "refused" : "later";
  };

  field.waiting = (rows) => rows.filter((row) => row.state === "sealed" || row.state === "sending");
  // In the order of sealing; what was being sent when the page died is sent again: the server knows its number.
  field.toSend = (rows) =>
    field.waiting(rows).sort((one, other) => one.sealed_at - other.sealed_at || (one.uuid < other.uuid ? -1 : 1));
  field.purgeable = (row, now, days) => row.state === "acknowledged" && now - row.acknowledged_at > days * 86400000;

  field.metresApart = (one, other) => {
    const middle = (((one[1] + other[1]) / 2) * Math.PI) / 180;
    return METRES_A_DEGREE * Math.hypot((one[0] - other[0]) * Math.cos(middle), one[1] - other[1]);
  };
  // What is owed first, soonest due first; then the nearest; then by code.
  field.inOrder = (sites, here) => {
    const due = (site) => (site.due_at ? Date.parse(site.due_at) : Infinity);
    const far = (site) => (here && site.position ? field.metresApart(here, site.position) : Infinity);
    const order = (one, other) => (one === other ? 0 : one < other ? -1 : 1);
    return [...sites].sort(
      (one, other) => order(due(one), due(other)) || order(far(one), far(other)) || order(one.code, other.code),
    );
  };

  field.shrunk = (width, height, most = 1600) => {
    const part = Math.min(1, most / Math.max(width, height));
    return [Math.round(width * part), Math.round(height * part)];
  };

  // What an inspection still lacks before it may be sealed: [[item, "answer" | "photo"], …].
  field.lacking = (items, answers, photos) =>
    items.flatMap((item) => {
      const given = answers[item.id]?.result;
      if (!given) return [[item.id, "answer"]];
      const shown = photos.some((photo) => photo.item === item.id);
      return given === "fail" && item.photo_when_failed && !shown ? [[item.id, "photo"]] : [];
    });

  // When and where a JPEG says that it was taken (EXIF DateTimeOriginal and GPS); {} where it says nothing.
  field.exif = (buffer) => {
    try {
      return readExif(new DataView(buffer));
    } catch {
      return {}; // cut short or odd: a photograph without a word of its camera
    }
  };
  const readExif = (view) => {
    if (view.getUint16(0) !== 0xffd8) return {};
    let at = 2;
    while (view.getUint16(at) !== 0xffe1 || view.getUint32(at + 4) !== 0x45786966) {
      if ((view.getUint16(at) & 0xff00) !== 0xff00 || view.getUint16(at) === 0xffda) return {};
      at += 2 + view.getUint16(at + 2);
    }
    const base = at + 10;
    const little = view.getUint16(base) === 0x4949;
    const short = (offset) => view.getUint16(base + offset, little);
    const long = (offset) => view.getUint32(base + offset, little);
    const tags = (offset) => {
      const found = {};
      for (let n = 0; n < short(offset); n += 1) found[short(offset + 2 + n * 12)] = offset + 2 + n * 12;
      return found;
    };
    const text = (entry) => {
      const count = long(entry + 4);
      const start = count > 4 ? long(entry + 8) : entry + 8;
      let words = "";
      for (let n = 0; n < count - 1; n += 1) words += String.fromCharCode(view.getUint8(base + start + n));
      return words;
    };
    const degrees = (entry) => {
      const start = long(entry + 8);
      const part = (n) => long(start + n * 8) / (long(start + n * 8 + 4) || 1);
      return part(0) + part(1) / 60 + part(2) / 3600;
    };
    const first = tags(long(4));
    const found = {};
    if (first[0x8769]) {
      const own = tags(long(first[0x8769] + 8));
      const stamp = own[0x9003] && /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(text(own[0x9003]));
      // A camera writes no zone; in the district it shows the district's time.
      if (stamp) found.taken_at = `${stamp[1]}-${stamp[2]}-${stamp[3]}T${stamp[4]}+08:00`;
    }
    const place = first[0x8825] ? tags(long(first[0x8825] + 8)) : {};
    if (place[1] && place[2] && place[3] && place[4]) {
      const latitude = degrees(place[2]) * (text(place[1]) === "S" ? -1 : 1);
      const longitude = degrees(place[4]) * (text(place[3]) === "W" ? -1 : 1);
      if (latitude || longitude) found.position = [Number(longitude.toFixed(6)), Number(latitude.toFixed(6))];
    }
    return found;
  };
})();
