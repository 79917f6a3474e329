// Counts down to deadlines by the server's clock: what the page shows when it comes is that of its moment.
"use strict";

const english = document.documentElement.lang.startsWith("en");
const two = (number) => String(number).padStart(2, "0");

for (const place of document.querySelectorAll("[data-until]")) {
  const until = Date.parse(place.dataset.until);
  const ahead = Date.parse(place.dataset.now) - Date.now();
  const tick = () => {
    const seconds = Math.floor((until - (Date.now() + ahead)) / 1000);
    if (seconds < 0) {
      place.textContent = english ? "closed" : "已截止";
      place.classList.add("over");
      clearInterval(timer);
      return;
    }
    const days = Math.floor(seconds / 86400);
    const clock = [Math.floor((seconds % 86400) / 3600), Math.floor((seconds % 3600) / 60), seconds % 60].map(two).join(":");
    const long = english ? `${days} ${days === 1 ? "day" : "days"} ` : `${days} 天 `;
    const text = `${days ? long : ""}${clock}`;
    place.textContent = english ? `${text} left` : `还有 ${text}`;
    place.classList.toggle("soon", seconds < 3 * 86400);
  };
  const timer = setInterval(tick, 1000);
  tick();
}
