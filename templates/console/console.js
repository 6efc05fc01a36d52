// The console's manners: keys, drafts, scrolling, local times, and what to say when the line is cut.
// What is on the server comes by htmx; nothing here holds state of its own but the answer being typed.
(() => {
  "use strict";

  const find = (id) => document.getElementById(id);
  const form = find("answer"), body = find("body"), thread = find("thread"), newer = find("newer"), line = find("line");
  const cut = line ? line.dataset.cut : "";
  const { lang } = document.documentElement;
  const locale = navigator.language.startsWith(lang) ? navigator.language : lang; // the page's language, the reader's country
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const calendar = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

  const showLocalTimes = () => {
    for (const time of document.querySelectorAll("time[data-local]")) {
      const at = new Date(time.dateTime);
      const text = (at.toDateString() === new Date().toDateString() ? clock : calendar).format(at);
      if (time.textContent !== text) time.textContent = text;
    }
  };

  const say = (text) => {
    if (line && line.textContent !== text) line.textContent = text;
  };

  const watchTheLine = () => {
    const live = find("live");
    if (!live) return;
    document.addEventListener("htmx:sse:after:connection", () => say(""));
    document.addEventListener("htmx:sse:error", (event) => {
      if (event.detail.status === 403) location.reload(); // the session has ended; signing in leads back here
      else say(cut);
    });
    document.addEventListener("htmx:error", (event) => event.target === live && say(cut));
  };

  const page = document.scrollingElement;
  const isAtEnd = () => innerHeight + scrollY > page.scrollHeight - 120;
  const goToEnd = () => {
    scrollTo({ top: page.scrollHeight, behavior: "instant" }); // on the way, the end would count as not reached
    newer.hidden = true;
  };

  const followTheLog = () => {
    let wasAtEnd = true, last = "";
    const lastSaid = () => find("log").lastElementChild?.id;
    thread.addEventListener("htmx:before:swap", () => ([wasAtEnd, last] = [isAtEnd(), lastSaid()]));
    thread.addEventListener("htmx:after:swap", () => {
      if (lastSaid() === last) return;
      if (wasAtEnd) goToEnd();
      else newer.hidden = false;
    });
    newer.addEventListener("click", () => {
      goToEnd();
      body.focus();
    });
    addEventListener("scroll", () => isAtEnd() && (newer.hidden = true), { passive: true });
    goToEnd();
  };

  // In the tab's own storage, so that a reload or a new sign-in loses nothing. Blocked storage only costs that.
  const draft = {
    name: `forecourt:draft:${location.pathname}`,
    keep(text) {
      try {
        if (text) sessionStorage.setItem(this.name, text);
        else sessionStorage.removeItem(this.name);
      } catch { /* blocked */ }
    },
    kept() {
      try {
        return sessionStorage.getItem(this.name) || "";
      } catch {
        return "";
      }
    },
  };

  const answering = () => {
    let sent = "";
    const trouble = find("trouble");
    const unsent = () => {
      const told = document.createElement("p");
      told.className = "error";
      told.textContent = form.dataset.unsent;
      trouble.replaceChildren(told);
    };
    body.value ||= draft.kept();
    body.addEventListener("input", () => draft.keep(body.value));
    body.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) form.requestSubmit();
    });
    document.addEventListener("htmx:before:request", (event) => event.target.matches("form") && trouble.replaceChildren());
    form.addEventListener("htmx:before:request", () => (sent = body.value));
    form.addEventListener("htmx:error", unsent);
    form.addEventListener("htmx:response:error", (event) => event.detail.ctx.response.status >= 500 && unsent());
    form.addEventListener("rekeyed", (event) => (form.elements.key.value = event.detail.key));
    form.addEventListener("stored", (event) => {
      form.elements.key.value = event.detail.key;
      // What was typed while the answer travelled is not part of it, and stays.
      body.value = body.value.startsWith(sent) ? body.value.slice(sent.length) : body.value;
      draft.keep(body.value);
      goToEnd();
    });
  };

  watchTheLine();
  showLocalTimes();
  document.addEventListener("htmx:after:swap", showLocalTimes);
  if (thread && newer) followTheLog();
  if (form) answering();
})();
