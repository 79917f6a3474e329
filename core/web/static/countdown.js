// Counts down to deadlines by the server's clock: what the page shows when it comes is that of its moment.
"use strict";

const two = (number) => String(number).padStart(2, "0");

for (const place of document.querySelectorAll("[data-until]")) {
  const until = Date.parse(place.dataset.until);
  const ahead = Date.parse(place.dataset.now) - Date.now();
  const tick = () => {
    const seconds = Math.floor((until - (Date.now() + ahead)) / 1000);
    if (seconds < 0) {
      place.textContent = place.dataset.over;
      place.classList.add("over");
      clearInterval(timer);
      return;
    }
    const days = Math.floor(seconds / 86400);
    const clock = [Math.floor((seconds % 86400) / 3600), Math.floor((seconds % 3600) / 60), seconds % 60].map(two).join(":");
    const long = (days === 1 ? place.dataset.day : place.dataset.days).replace("{number}", days);
    place.textContent = place.dataset.left.replace("{time}", days ? `${long} ${clock}` : clock);
    place.classList.toggle("soon", seconds < 3 * 86400);
  };
  const timer = setInterval(tick, 1000);
  tick();
}
