/* What is typed into a form is kept in this window, in sessionStorage, while it is typed: a page read anew, the other
   language, a session that has ended or a line that breaks loses nothing. It goes when its verb is done, after twelve
   hours, when somebody logs out and when another logs in. Passwords and files are never kept, nothing is shown to another
   account, and what the desk itself put into a form is not written over unasked. A form is sent once, however often it is
   clicked. Without this script all works, but for that. */
(function () {
  "use strict";
  const KEY = "kept", LEFT = "left", LONGEST = 12 * 3600 * 1000, PAUSE = 250, ONCE = "once";
  const NEVER = ["password", "file", "submit", "button", "reset", "image"];
  /* How the row stood and the mark of the sending go with what was typed: who corrects a row anew is told what was changed
     meanwhile, and what was done though no answer came is not done again. */
  const MARKS = ["stood", ONCE];
  const own = document.currentScript.dataset, account = own.account || "", said = JSON.parse(own.words);
  const here = () => location.pathname + (location.search.length > 1 ? location.search : "");
  const forms = () => document.querySelectorAll("form.verb");
  /* A form is known by where it is sent, which can be opened too: a part of a page stands on several pages. */
  const at = (form) => form.getAttribute("action") || here();
  const boxed = (one) => one.type === "checkbox" || one.type === "radio";

  /* There may be no storage, or nothing in it that could be read. */
  const tried = (does) => { try { return does(); } catch (error) { return null; } };
  const drop = () => tried(() => sessionStorage.removeItem(KEY));
  function write(kept) {
    const put = () => { sessionStorage.setItem(KEY, JSON.stringify(kept)); return true; };
    if (!Object.keys(kept.forms).length || !tried(put)) drop();
  }

  /* What is kept and may still be: of this account, or of whoever has to log in again, not too old, not done. */
  function read(done) {
    const kept = tried(() => JSON.parse(sessionStorage.getItem(KEY)));
    if (!kept || !kept.forms || (account && kept.account !== account)) return { account: account, forms: {} };
    for (const [address, one] of Object.entries(kept.forms))
      if (Date.now() - one.at > LONGEST || (done && (one.fields[ONCE] || []).includes(done))) delete kept.forms[address];
    return kept;
  }

  const forget = (address) => { const kept = read(); delete kept.forms[address]; write(kept); };

  const controls = (form) => Array.from(form.elements).filter((one) =>
    one.name && !NEVER.includes(one.type) && (one.type !== "hidden" || MARKS.includes(one.name)));

  function valuesOf(one) {
    if (boxed(one)) return one.checked ? [one.value] : [];
    return one.options ? Array.from(one.selectedOptions, (option) => option.value) : [one.value];
  }

  const fieldsOf = (form) => controls(form).reduce((fields, one) =>
    Object.assign(fields, { [one.name]: (fields[one.name] || []).concat(valuesOf(one)) }), {});
  /* What a person could have typed, to be compared. */
  function plain(fields) {
    const lines = (values) => values.map((value) => value.replace(/\r\n/g, "\n")).filter(Boolean);
    const told = Object.entries(fields).filter((one) => !MARKS.includes(one[0]));
    return JSON.stringify(told.map((one) => [one[0], lines(one[1])]).sort());
  }

  function keep(form, sent) {
    const fields = fieldsOf(form), kept = read(), base = form.desk.base;
    const typed = controls(form).some((one) => one.type !== "hidden" && valuesOf(one).join("").trim());
    const files = Array.from(form.elements).some((one) => one.type === "file" && one.value);
    if (!typed || (!sent && base && plain(fields) === plain(base))) delete kept.forms[at(form)];
    else kept.forms[at(form)] = { at: Date.now(), sent: sent, files: files, fields: fields, base: base };
    write(kept);
  }

  function restore(form, entry) {
    for (const one of controls(form)) {
      const values = Object.hasOwn(entry.fields, one.name) ? entry.fields[one.name] : null;
      if (values === null || (one.name === ONCE && !entry.sent)) continue;
      if (boxed(one)) one.checked = values.includes(one.value);
      else if (one.options) for (const option of one.options) option.selected = values.includes(option.value);
      else one.value = values.join("\n");
      const folded = one.closest("details");
      if (folded && one.value) folded.open = true;
    }
  }

  const looking = (tag, words, more) => Object.assign(document.createElement(tag),
    { className: "btn btn-outline-primary btn-sm", textContent: words }, more);
  function button(words, does) {
    const made = looking("button", words, { type: "button" });
    made.addEventListener("click", () => does(made.parentElement));
    return made;
  }

  function tell(form, words, ...beside) {
    const told = Object.assign(document.createElement("div"), { className: "flash warning" });
    told.setAttribute("role", "status");
    told.append(words + " ", ...beside.flatMap((one) => [one, " "]));
    ((form && form.closest("#panel, .opened")) || document.getElementById("content")).prepend(told);
  }
  const ways = (address) => [looking("a", said.back, { href: address }),
    button(said.forget, (told) => { forget(address); told.remove(); })];

  function restored(form, entry) {
    restore(form, entry);
    tell(form, (entry.sent ? said.unsent_is_here : said.typed_is_here) + (entry.files ? said.files_again : ""),
      button(said.forget, () => { forget(at(form)); form.desk.done = true; location.replace(at(form)); }));
    form.desk.sent = entry.sent;
    keep(form, entry.sent);
  }

  /* Where the desk has put something else into the form since, that stays, until somebody wants his own words back. */
  function meet(form, entry) {
    if ("sent" in form.dataset) return keep(form, false);
    if (!entry || (!entry.sent && plain(entry.fields) === plain(form.desk.base))) return;
    if (entry.sent || !entry.base || plain(entry.base) === plain(form.desk.base)) return restored(form, entry);
    const answer = (does) => (told) => { told.remove(); form.desk.asking = false; does(); };
    form.desk.asking = true;
    tell(form, said.newer_is_shown, button(said.bring_back, answer(() => restored(form, entry))),
      button(said.no, answer(() => forget(at(form)))));
  }

  function follow(form) {
    const stop = () => { clearTimeout(form.desk.waits); form.desk.waits = 0; };
    const replaced = () => !form.isConnected && Array.from(forms()).some((one) => at(one) === at(form));
    const now = () => { stop(); if (!form.desk.asking && !form.desk.done && !replaced()) keep(form, form.desk.sent); };
    for (const name of ["input", "change"])
      form.addEventListener(name, () => { stop(); form.desk.waits = setTimeout(now, PAUSE); });
    window.addEventListener("pagehide", () => { if (form.desk.waits) now(); });
    form.desk.stop = stop;
  }

  const left = () => { for (const one of forms()) if (one.desk) one.desk.done = true; drop(); };
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (event.submitter && event.submitter.name === "preview") return;  /* a look at a paper sends no form */
    if (form.matches("form.verb")) {
      if ("sending" in form.dataset) return event.preventDefault();  /* a second click while the first is on its way */
      form.dataset.sending = "";
      setTimeout(() => delete form.dataset.sending, 15000);
      if (!form.desk) return;
      form.desk.stop();
      /* What is carried on to another form is that form's. */
      if (event.submitter && event.submitter.hasAttribute("formaction")) forget(at(form));
      else keep(form, (form.desk.sent = true));
    } else if ((form.getAttribute("action") || "").endsWith("/logout/")) {
      left();
      tried(() => localStorage.setItem(LEFT, String(Date.now())));
    }
  });
  /* A part that the desk refuses as such is asked for as a page, which says why and gives back what was typed. */
  for (const name of ["htmx:responseError", "htmx:sendError"])
    document.addEventListener(name, (event) => event.target.matches("form.verb") && event.target.submit());
  /* Who logs out in one window has left all of them. */
  window.addEventListener("storage", (event) => { if (event.key === LEFT) left(); });
  window.addEventListener("pageshow", () => { for (const form of forms()) delete form.dataset.sending; });

  /* The forms that came with the page, or with a part of it: each is followed from now on. */
  function begin(done) {
    const kept = read(done);
    write(kept);
    for (const form of forms()) if (!form.desk) {
      const entry = kept.forms[at(form)];
      form.desk = { base: "sent" in form.dataset ? entry && entry.base : fieldsOf(form), sent: false, waits: 0 };
      follow(form);
      meet(form, entry);
    }
    return Object.entries(kept.forms);
  }
  if (document.querySelector("form.again")) return;  /* it stands on the page itself */
  const all = begin(own.sent), lost = account ? all.filter((one) => one[1].sent) : all;
  document.addEventListener("htmx:load", () => begin(document.querySelector("[data-done]")?.dataset.done));
  if (!lost.length) return;
  if (!account || document.querySelector("[data-code]")) tell(null, said.log_in_again, ...(account ? ways(lost[0][0]) : []));
  else if (!forms().length) tell(null, said.something_unsent, ...ways(lost[0][0]));
})();
