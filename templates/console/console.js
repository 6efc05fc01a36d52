// Adds to the console's pages: keyboard, drafts, scrolling, local times, and a message when the connection is down.
// htmx fetches what is on the server. The only state here is the answer being typed.
(() => {
  "use strict";

  const find = (id) => document.getElementById(id);
  const form = find("answer"), body = find("body"), thread = find("thread"), newerButton = find("newer-button"), status = find("connection-status");
  const offlineText = status ? status.dataset.offline : "";
  const { lang } = document.documentElement;
  // One clock in all pages: the page's language in the reader's own region. English is British for lack of one.
  const region = (/-([A-Z]{2})\b/.exec(navigator.languages.join()) || [])[1] || (lang === "en" ? "GB" : "");
  const locale = new Intl.Locale(lang, region ? { region } : {});
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const calendar = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

  const showLocalTimes = () => {
    for (const time of document.querySelectorAll("time[data-local]")) {
      const at = new Date(time.dateTime);
      const text = (at.toDateString() === new Date().toDateString() ? clock : calendar).format(at);
      if (time.textContent !== text) time.textContent = text;
    }
  };

  const showStatus = (text) => {
    if (status && status.textContent !== text) status.textContent = text;
  };

  const watchConnection = () => {
    const live = find("live");
    if (!live) return;
    document.addEventListener("htmx:sse:after:connection", () => showStatus(""));
    document.addEventListener("htmx:sse:error", (event) => {
      if (event.detail.status === 403) location.reload(); // the session has ended; signing in leads back here
      else showStatus(offlineText);
    });
    document.addEventListener("htmx:error", (event) => event.target === live && showStatus(offlineText));
  };

  const page = document.scrollingElement;
  const isAtEnd = () => innerHeight + scrollY > page.scrollHeight - 120;
  // The last message counts as seen once the end of the log is in view. An answer carries its number.
  const noteSeen = () => {
    newerButton.hidden = true;
    if (form) form.elements.seen.value = find("log").dataset.last;
  };
  const goToEnd = () => {
    scrollTo({ top: page.scrollHeight, behavior: "instant" }); // on the way, the end would count as not reached
    noteSeen();
  };

  // Whoever reads the end follows it. Whoever reads further up stays there, and is told how much is new.
  const followThread = () => {
    let wasAtEnd = true, known = new Set(), newCount = 0;
    const texts = JSON.parse(newerButton.dataset.texts), plurals = new Intl.PluralRules(lang);
    const entries = () => [...find("log").children];
    const remember = () => ([wasAtEnd, known] = [isAtEnd(), new Set(entries().map((entry) => entry.id))]);
    thread.addEventListener("htmx:before:swap", remember);
    thread.addEventListener("htmx:after:swap", () => {
      const newEntries = entries().filter((entry) => !known.has(entry.id));
      if (newEntries.length && wasAtEnd) return goToEnd();
      const arrived = newEntries.filter((entry) => entry.matches(".message")).length; // notes and the like are not counted
      if (!arrived) return;
      newCount = (newerButton.hidden ? 0 : newCount) + arrived;
      newerButton.textContent = texts[plurals.select(newCount)].replace("{count}", newCount.toLocaleString(lang));
      newerButton.hidden = false;
    });
    newerButton.addEventListener("click", () => {
      goToEnd();
      body.focus();
    });
    addEventListener("scroll", () => isAtEnd() && noteSeen(), { passive: true });
    // A link may lead to one message; else a conversation opens at its end.
    const target = location.hash.startsWith("#m") && find(location.hash.slice(1));
    if (target) target.scrollIntoView({ block: "center", behavior: "instant" });
    else goToEnd();
  };

  // An input method's Enter ends a composition. Safari sends it afterwards, with `isComposing` false and keyCode 229.
  const watchComposition = (field) => {
    let isOpen = false;
    field.addEventListener("compositionstart", () => (isOpen = true));
    for (const name of ["compositionend", "blur"]) field.addEventListener(name, () => (isOpen = false));
    return (event) => isOpen || event.isComposing || event.keyCode === 229;
  };

  // In the tab's own storage, so that a reload or a new sign-in loses nothing. Blocked storage only costs that.
  const storedText = (name) => ({
    save(text) {
      try {
        if (text) sessionStorage.setItem(name, text);
        else sessionStorage.removeItem(name);
      } catch { /* blocked */ }
    },
    read() {
      try {
        return sessionStorage.getItem(name) || "";
      } catch {
        return "";
      }
    },
  });
  const draft = storedText(`forecourt:draft:${location.pathname}`);
  const draftMode = storedText(`forecourt:draft-mode:${location.pathname}`);

  // Files can be dropped on the answer and pasted into it, too. A note carries none.
  const handleFiles = (input) => {
    const remove = find("files-remove");
    const isNote = () => form.elements.mode.value === "note";
    const update = () => {
      input.disabled = isNote();
      remove.hidden = !input.files.length;
    };
    const setFiles = (files) => {
      const transfer = new DataTransfer();
      for (const file of files) transfer.items.add(file);
      input.files = transfer.files;
      update();
    };
    const add = (event, { files }) => {
      if (!files.length || isNote()) return;
      event.preventDefault();
      setFiles([...input.files, ...files]);
    };
    form.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
    form.addEventListener("drop", (event) => add(event, event.dataTransfer));
    form.addEventListener("paste", (event) => add(event, event.clipboardData));
    form.addEventListener("change", update);
    form.addEventListener("stored", () => setFiles([]));
    remove.addEventListener("click", () => {
      setFiles([]);
      input.focus();
    });
    update();
  };

  const handleAnswerForm = () => {
    let sent = "";
    const errorArea = find("error-area");
    const showUnsent = () => {
      const message = document.createElement("p");
      message.className = "error";
      message.textContent = form.dataset.unsent;
      errorArea.replaceChildren(message);
    };
    // A note that comes back stays a note.
    if (!body.value && draft.read()) [body.value, find("mode-note").checked] = [draft.read(), draftMode.read() === "note"];
    const saveMode = () => draftMode.save(form.elements.mode.value);
    form.addEventListener("change", saveMode);
    body.addEventListener("input", saveMode);
    body.addEventListener("input", () => draft.save(body.value));
    const isOfComposition = watchComposition(body);
    body.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !isOfComposition(event)) form.requestSubmit();
    });
    document.addEventListener("htmx:before:request", (event) => event.target.matches("form") && errorArea.replaceChildren());
    form.addEventListener("htmx:before:request", () => (sent = body.value));
    form.addEventListener("htmx:error", showUnsent);
    form.addEventListener("htmx:response:error", (event) => event.detail.ctx.response.status >= 500 && showUnsent());
    form.addEventListener("rekeyed", (event) => (form.elements.key.value = event.detail.key));
    form.addEventListener("stored", (event) => {
      form.elements.key.value = event.detail.key;
      // What was typed while the answer was on its way is not part of it, and stays.
      body.value = body.value.startsWith(sent) ? body.value.slice(sent.length) : body.value;
      draft.save(body.value);
      goToEnd();
    });
  };

  watchConnection();
  showLocalTimes();
  document.addEventListener("htmx:after:swap", showLocalTimes);
  if (thread && newerButton) followThread();
  if (form) handleAnswerForm();
  if (form && find("files")) handleFiles(find("files"));
})();
