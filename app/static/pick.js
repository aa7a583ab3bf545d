/* A list too long to look through is searched: by signs, and by the pinyin initials in `data-py`. A button with
   `data-choose` chooses its value in the field that it names. Without this script the lists stay. */
(function () {
  "use strict";
  function pick() {
    for (const list of document.querySelectorAll("select[data-pick]")) {
      if (list.tomselect) continue;
      const label = list.labels.length ? list.labels[0].textContent.trim() : "";
      if (!list.hasAttribute("aria-label") && label) list.setAttribute("aria-label", label);
      const picker = new window.TomSelect(list, { searchField: ["text", "py"], maxOptions: null, render: { no_results: null } });
      /* What somebody else puts into the list - words that were kept, a test - shows in the picker. */
      list.addEventListener("change", function () {
        if (!list.multiple && picker.getValue() !== list.value) picker.setValue(list.value, true);
      });
    }
  }
  document.addEventListener("click", function (event) {
    const chosen = event.target.closest("[data-choose]");
    if (chosen) document.getElementById(chosen.dataset.choose).tomselect.setValue(chosen.value);
  });
  /* Only when it is settled: until then htmx gives a list the classes of the one that stood there before. */
  document.addEventListener("htmx:afterSettle", pick);
  pick();
})();
