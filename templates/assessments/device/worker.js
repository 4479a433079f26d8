// The service worker: pages come from the server, as ever; without a connection there is the page to draft evidence on.
// Kept are that page and what it is drawn with, never anybody's pages: a new version of them takes the place of the old.
"use strict";

const SHELL = {{ shell|safe }};
const OFFLINE = SHELL[0];
const CACHE = "nvq-{{ version }}";

addEventListener("install", (event) => {
  const anonymous = SHELL.map((address) => new Request(address, { credentials: "omit", cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(anonymous)).then(() => self.skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("nvq-") && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  else if (SHELL.includes(pathname)) event.respondWith(fetch(request).catch(() => caches.match(pathname)));
});
