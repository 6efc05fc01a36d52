// Adds to the console's pages: keyboard, drafts, scrolling, local times, and a message when the connection is down.
// htmx fetches what is on the server. The only state here is the answer being typed.
(() => {
  "use strict";

  const find = (id) => document.getElementById(id);
  const form = find("answer"), body = find("body"), thread = find("thread"), newerButton = find("newer-button"), status = find("connection-status");
  const offlineText = status ? status.dataset.offline : "";
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
  const goToEnd = () => {
    scrollTo({ top: page.scrollHeight, behavior: "instant" }); // on the way, the end would count as not reached
    newerButton.hidden = true;
  };

  const followThread = () => {
    let wasAtEnd = true, last = "";
    const lastMessageId = () => find("log").lastElementChild?.id;
    thread.addEventListener("htmx:before:swap", () => ([wasAtEnd, last] = [isAtEnd(), lastMessageId()]));
    thread.addEventListener("htmx:after:swap", () => {
      if (lastMessageId() === last) return;
      if (wasAtEnd) goToEnd();
      else newerButton.hidden = false;
    });
    newerButton.addEventListener("click", () => {
      goToEnd();
      body.focus();
    });
    addEventListener("scroll", () => isAtEnd() && (newerButton.hidden = true), { passive: true });
    goToEnd();
  };

  // In the tab's own storage, so that a reload or a new sign-in loses nothing. Blocked storage only costs that.
  const draft = {
    name: `forecourt:draft:${location.pathname}`,
    save(text) {
      try {
        if (text) sessionStorage.setItem(this.name, text);
        else sessionStorage.removeItem(this.name);
      } catch { /* blocked */ }
    },
    read() {
      try {
        return sessionStorage.getItem(this.name) || "";
      } catch {
        return "";
      }
    },
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
    body.value ||= draft.read();
    body.addEventListener("input", () => draft.save(body.value));
    body.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) form.requestSubmit();
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
})();
