// Makes the policy editor's forms quicker. Every form works without it: a saved form comes back with an empty row more,
// and every choice has a button.
(() => {
  "use strict";

  // Adds a button that appends an empty row. The copy takes the next number in every name, id and reference.
  const addRowButton = (list) => {
    const add = document.createElement("button");
    add.type = "button";
    add.className = "button plain";
    add.textContent = list.dataset.more;
    add.addEventListener("click", () => {
      const rows = list.querySelectorAll("fieldset.repeated-row");
      const last = rows[rows.length - 1], copy = last.cloneNode(true), from = `.${rows.length - 1}.`, to = `.${rows.length}.`;
      for (const each of copy.querySelectorAll("*")) {
        for (const name of ["id", "name", "for", "aria-describedby"]) {
          if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replace(from, to));
        }
      }
      copy.querySelector("legend").textContent = copy.querySelector("legend").textContent.replace(rows.length, rows.length + 1);
      for (const each of copy.querySelectorAll("input")) each.type === "checkbox" ? (each.checked = false) : (each.value = "");
      for (const each of copy.querySelectorAll("select")) each.selectedIndex = 0;
      for (const each of copy.querySelectorAll("[data-words]")) fillInLanguages(each);
      add.before(copy);
      copy.querySelector("select, input").focus();
    });
    list.append(add);
  };

  const choicesOf = (id) => JSON.parse(document.getElementById(id)?.dataset.choices ?? "[]");
  const textInputs = (group) => [...group.querySelectorAll("input[lang]")];
  const textsOf = (group) => Object.fromEntries(textInputs(group).map((input) => [input.lang, input.value.trim()]));

  // Puts the texts into the inputs of their languages: those that are empty, or that a choice has filled in before.
  const fillIn = (group, texts, except) => {
    for (const input of textInputs(group)) {
      if (input === except || (input.value && !input.dataset.filled)) continue;
      input.value = texts[input.lang] ?? "";
      if (input.value) input.dataset.filled = "1";
      else delete input.dataset.filled;
    }
  };

  // Choosing a text that is there, in any language, fills in its other languages.
  const fillInLanguages = (group) => {
    const choices = choicesOf(group.dataset.words);
    group.addEventListener("input", ({ target }) => {
      if (!target.lang) return;
      delete target.dataset.filled;
      fillIn(group, choices.find((texts) => texts[target.lang] === target.value.trim()) ?? {}, target);
    });
  };

  // A service that is there brings along the purpose and the section that it has elsewhere.
  const fillInUsedTogether = () => {
    const [service, purpose, section] = ["service", "purpose", "kind"].map((name) => document.getElementById(`f-${name}`));
    if (!service || !purpose || !section) return;
    service.addEventListener("input", () => {
      const typed = textsOf(service);
      const isTyped = ({ service: texts }) => Object.entries(texts).every(([language, text]) => typed[language] === text);
      const together = choicesOf("used-together").find(isTyped);
      if (!together) return;
      fillIn(purpose, together.purpose);
      section.value ||= together.kind;
    });
  };

  // A basis that rests on just one decision brings it along.
  const suggestDecision = (group) => {
    const basis = group.querySelector("select"), decision = group.querySelector("input"), decisions = JSON.parse(group.dataset.decisions);
    basis.addEventListener("change", () => {
      if (!decision.value || Object.values(decisions).includes(decision.value)) decision.value = decisions[basis.value] ?? "";
    });
  };

  // Asks for address and contact only of a company that is not there.
  const askForNewCompany = (details) => {
    const company = document.getElementById("f-company");
    // Two spellings of one name are one company, as they are for the server.
    const lettersOf = (name) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
    const known = JSON.parse(details.dataset.companies).map(lettersOf);
    const show = () => (details.hidden = !company.value.trim() || known.includes(lettersOf(company.value)));
    company.addEventListener("input", show);
    show();
  };

  // Asks, in the browser's own words, before a link throws away what was typed.
  const warnOfUnsaved = (form) => {
    let isDirty = false;
    form.addEventListener("input", () => (isDirty = true));
    form.addEventListener("submit", () => (isDirty = false));
    addEventListener("beforeunload", (event) => isDirty && event.preventDefault());
  };

  // Typing a day chooses "ends on this day".
  const chooseDayWhenTyped = () => {
    const day = document.getElementById("removed"), how = document.querySelector('[name="how"][value="day"]');
    day?.addEventListener("input", () => how && (how.checked = true));
  };

  // Copies a text; where the browser does not let a page do that, selects it.
  const copyText = (button) => {
    const source = document.getElementById(button.dataset.copy), status = document.querySelector("[data-copy-status]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        status.textContent = button.dataset.copied;
      } catch {
        getSelection().selectAllChildren(source);
      }
    });
  };

  document.querySelectorAll("[data-copy]").forEach(copyText);
  document.querySelectorAll(".repeated-rows").forEach(addRowButton);
  document.querySelectorAll("[data-words]").forEach(fillInLanguages);
  document.querySelectorAll("[data-companies]").forEach(askForNewCompany);
  document.querySelectorAll("[data-decisions]").forEach(suggestDecision);
  fillInUsedTogether();
  document.querySelectorAll("form[data-unsaved]").forEach(warnOfUnsaved);
  for (const form of document.querySelectorAll("form[data-at-once]")) {
    form.addEventListener("change", () => form.requestSubmit());
    form.querySelector("button").hidden = true;
  }
  chooseDayWhenTyped();

  // A form that htmx could not send is sent as a plain one, so that the browser says what is wrong.
  const sendPlain = (event) => event.target.matches("form[data-plain-fallback]") && event.target.submit();
  document.addEventListener("htmx:error", sendPlain);
  document.addEventListener("htmx:response:error", (event) => event.detail.ctx.response.status >= 500 && sendPlain(event));
})();
