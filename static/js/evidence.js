// Choosing criteria: a search opens the units it finds something in, and what is ticked is counted aloud.
"use strict";

document.addEventListener("input", (event) => {
  const list = event.target.dataset?.filter && document.querySelector(event.target.dataset.filter);
  if (!list || !event.target.value.trim()) return;
  for (const unit of list.querySelectorAll("details")) {
    unit.open = unit.querySelector("[data-filter-item]:not([hidden])") !== null;
  }
});

for (const place of document.querySelectorAll("[data-count-ticked]")) {
  const list = document.querySelector(place.dataset.countTicked);
  const count = () => {
    const ticked = list.querySelectorAll(":checked:enabled").length;
    place.textContent = ticked === 1 ? "1 criterion ticked" : `${ticked} criteria ticked`;
  };
  list.addEventListener("change", count);
  count();
}
