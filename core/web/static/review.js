// The weighted total of a score sheet while it is filled in; the server counts for itself.
"use strict";

const sheet = document.querySelector("[data-score]");
const total = sheet?.querySelector("[data-total]");
const criteria = sheet ? [...sheet.querySelectorAll("input[data-weight]")] : [];

const add = () => {
  let reached = 0;
  let weights = 0;
  let whole = true;
  for (const field of criteria) {
    const most = Number(field.dataset.max);
    const points = Number(field.value);
    const given = field.value.trim() !== "";
    const good = given && points >= 0 && points <= most;
    field.classList.toggle("is-invalid", given && !good);
    whole = whole && good;
    weights += Number(field.dataset.weight);
    reached += good ? (Number(field.dataset.weight) * points) / most : 0;
  }
  total.textContent = criteria.length && whole ? ((100 * reached) / weights).toFixed(2) : total.dataset.none;
};

if (total) {
  criteria.forEach((field) => field.addEventListener("input", add));
  add();
}
