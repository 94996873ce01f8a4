// The outbox: draft → sealed → sending → acknowledged → gone after three days. Marked before sending, no longer changed
// once sealed, one at a time in the order of sealing, by one tab of this phone. Fires "weidong:outbox" on document.
"use strict";
(() => {
  const field = window.weidongField;
  const DAYS_KEPT = 3;
  const PATIENCE = 30000; // for one request; a photograph over a weak network takes its time
  const LEASE = 60000;
  const HOLDER = Math.random().toString(36).slice(2);
  const store = field.store;
  let timer = 0;
  let again = false;
  let running = null;

  const said = () => document.dispatchEvent(new CustomEvent("weidong:outbox"));

  const ask = async (path, token, options = {}) => {
    const patience = new AbortController();
    const clock = setTimeout(() => patience.abort(), PATIENCE);
    try {
      const answer = await fetch(path, {
        ...options,
        // The phone's own token speaks; a session's cookie would only bring its CSRF check along.
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        signal: patience.signal,
        headers: { Accept: "application/json", Authorization: `Device ${token}`, ...options.headers },
      });
      const type = answer.headers.get("Content-Type") || "";
      const isJson = /^application\/(problem\+)?json\b/.test(type);
      return { status: answer.status, type, body: isJson ? await answer.json() : null };
    } catch {
      return { status: 0, type: "", body: null };
    } finally {
      clearTimeout(clock);
    }
  };
  const isProblem = (answer) => Boolean(answer.body && answer.body.code && answer.body.title);
  field.ask = ask;

  class Stop extends Error {
    constructor(why) {
      super(why);
      this.why = why; // "later" | "signed_out"
    }
  }
  const judged = (answer, isOurs) => {
    const verdict = field.verdict(answer.status, isOurs || isProblem(answer));
    if (verdict === "later" || verdict === "signed_out") throw new Stop(verdict);
    return isOurs ? verdict : "refused";
  };
  const refuse = (row, problem) =>
    store.change(row.uuid, (now) => ({ ...now, state: "refused", problem }));

  const sendPhoto = async (row, sha256, token) => {
    const photo = await store.photo(sha256);
    if (!photo) return { code: "photo_lost" };
    const answer = await ask(`/api/v1/media/${sha256}/`, token, {
      method: "PUT",
      headers: { "Content-Type": photo.type },
      body: photo.bytes,
    });
    const isOurs = field.isPhotoReceipt(answer.type, answer.body, sha256);
    // A body that arrived cut short is no fault of the photograph.
    if (answer.body?.code === "photo_cut_short") throw new Stop("later");
    return judged(answer, isOurs) === "taken" ? null : answer.body;
  };

  const send = async (row, token, renew) => {
    const marked = await store.change(row.uuid, (now) =>
      now.state === "sealed" || now.state === "sending" ? { ...now, state: "sending", tries: now.tries + 1 } : null,
    );
    if (marked?.state !== "sending") return;
    said();
    const posting = {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Device-Time": new Date().toISOString() },
      body: JSON.stringify(row.record),
    };
    let answer = await ask("/api/v1/field/records/", token, posting);
    if (judged(answer, field.isReceipt(answer.type, answer.body, row.uuid)) === "refused") {
      await refuse(row, answer.body);
      return;
    }
    for (const sha256 of answer.body.missing) {
      if (!(await renew())) throw new Stop("later");
      const problem = await sendPhoto(row, sha256, token);
      if (problem) {
        await refuse(row, problem);
        return;
      }
    }
    if (answer.body.missing.length) {
      answer = await ask(`/api/v1/field/records/${row.uuid}/`, token);
      judged(answer, field.isReceipt(answer.type, answer.body, row.uuid));
      if (!answer.body || answer.body.missing?.length !== 0) throw new Stop("later");
    }
    if (answer.body.refusal) {
      await refuse(row, { code: "refused_later", title: answer.body.refusal });
      return;
    }
    await store.change(row.uuid, (now) => ({
      ...now,
      state: "acknowledged",
      acknowledged_at: Date.now(),
      receipt: answer.body,
      record: null, // what it said lies with the server now
    }));
  };

  const failed = async (why) => {
    const failures = ((await store.kept("back_off"))?.failures || 0) + 1;
    const wait = field.backOff(failures);
    await store.keep("back_off", { failures, until: Date.now() + wait, why });
    clearTimeout(timer);
    timer = setTimeout(() => field.flush(), wait + 50);
  };

  const pass = async (renew) => {
    const blocked = new Set(); // people of this phone whose permission has ended
    for (;;) {
      const [row] = field.toSend(await store.records()).filter((each) => !blocked.has(each.person));
      if (!row) break;
      const token = (await store.kept(`token:${row.person}`))?.token;
      if (!token) {
        blocked.add(row.person);
        continue;
      }
      if (!(await renew())) return;
      try {
        await send(row, token, renew);
        await store.keep("back_off", null);
        await store.keep(`signed_out:${row.person}`, false);
      } catch (error) {
        if (!(error instanceof Stop)) throw error;
        await store.change(row.uuid, (now) => (now.state === "sending" ? { ...now, state: "sealed" } : null));
        if (error.why === "later") {
          await failed(error.why);
          return;
        }
        blocked.add(row.person);
        await store.keep(`signed_out:${row.person}`, true);
      }
      said();
    }
    await store.sweepPhotos();
  };

  const alone = (work) => {
    if (navigator.locks)
      return navigator.locks.request("weidong-outbox", { ifAvailable: true }, (lock) => (lock ? work(async () => true) : null));
    const renew = () => store.lease(HOLDER, Date.now() + LEASE, Date.now());
    return renew().then((mine) => (mine ? work(renew).finally(() => store.lease(HOLDER, 0, Date.now())) : null));
  };

  // Sends what waits. `now`: somebody pressed the button, so no waiting. Never rejects.
  field.flush = async ({ now = false } = {}) => {
    if (running) {
      again = again || now;
      return running;
    }
    running = (async () => {
      try {
        const rest = await store.kept("back_off");
        if (!now && rest && rest.until > Date.now()) {
          clearTimeout(timer);
          timer = setTimeout(() => field.flush(), rest.until - Date.now() + 50);
          return;
        }
        await alone(pass);
      } catch (error) {
        console.info("outbox", error); // storage refused: the queue shows that nothing has gone
      } finally {
        running = null;
        said();
      }
    })();
    await running;
    if (again) {
      again = false;
      await field.flush({ now: true });
    }
  };

  // From here on nobody changes it. Returns the row.
  field.seal = async (row, record) => {
    const sealed = { ...row, state: "sealed", sealed_at: Date.now(), tries: 0, problem: null, record };
    await store.put(sealed);
    said();
    field.flush();
    return sealed;
  };

  // A refused record again, under a number of its own.
  field.sendAsNew = async (uuid) => {
    const row = await store.record(uuid);
    if (row?.state !== "refused") return;
    const fresh = crypto.randomUUID();
    await store.put({
      ...row,
      uuid: fresh,
      state: "sealed",
      sealed_at: Date.now(),
      tries: 0,
      problem: null,
      record: { ...row.record, client_uuid: fresh },
    });
    await store.remove(uuid);
    said();
    field.flush({ now: true });
  };

  // A refused record as a draft again, under a number of its own: its photographs and words stay.
  field.redraft = async (uuid) => {
    const row = await store.record(uuid);
    if (row?.state !== "refused") return;
    const fresh = crypto.randomUUID();
    await store.put({ ...row, uuid: fresh, state: "draft", made_at: Date.now(), sealed_at: null, tries: 0, problem: null, record: null, touched: true });
    await store.remove(uuid);
    said();
  };

  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  // By which the server knows that a saved record was sealed by this phone; "" where the phone never had a permission.
  field.sealOf = async (text, person) => {
    const token = (await store.kept(`token:${person}`))?.token;
    if (!token) return "";
    const bytes = (words) => new TextEncoder().encode(words);
    const secret = bytes(hex(await crypto.subtle.digest("SHA-256", bytes(token))));
    const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return hex(await crypto.subtle.sign("HMAC", key, bytes(text)));
  };

  field.tidy = async () => {
    for (const row of await store.records())
      if (field.purgeable(row, Date.now(), DAYS_KEPT)) await store.remove(row.uuid);
    await store.sweepPhotos();
  };

  // Asks for this phone's token while there is a session; renewed when half of its month is over.
  field.enrol = async (person, csrf) => {
    const held = await store.kept(`token:${person}`);
    const signedOut = await store.kept(`signed_out:${person}`);
    if (held && !signedOut && Date.parse(held.expires_at) - Date.now() > 15 * 86400000) return held.token;
    try {
      const answer = await fetch("/api/v1/field/devices/", {
        method: "POST",
        redirect: "error",
        headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf },
        body: JSON.stringify({ phone: navigator.userAgent.slice(0, 80) }),
      });
      const given = answer.status === 201 ? await answer.json() : null;
      if (!given?.token || given.person !== person) return held?.token;
      await store.keep(`token:${person}`, given);
      await store.keep(`signed_out:${person}`, false);
      return given.token;
    } catch {
      return held?.token; // no network: the token that is there still sends
    }
  };

  window.addEventListener("online", () => field.flush({ now: true }));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && field.flush());
})();
