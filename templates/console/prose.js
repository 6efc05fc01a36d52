// A rich-text editor over a plain text area, which keeps the Markdown that the form sends. A text that the editor
// cannot hold (an image, a rule, code) stays in its text area: nothing is lost by opening a page.
(() => {
  "use strict";

  const area = document.querySelector("textarea[data-prose]");
  if (!area || !globalThis.ProseMirror) return;
  const P = globalThis.ProseMirror, labels = area.dataset;

  // Only what the server's filter `prose` lets through.
  const { nodes, marks } = P.schema.spec;
  const allowedNodes = ["image", "horizontal_rule", "code_block"].reduce((rest, name) => rest.remove(name), nodes)
    .update("heading", { ...nodes.get("heading"), content: "text*" });
  const schema = new P.Schema({ nodes: allowedNodes, marks });
  const { tokens } = P.defaultMarkdownParser;
  const parser = new P.MarkdownParser(schema, P.defaultMarkdownParser.tokenizer, Object.fromEntries(
    Object.entries(tokens).filter(([, to]) => schema.nodes[to.block ?? to.node] || schema.marks[to.mark]),
  ));
  const serializer = new P.MarkdownSerializer({
    ...P.defaultMarkdownSerializer.nodes,
    bullet_list: (state, node) => state.renderList(node, "  ", () => "- "),
  }, P.defaultMarkdownSerializer.marks);

  const parseArea = () => {
    try {
      return parser.parse(area.value);
    } catch {
      return null;
    }
  };
  const initial = parseArea();
  if (!initial) return;

  const element = (name, attributes = {}, text = "") => {
    const created = Object.assign(document.createElement(name), attributes);
    created.textContent = text;
    return created;
  };
  const isSafe = (address) => /^(https?:\/\/|mailto:)\S+$/.test(address);

  const hasMark = (state, type) => {
    const { from, to, $from, empty } = state.selection;
    return empty ? Boolean(type.isInSet(state.storedMarks || $from.marks())) : state.doc.rangeHasMark(from, to, type);
  };
  const isIn = (state, name) => {
    const { $from } = state.selection;
    for (let depth = $from.depth; depth > 0; depth--) if ($from.node(depth).type.name === name) return true;
    return false;
  };
  const { strong, em, link, code } = schema.marks;
  const { bullet_list, ordered_list, list_item, heading, blockquote, paragraph, hard_break } = schema.nodes;
  const toggleHeading = (state, dispatch) =>
    (isIn(state, "heading") ? P.setBlockType(paragraph) : P.setBlockType(heading, { level: 3 }))(state, dispatch);
  const list = (type) => (state, dispatch) =>
    isIn(state, type.name) ? P.liftListItem(list_item)(state, dispatch) : P.wrapInList(type, { tight: true })(state, dispatch);

  const TOOLS = [
    ["bold", P.toggleMark(strong), (state) => hasMark(state, strong)],
    ["italic", P.toggleMark(em), (state) => hasMark(state, em)],
    ["heading", toggleHeading, (state) => isIn(state, "heading")],
    ["bullets", list(bullet_list), (state) => isIn(state, "bullet_list")],
    ["numbers", list(ordered_list), (state) => isIn(state, "ordered_list")],
    ["quote", P.wrapIn(blockquote), (state) => isIn(state, "blockquote")],
    ["undo", P.undo],
    ["redo", P.redo],
  ];

  const frame = element("div", { className: "prose-editor" });
  const tools = element("div", { className: "prose-tools" });
  tools.setAttribute("role", "toolbar");
  tools.setAttribute("aria-label", labels.tools);
  const linkForm = element("div", { className: "prose-link", hidden: true });
  const addressLabel = element("label", { htmlFor: "prose-address" }, labels.address);
  const address = element("input", { id: "prose-address", type: "text", inputMode: "url" });
  const apply = element("button", { type: "button" }, labels.apply);
  linkForm.append(addressLabel, address, apply);

  const insertBreak = P.chainCommands(P.exitCode, (state, dispatch) => {
    dispatch?.(state.tr.replaceSelectionWith(hard_break.create()).scrollIntoView());
    return true;
  });
  const keys = {
    "Mod-b": P.toggleMark(strong), "Mod-i": P.toggleMark(em), "Mod-`": P.toggleMark(code),
    "Mod-z": P.undo, "Mod-y": P.redo, "Shift-Mod-z": P.redo,
    "Enter": P.splitListItem(list_item), "Shift-Enter": insertBreak,
    "Mod-]": P.sinkListItem(list_item), "Mod-[": P.liftListItem(list_item),
    "Mod-k": () => (askForAddress(), true),
  };
  const rules = P.inputRules({ rules: [
    P.wrappingInputRule(/^\s*([-+*])\s$/, bullet_list, { tight: true }),
    P.wrappingInputRule(/^(\d+)\.\s$/, ordered_list, (match) => ({ order: +match[1], tight: true })),
    P.wrappingInputRule(/^\s*>\s$/, blockquote),
    P.textblockTypeInputRule(/^(#{2,4})\s$/, heading, (match) => ({ level: match[1].length })),
  ] });
  const state = (doc) => P.EditorState.create({ doc, plugins: [rules, P.keymap(keys), P.keymap(P.baseKeymap), P.history()] });

  const view = new P.EditorView(frame, {
    state: state(initial),
    attributes: {
      role: "textbox", "aria-multiline": "true", "aria-labelledby": "text-label", "aria-describedby": "text-help",
      lang: area.lang, dir: "auto",
    },
    dispatchTransaction(transaction) {
      view.updateState(view.state.apply(transaction));
      if (transaction.docChanged) {
        area.value = serializer.serialize(view.state.doc);
        area.dispatchEvent(new Event("input", { bubbles: true }));
      }
      showButtonStates();
    },
  });

  const askForAddress = () => {
    const linkMark = link.isInSet(view.state.selection.$from.marks());
    if (hasMark(view.state, link) && !view.state.selection.empty) P.toggleMark(link)(view.state, view.dispatch);
    else if (!view.state.selection.empty) {
      linkForm.hidden = false;
      address.value = linkMark?.attrs.href ?? "";
      address.focus();
      return;
    }
    view.focus();
  };
  const setLink = () => {
    const typed = address.value.trim(), href = /^[^\s@:/]+@[^\s@]+$/.test(typed) ? `mailto:${typed}` : typed;
    address.setAttribute("aria-invalid", String(!isSafe(href)));
    if (!isSafe(href)) return address.focus();
    linkForm.hidden = true;
    P.toggleMark(link, { href })(view.state, view.dispatch);
    view.focus();
  };
  apply.addEventListener("click", setLink);
  address.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(), setLink();
    if (event.key === "Escape") (linkForm.hidden = true), view.focus();
  });

  const buttons = TOOLS.map(([name, command, isOn]) => {
    const button = element("button", { type: "button" }, labels[name]);
    button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    button.addEventListener("click", () => {
      command(view.state, view.dispatch, view);
      view.focus();
    });
    tools.append(button);
    return { button, command, isOn };
  });
  const linkButton = element("button", { type: "button" }, labels.link);
  linkButton.addEventListener("mousedown", (event) => event.preventDefault());
  linkButton.addEventListener("click", askForAddress);
  buttons[5].button.after(linkButton);
  const markdownButton = element("button", { type: "button", className: "at-end" }, labels.markdown);
  markdownButton.setAttribute("aria-pressed", "false");
  tools.append(markdownButton);

  const showButtonStates = () => {
    for (const { button, command, isOn } of buttons) {
      if (isOn) button.setAttribute("aria-pressed", String(isOn(view.state)));
      else button.disabled = !command(view.state);
    }
    linkButton.setAttribute("aria-pressed", String(hasMark(view.state, link)));
  };

  // One stop for the tab key; arrows walk the tools (WAI-ARIA toolbar).
  const enabledButtons = () => [...tools.querySelectorAll("button:not(:disabled)")];
  const makeTabStop = (stop) => tools.querySelectorAll("button").forEach((each) => (each.tabIndex = each === stop ? 0 : -1));
  tools.addEventListener("keydown", (event) => {
    const to = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!to) return;
    const stops = enabledButtons(), next = stops[(stops.indexOf(document.activeElement) + to + stops.length) % stops.length];
    event.preventDefault();
    makeTabStop(next);
    next.focus();
  });

  const label = document.getElementById("text-label");
  const inRichText = () => !view.dom.hidden;
  label.addEventListener("click", (event) => inRichText() && (event.preventDefault(), view.focus()));
  markdownButton.addEventListener("click", () => {
    const toPlain = inRichText(), doc = toPlain ? null : parseArea();
    if (!toPlain && !doc) return area.focus(); // the editor cannot hold what was written in Markdown
    if (doc) view.updateState(state(doc));
    view.dom.hidden = toPlain;
    area.hidden = !toPlain;
    for (const { button } of buttons) button.hidden = toPlain;
    linkButton.hidden = toPlain;
    markdownButton.setAttribute("aria-pressed", String(toPlain));
    makeTabStop(enabledButtons().find((each) => !each.hidden));
    (toPlain ? area : view).focus();
  });

  frame.prepend(tools, linkForm);
  area.before(frame);
  frame.append(area);
  area.hidden = true;
  makeTabStop(buttons[0].button);
  showButtonStates();
})();
