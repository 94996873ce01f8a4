// Keeps every <time data-moment> true: “14:05 (8 分钟前)”. The words stand in <meta name="moment-words">.
"use strict";
(() => {
  const words = document.querySelector('meta[name="moment-words"]');
  if (!words) return;
  const language = document.documentElement.lang;
  const unit = (count, name) =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "long" })
      .format(count)
      .replace(/(\d)([㐀-鿿])/, "$1 $2");

  // The same two units at most as core/templatetags/look.py writes.
  const duration = (seconds) => {
    if (seconds < 60) return unit(Math.floor(seconds), "second");
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return unit(minutes, "minute");
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return unit(hours, "hour") + (minutes % 60 ? " " + unit(minutes % 60, "minute") : "");
    const days = Math.floor(hours / 24);
    return language.startsWith("zh") ? `${days} 天` : unit(days, "day");
  };
  const age = (at) => {
    const apart = (Date.now() - at) / 1000;
    if (Math.abs(apart) < 60) return words.content;
    return (apart > 0 ? words.dataset.ago : words.dataset.ahead).replace("{}", duration(Math.abs(apart)));
  };
  const tick = () => {
    for (const time of document.querySelectorAll("time[data-moment]")) {
      const shown = time.querySelector(".age");
      const text = `(${age(Date.parse(time.dateTime))})`;
      if (shown && shown.textContent !== text) shown.textContent = text;
    }
  };
  window.weidongDuration = duration;
  setInterval(tick, 10000);
})();
