/* The keyboard of the desk, and what needs no answer of the server: focus, moving between rows, ticking all. Every key is
   written on the page (`data-key`), so that what a page has is what its help tells. Without this script all works by hand. */
(function () {
  "use strict";
  const ROWS = "[data-row], table.rows tbody tr, .list li";
  const shown = (one) => one.checkVisibility();
  const found = (selector) => Array.from(document.querySelectorAll(selector)).find((one) => !one.disabled && shown(one));
  const typing = (one) => one.isContentEditable || (one.matches("input, select, textarea") &&
    !["checkbox", "radio", "button", "submit"].includes(one.type));
  const link = (row) => row.querySelector("a.gist, [data-open]") || row.querySelector("a[href]");

  function move(by) {
    const rows = Array.from(document.querySelectorAll(ROWS)).filter((row) => shown(row) && link(row));
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) { link(next).focus(); next.scrollIntoView({ block: "nearest" }); }
  }

  function does(event) {
    const key = event.key, press = CSS.escape(key), help = document.getElementById("keys");
    const mine = found(`[data-key="${press}"]`) || found(`input[type=radio][data-choice="${press}"]`);
    if (key === "/") return found("input[data-search]")?.focus();
    if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
    if (key === "?") return help && (help.open ? help.close() : help.showModal());
    if (!mine) return true;
    mine.focus();
    mine.click();
    return false;
  }

  document.addEventListener("keydown", function (event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("form.verb, form[data-send]") || found("form[data-send], form.verb");
      if (form) { event.preventDefault(); form.requestSubmit(form.querySelector("[data-sends]")); }
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target) &&
      (event.key === "?" || !document.querySelector("dialog[open]")) && does(event) !== true) event.preventDefault();
  });

  /* One box ticks all boxes of its form or table; a button that says how many rows it is about says so after each tick. */
  document.addEventListener("change", function (event) {
    const one = event.target, all = one.closest("table, form") || document, told = one.form?.querySelector("[data-counts]");
    const boxes = one.matches("[data-all]") ? all.querySelectorAll("[type=checkbox]:not([data-all]):not(:disabled)") : [];
    for (const box of boxes) box.checked = one.checked;
    const n = told && one.form.querySelectorAll(`[name=${told.dataset.counts}]:checked`).length;
    if (told) Object.assign(told, { textContent: told.dataset.says.replace("{n}", n), disabled: !n });
  });

  /* What is longer than its box can be scrolled with the keyboard. */
  function scrolls() {
    for (const one of document.querySelectorAll(".scroll, .moves, ol.timeline, .words"))
      one.tabIndex = one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight ? 0 : -1;
  }
  window.addEventListener("resize", scrolls);
  scrolls();
  /* A tab that nobody looks at asks for nothing. */
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (document.hidden && event.target.matches("[data-polls]")) event.preventDefault();
  });
})();
