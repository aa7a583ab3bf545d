/* What is typed into a form is kept in this window, in sessionStorage, from when the form is sent until its verb is
   done: so that a session that has ended, or a line that breaks, loses nothing. Passwords and files are never kept;
   nothing is shown to another account, and logging out forgets it. A form is sent once, however often it is clicked.
   Without this script all works, but for that. */
(function () {
  "use strict";
  const KEY = "kept", LONGEST = 12 * 3600 * 1000;
  const NEVER = ["password", "file", "submit", "button", "reset", "image"];
  const zh = document.documentElement.lang !== "en";
  const account = document.currentScript.dataset.account || "";
  const said = (chinese, english) => (zh ? chinese : english);

  function drop() {
    try { sessionStorage.removeItem(KEY); } catch (error) { /* there is no storage: nothing is kept */ }
  }

  function write(kept) {
    try { sessionStorage.setItem(KEY, JSON.stringify(kept)); } catch (error) { drop(); }
  }

  function read() {
    try { return JSON.parse(sessionStorage.getItem(KEY)); } catch (error) { return null; }
  }

  const MARKS = ["stood", "once"];

  /* The marks of how the row stood and of the sending go with what was typed: who corrects a row anew is told what was
     changed meanwhile, and what was done though no answer came is not done again. */
  function controls(form) {
    return Array.from(form.elements).filter((one) =>
      one.name && !NEVER.includes(one.type) && (one.type !== "hidden" || MARKS.includes(one.name)));
  }

  function valuesOf(one) {
    if (one.type === "checkbox" || one.type === "radio") return one.checked ? [one.value] : [];
    return one.options ? Array.from(one.selectedOptions, (option) => option.value) : [one.value];
  }

  function here() {
    return location.pathname + (location.search.length > 1 ? location.search : "");
  }

  function keep(form) {
    const found = controls(form), fields = {};
    if (!found.some((one) => one.type !== "hidden" && !one.options && valuesOf(one).join("").trim())) return drop();
    for (const one of found) fields[one.name] = (fields[one.name] || []).concat(valuesOf(one));
    const files = Array.from(form.elements).some((one) => one.type === "file" && one.value);
    write({ address: here(), account: account, at: Date.now(), lost: false, files: files, fields: fields });
  }

  function restore(form, fields) {
    for (const one of controls(form)) {
      const values = Object.hasOwn(fields, one.name) ? fields[one.name] : null;
      if (values === null) continue;
      if (one.type === "checkbox" || one.type === "radio") one.checked = values.includes(one.value);
      else if (one.options) for (const option of one.options) option.selected = values.includes(option.value);
      else one.value = values.join("\n");
      const folded = one.closest("details");
      if (folded && one.value) folded.open = true;
    }
  }

  function tell(words, kept, back) {
    const told = document.createElement("div");
    told.className = "flash warning";
    told.setAttribute("role", "status");
    told.textContent = words + " ";
    if (back) {
      const link = document.createElement("a");
      link.className = "btn plain";
      link.href = kept.address;
      link.textContent = said("回到表单", "Back to the form");
      told.append(link, " ");
    }
    if (account) {
      const button = document.createElement("button");
      button.className = "btn plain";
      button.type = "button";
      button.textContent = said("不再保留", "Forget it");
      button.addEventListener("click", function () {
        drop();
        if (back) told.remove(); else location.replace(kept.address);
      });
      told.append(button);
    }
    document.getElementById("content").prepend(told);
  }

  /* A second click while the first is on its way would do the verb twice. */
  function twice(form) {
    if ("sending" in form.dataset) return true;
    form.dataset.sending = "";
    setTimeout(function () { delete form.dataset.sending; }, 15000);
    return false;
  }

  document.addEventListener("submit", function (event) {
    if (event.target.matches("form.verb")) {
      if (twice(event.target)) return event.preventDefault();
      keep(event.target);
    } else if ((event.target.getAttribute("action") || "").endsWith("/logout/")) drop();
  });

  window.addEventListener("pageshow", function () {
    for (const form of document.querySelectorAll("form.verb")) delete form.dataset.sending;
  });

  const kept = read(), form = document.querySelector("form.verb");
  if (!kept) return;
  if ((account && kept.account !== account) || Date.now() - kept.at > LONGEST) return drop();
  if (!account || document.querySelector("[data-code]")) {
    kept.lost = true;
    write(kept);
    tell(said("您填写的内容没有提交成功，已保留在本窗口；请用原账号登录后继续。",
      "What you typed was not sent; it is kept in this window. Log in with the same account to go on."), kept, account);
  } else if (form && kept.address === here() && !("sent" in form.dataset)) {
    restore(form, kept.fields);
    kept.lost = false;
    write(kept);
    tell(said("上次没有提交成功的内容已恢复，请核对后重新提交。", "What was not sent is here again: check it, and send it.")
      + (kept.files ? said("附件须重新选择。", " Choose the files again.") : ""), kept, false);
  } else if (kept.lost) {
    tell(said("您有填写后没有提交成功的内容。", "Something that you typed was not sent."), kept, true);
  } else {
    drop();
  }
})();
