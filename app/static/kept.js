/* What is typed into a form is kept in this window, in sessionStorage, while it is typed: so that a page read anew, the
   other language, a look at another page, a session that has ended or a line that breaks loses nothing. It goes when its
   verb is done, after twelve hours, when somebody logs out and when another logs in. Passwords and files are never kept,
   and nothing is shown to another account. What the desk itself put into a form is not written over unasked. A form is
   sent once, however often it is clicked. Without this script all works, but for that. */
(function () {
  "use strict";
  const KEY = "kept", LEFT = "left", LONGEST = 12 * 3600 * 1000, PAUSE = 250;
  const NEVER = ["password", "file", "submit", "button", "reset", "image"];
  /* The marks of how the row stood and of the sending go with what was typed: who corrects a row anew is told what was
     changed meanwhile, and what was done though no answer came is not done again. */
  const STOOD = "stood", ONCE = "once", MARKS = [STOOD, ONCE];
  const own = document.currentScript.dataset, account = own.account || "";
  const words = JSON.parse(own.words), said = (name) => words[name];

  function drop() {
    try { sessionStorage.removeItem(KEY); } catch (error) { /* there is no storage: nothing is kept */ }
  }

  function write(kept) {
    if (!Object.keys(kept.forms).length) return drop();
    try { sessionStorage.setItem(KEY, JSON.stringify(kept)); } catch (error) { drop(); }
  }

  /* What is kept and may still be: of this account, or of whoever has to log in again, and not too old. */
  function read() {
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(KEY)); } catch (error) { /* nothing that could be read */ }
    if (!kept || !kept.forms || (account && kept.account !== account)) return { account: account, forms: {} };
    for (const address of Object.keys(kept.forms))
      if (Date.now() - kept.forms[address].at > LONGEST) delete kept.forms[address];
    return kept;
  }

  function forget(address) {
    const kept = read();
    delete kept.forms[address];
    write(kept);
  }

  function controls(form) {
    return Array.from(form.elements).filter((one) =>
      one.name && !NEVER.includes(one.type) && (one.type !== "hidden" || MARKS.includes(one.name)));
  }

  function valuesOf(one) {
    if (one.type === "checkbox" || one.type === "radio") return one.checked ? [one.value] : [];
    return one.options ? Array.from(one.selectedOptions, (option) => option.value) : [one.value];
  }

  function fieldsOf(form) {
    const fields = {};
    for (const one of controls(form)) fields[one.name] = (fields[one.name] || []).concat(valuesOf(one));
    return fields;
  }

  /* What a person could have typed, to be compared. */
  function plain(fields) {
    const lines = (values) => values.map((value) => value.replace(/\r\n/g, "\n")).filter(Boolean);
    const told = Object.entries(fields).filter((one) => !MARKS.includes(one[0]));
    return JSON.stringify(told.map((one) => [one[0], lines(one[1])]).sort());
  }

  function here() {
    return location.pathname + (location.search.length > 1 ? location.search : "");
  }

  function keep(form, sent) {
    const fields = fieldsOf(form), kept = read();
    const typed = controls(form).some((one) => one.type !== "hidden" && valuesOf(one).join("").trim());
    if (!typed || (!sent && plain(fields) === plain(form.desk.base))) delete kept.forms[here()];
    else {
      const files = Array.from(form.elements).some((one) => one.type === "file" && one.value);
      kept.forms[here()] = { at: Date.now(), sent: sent, files: files, fields: fields, base: form.desk.base };
    }
    write(kept);
  }

  function restore(form, entry) {
    for (const one of controls(form)) {
      const values = Object.hasOwn(entry.fields, one.name) ? entry.fields[one.name] : null;
      if (values === null || (one.name === ONCE && !entry.sent)) continue;
      if (one.type === "checkbox" || one.type === "radio") one.checked = values.includes(one.value);
      else if (one.options) for (const option of one.options) option.selected = values.includes(option.value);
      else one.value = values.join("\n");
      const folded = one.closest("details");
      if (folded && one.value) folded.open = true;
    }
  }

  function button(words, does) {
    const made = document.createElement("button");
    made.className = "btn btn-outline-primary btn-sm";
    made.type = "button";
    made.textContent = words;
    made.addEventListener("click", does);
    return made;
  }

  function tell(words, ...beside) {
    const told = document.createElement("div");
    told.className = "flash warning";
    told.setAttribute("role", "status");
    told.append(words + " ", ...beside.flatMap((one) => [one, " "]));
    document.getElementById("content").prepend(told);
    return told;
  }

  function restored(form, entry) {
    restore(form, entry);
    const words = entry.sent
      ? said("unsent_is_here")
      : said("typed_is_here");
    const files = entry.files ? said("files_again") : "";
    tell(words + files, button(said("forget"), function () {
      forget(here());
      form.desk.done = true;
      location.replace(here());
    }));
    form.desk.sent = entry.sent;
    keep(form, entry.sent);
  }

  /* The desk has put something else into the form since: it stays, until somebody wants his own words back. */
  function ask(form, entry) {
    const told = tell(
      said("newer_is_shown"),
      button(said("bring_back"), function () {
        told.remove();
        form.desk.asking = false;
        restored(form, entry);
      }),
      button(said("no"), function () {
        told.remove();
        form.desk.asking = false;
        forget(here());
      }),
    );
    form.desk.asking = true;
  }

  function meet(form, entry) {
    if ("sent" in form.dataset) return keep(form, false);
    if (!entry || (!entry.sent && plain(entry.fields) === plain(form.desk.base))) return;
    if (entry.sent || !entry.base || plain(entry.base) === plain(form.desk.base)) restored(form, entry);
    else ask(form, entry);
  }

  function follow(form) {
    let waits = 0;
    const now = function () {
      clearTimeout(waits);
      waits = 0;
      if (!form.desk.asking && !form.desk.done) keep(form, form.desk.sent);
    };
    const soon = function () {
      clearTimeout(waits);
      waits = setTimeout(now, PAUSE);
    };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    window.addEventListener("pagehide", function () { if (waits) now(); });
    form.desk.stop = function () { clearTimeout(waits); waits = 0; };
  }

  /* A second click while the first is on its way. */
  function twice(form) {
    if ("sending" in form.dataset) return true;
    form.dataset.sending = "";
    setTimeout(function () { delete form.dataset.sending; }, 15000);
    return false;
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.matches("form.verb")) {
      if (twice(form)) return event.preventDefault();
      form.desk.stop();
      /* What is carried on to another form is that form's. */
      if (event.submitter && event.submitter.hasAttribute("formaction")) forget(here());
      else keep(form, true);
    } else if ((form.getAttribute("action") || "").endsWith("/logout/")) {
      for (const one of document.querySelectorAll("form.verb")) one.desk.done = true;
      drop();
      try { localStorage.setItem(LEFT, String(Date.now())); } catch (error) { /* other windows keep theirs */ }
    }
  });

  /* Who logs out in one window has left all of them. */
  window.addEventListener("storage", function (event) {
    if (event.key !== LEFT) return;
    for (const one of document.querySelectorAll("form.verb")) one.desk.done = true;
    drop();
  });

  window.addEventListener("pageshow", function () {
    for (const form of document.querySelectorAll("form.verb")) delete form.dataset.sending;
  });

  const kept = read(), form = document.querySelector("form.verb");
  for (const address of Object.keys(kept.forms))
    if (own.sent && (kept.forms[address].fields[ONCE] || []).includes(own.sent)) delete kept.forms[address];
  const lost = Object.entries(kept.forms).filter((one) => one[1].sent);
  write(kept);
  if (form) {
    const before = "sent" in form.dataset ? kept.forms[here()] : null;
    form.desk = { base: before ? before.base : fieldsOf(form), sent: false };
    follow(form);
  }
  if (document.querySelector("form.again")) return;  /* it stands on the page itself */
  if (!account || document.querySelector("[data-code]")) {
    const told = account ? lost : Object.entries(kept.forms);
    if (!told.length) return;
    tell(said("log_in_again"),
      ...(account ? ways(told[0][0]) : []));
  } else if (form) meet(form, kept.forms[here()]);
  else if (lost.length)
    tell(said("something_unsent"), ...ways(lost[0][0]));

  function ways(address) {
    const link = document.createElement("a");
    link.className = "btn btn-outline-primary btn-sm";
    link.href = address;
    link.textContent = said("back");
    return [link, button(said("forget"), function (event) {
      forget(address);
      event.target.parentElement.remove();
    })];
  }
})();
