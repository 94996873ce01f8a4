// What the phone keeps in IndexedDB: one row per record, one per photograph, and a few single things (pack, token).
"use strict";
(() => {
  const NAME = "weidong-field";
  const field = (window.weidongField = window.weidongField || {});
  let opened = null;

  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const open = () => {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        const database = request.result;
        database.createObjectStore("records", { keyPath: "uuid" });
        database.createObjectStore("photos", { keyPath: "sha256" });
        database.createObjectStore("kept", { keyPath: "name" });
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close(); // another tab signs out
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    });
    return opened;
  };
  // Everything in `work` happens or nothing does. Durable: a receipt may only follow what survives a dead battery.
  const within = async (stores, mode, work) => {
    const database = await open();
    let transaction;
    try {
      transaction = database.transaction(stores, mode, { durability: "strict" });
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error;
      opened = null; // the browser has closed it while the page slept
      transaction = (await open()).transaction(stores, mode);
    }
    const finished = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    const result = await work(...stores.map((store) => transaction.objectStore(store)));
    await finished;
    return result;
  };

  field.store = {
    records: () => within(["records"], "readonly", (records) => done(records.getAll())),
    record: (uuid) => within(["records"], "readonly", (records) => done(records.get(uuid))),
    put: (row) => within(["records"], "readwrite", (records) => done(records.put(row))),
    // Changes a row as it stands now; `change` may refuse by returning null. Returns what stands afterwards.
    change: (uuid, change) =>
      within(["records"], "readwrite", async (records) => {
        const row = await done(records.get(uuid));
        const changed = row && change(row);
        if (changed) await done(records.put(changed));
        return changed || row;
      }),
    remove: (uuid) => within(["records"], "readwrite", (records) => done(records.delete(uuid))),
    photo: (sha256) => within(["photos"], "readonly", (photos) => done(photos.get(sha256))),
    // Together with the row that lists it: alone it would be swept away as needed by nobody.
    putPhoto: (photo, row) =>
      within(["records", "photos"], "readwrite", async (records, photos) => {
        await done(photos.put(photo));
        await done(records.put(row));
      }),
    // Photographs that no row needs any more.
    sweepPhotos: () =>
      within(["records", "photos"], "readwrite", async (records, photos) => {
        const rows = await done(records.getAll());
        const needed = new Set(
          rows.filter((row) => row.state !== "acknowledged").flatMap((row) => row.photos.map((photo) => photo.sha256)),
        );
        for (const sha256 of await done(photos.getAllKeys())) if (!needed.has(sha256)) await done(photos.delete(sha256));
      }),
    kept: async (name) => (await within(["kept"], "readonly", (kept) => done(kept.get(name))))?.value,
    keep: (name, value) => within(["kept"], "readwrite", (kept) => done(kept.put({ name, value }))),
    // Takes the lease unless another tab holds it; for browsers without navigator.locks.
    lease: (holder, until, now) =>
      within(["kept"], "readwrite", async (kept) => {
        const held = (await done(kept.get("lease")))?.value;
        if (held && held.holder !== holder && held.until > now) return false;
        await done(kept.put({ name: "lease", value: { holder, until } }));
        return true;
      }),
    forget: async () => {
      if (opened) (await opened).close();
      opened = null;
      await done(indexedDB.deleteDatabase(NAME));
    },
  };
})();
