{% load static %}// The phone's service worker: the shell and its files without network. It never answers for /api/: only our server
// may say that something is stored. Written by the platform so that it names the very files of this version.
"use strict";
const CACHE = "weidong-field-{{ version }}";
const SHELL = "{% url 'field:work' %}";
const FILES = [
{% for file in files %}  "{% static file %}",
{% endfor %}];
const PATIENCE = 4000; // a network that hangs is no network

const store = async (answer) => {
  // A sign-in page or a captive portal is not our shell.
  if (!answer.ok || answer.redirected || !answer.headers.get("X-Field-Shell")) return;
  await (await caches.open(CACHE)).put(SHELL, answer.clone());
};
self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      await (await caches.open(CACHE)).addAll(FILES);
      await fetch(SHELL, { credentials: "same-origin" }).then(store, () => null);
      await self.skipWaiting();
    })(),
  );
});
self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith("weidong-field-") && name !== CACHE);
      for (const name of old) {
        // The page of the version before still serves if the new one could not be fetched.
        const shell = await (await caches.open(name)).match(SHELL);
        const own = await caches.open(CACHE);
        if (shell && !(await own.match(SHELL))) await own.put(SHELL, shell);
        await caches.delete(name);
      }
      await self.clients.claim();
    })(),
  );
});

const page = async (request) => {
  const isShell = new URL(request.url).pathname === SHELL;
  const network = fetch(request);
  const late = new Promise((resolve, reject) => setTimeout(() => reject(new Error("late")), PATIENCE));
  try {
    const answer = await Promise.race([network, late]);
    if (isShell) await store(answer);
    if (answer.status < 500) return answer;
  } catch {
    // no network: the shell below
  }
  return (await caches.match(SHELL)) || network;
};
const file = async (request) => (await caches.match(request)) || fetch(request);

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || url.pathname.startsWith("/api/")) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (url.pathname.startsWith("{% get_static_prefix %}")) event.respondWith(file(event.request));
});
