// Choosing criteria. Everything works without this file, only with more presses.
"use strict";

// A search opens the units it finds something in.
document.addEventListener("input", (event) => {
  const list = event.target.dataset?.filter && document.querySelector(event.target.dataset.filter);
  if (!list || !event.target.value.trim()) return;
  for (const unit of list.querySelectorAll("details")) {
    unit.open = unit.querySelector("[data-filter-item]:not([hidden])") !== null;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.dataset?.filter) event.preventDefault();
});

// A criterion may stand in the tree, beside a related one and among the suggestions: they are ticked as one,
// and the tree opens where that is, for the place in the item can be said there.
document.addEventListener("change", (event) => {
  if (event.target.name !== "criteria") return;
  for (const twin of document.querySelectorAll(`[name="criteria"][value="${CSS.escape(event.target.value)}"]`)) {
    twin.checked = event.target.checked;
    if (twin.checked) for (let room = twin.closest("details"); room; room = room.parentElement.closest("details")) room.open = true;
  }
});

// What is ticked is counted aloud.
for (const place of document.querySelectorAll("[data-count-ticked]")) {
  const list = document.querySelector(place.dataset.countTicked);
  const count = () => {
    const ticked = list.querySelectorAll("[data-filter-item] > .tick > [name=criteria]:checked:enabled").length;
    place.textContent = ticked === 1 ? "1 criterion ticked" : `${ticked} criteria ticked`;
  };
  document.addEventListener("change", count);
  count();
}

// Which units do not take the setting chosen is said beside it as soon as it is chosen; the units say it themselves.
const setting = document.querySelector("#id_setting");
if (setting) {
  const place = document.createElement("p");
  place.className = "invalid-feedback setting-said";
  place.setAttribute("role", "status");
  setting.after(place);
  const say = () => {
    const sentences = document.querySelectorAll(`.not-taken[data-setting="${CSS.escape(setting.value)}"]`);
    place.textContent = [...sentences].map((sentence) => sentence.textContent).join(" ");
  };
  setting.addEventListener("change", say);
  say();
}
