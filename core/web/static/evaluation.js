// The difference between what is typed and what is claimed, while it is typed; the server says what it means.
"use strict";

for (const field of document.querySelectorAll("input[data-claimed]")) {
  const shown = document.querySelector(`[data-difference="${CSS.escape(field.id)}"]`);
  const claimed = Number(field.dataset.claimed);
  if (!shown || field.dataset.claimed === "" || Number.isNaN(claimed)) continue;
  field.addEventListener("input", () => {
    const text = field.value.trim();
    const value = Number(text);
    if (text === "" || Number.isNaN(value)) {
      shown.textContent = "—";
      return;
    }
    const difference = Number((value - claimed).toFixed(6));
    const sign = difference > 0 ? "+" : "";
    const percent = claimed === 0 ? "" : ` (${sign}${Number(((difference / Math.abs(claimed)) * 100).toFixed(1))}%)`;
    shown.textContent = difference === 0 ? shown.dataset.same : `${sign}${difference}${percent}`;
    shown.className = difference === 0 ? "outcome outcome-met" : "differs";
  });
}
