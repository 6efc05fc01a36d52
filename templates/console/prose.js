// A rich-text editor over a plain text area, which keeps the Markdown that the form sends. A text that the editor
// cannot hold (an image, a rule, code) stays in its text area: nothing is lost by opening a page.
(() => {
  "use strict";

  const area = document.querySelector("textarea[data-prose]");
  if (!area || !globalThis.ProseMirror) return;
  const P = globalThis.ProseMirror, said = area.dataset;

  // What render.prose lets through, and no more.
  const { nodes, marks } = P.schema.spec;
  const kept = ["image", "horizontal_rule", "code_block"].reduce((left, name) => left.remove(name), nodes)
    .update("heading", { ...nodes.get("heading"), content: "text*" });
  const schema = new P.Schema({ nodes: kept, marks });
  const { tokens } = P.defaultMarkdownParser;
  const parser = new P.MarkdownParser(schema, P.defaultMarkdownParser.tokenizer, Object.fromEntries(
    Object.entries(tokens).filter(([, to]) => schema.nodes[to.block ?? to.node] || schema.marks[to.mark]),
  ));
  const serializer = new P.MarkdownSerializer({
    ...P.defaultMarkdownSerializer.nodes,
    bullet_list: (state, node) => state.renderList(node, "  ", () => "- "),
  }, P.defaultMarkdownSerializer.marks);

  const read = () => {
    try {
      return parser.parse(area.value);
    } catch {
      return null;
    }
  };
  const first = read();
  if (!first) return;

  const element = (name, attributes = {}, text = "") => {
    const made = Object.assign(document.createElement(name), attributes);
    made.textContent = text;
    return made;
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
  tools.setAttribute("aria-label", said.tools);
  const asked = element("div", { className: "prose-link", hidden: true });
  const addressLabel = element("label", { htmlFor: "prose-address" }, said.address);
  const address = element("input", { id: "prose-address", type: "text", inputMode: "url" });
  const apply = element("button", { type: "button" }, said.apply);
  asked.append(addressLabel, address, apply);

  const insertBreak = P.chainCommands(P.exitCode, (state, dispatch) => {
    dispatch?.(state.tr.replaceSelectionWith(hard_break.create()).scrollIntoView());
    return true;
  });
  const keys = {
    "Mod-b": P.toggleMark(strong), "Mod-i": P.toggleMark(em), "Mod-`": P.toggleMark(code),
    "Mod-z": P.undo, "Mod-y": P.redo, "Shift-Mod-z": P.redo,
    "Enter": P.splitListItem(list_item), "Shift-Enter": insertBreak,
    "Mod-]": P.sinkListItem(list_item), "Mod-[": P.liftListItem(list_item),
    "Mod-k": () => (askAddress(), true),
  };
  const rules = P.inputRules({ rules: [
    P.wrappingInputRule(/^\s*([-+*])\s$/, bullet_list, { tight: true }),
    P.wrappingInputRule(/^(\d+)\.\s$/, ordered_list, (found) => ({ order: +found[1], tight: true })),
    P.wrappingInputRule(/^\s*>\s$/, blockquote),
    P.textblockTypeInputRule(/^(#{2,4})\s$/, heading, (found) => ({ level: found[1].length })),
  ] });
  const state = (doc) => P.EditorState.create({ doc, plugins: [rules, P.keymap(keys), P.keymap(P.baseKeymap), P.history()] });

  const view = new P.EditorView(frame, {
    state: state(first),
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
      show();
    },
  });

  const askAddress = () => {
    const marked = link.isInSet(view.state.selection.$from.marks());
    if (hasMark(view.state, link) && !view.state.selection.empty) P.toggleMark(link)(view.state, view.dispatch);
    else if (!view.state.selection.empty) {
      asked.hidden = false;
      address.value = marked?.attrs.href ?? "";
      address.focus();
      return;
    }
    view.focus();
  };
  const giveAddress = () => {
    const given = address.value.trim(), href = /^[^\s@:/]+@[^\s@]+$/.test(given) ? `mailto:${given}` : given;
    address.setAttribute("aria-invalid", String(!isSafe(href)));
    if (!isSafe(href)) return address.focus();
    asked.hidden = true;
    P.toggleMark(link, { href })(view.state, view.dispatch);
    view.focus();
  };
  apply.addEventListener("click", giveAddress);
  address.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(), giveAddress();
    if (event.key === "Escape") (asked.hidden = true), view.focus();
  });

  const buttons = TOOLS.map(([name, command, isOn]) => {
    const button = element("button", { type: "button" }, said[name]);
    button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    button.addEventListener("click", () => {
      command(view.state, view.dispatch, view);
      view.focus();
    });
    tools.append(button);
    return { button, command, isOn };
  });
  const linking = element("button", { type: "button" }, said.link);
  linking.addEventListener("mousedown", (event) => event.preventDefault());
  linking.addEventListener("click", askAddress);
  buttons[5].button.after(linking);
  const plain = element("button", { type: "button", className: "apart" }, said.markdown);
  plain.setAttribute("aria-pressed", "false");
  tools.append(plain);

  const show = () => {
    for (const { button, command, isOn } of buttons) {
      if (isOn) button.setAttribute("aria-pressed", String(isOn(view.state)));
      else button.disabled = !command(view.state);
    }
    linking.setAttribute("aria-pressed", String(hasMark(view.state, link)));
  };

  // One stop for the tab key; arrows walk the tools (WAI-ARIA toolbar).
  const all = () => [...tools.querySelectorAll("button:not(:disabled)")];
  const stopAt = (chosen) => tools.querySelectorAll("button").forEach((each) => (each.tabIndex = each === chosen ? 0 : -1));
  tools.addEventListener("keydown", (event) => {
    const to = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!to) return;
    const found = all(), next = found[(found.indexOf(document.activeElement) + to + found.length) % found.length];
    event.preventDefault();
    stopAt(next);
    next.focus();
  });

  const label = document.getElementById("text-label");
  const inRichText = () => !view.dom.hidden;
  label.addEventListener("click", (event) => inRichText() && (event.preventDefault(), view.focus()));
  plain.addEventListener("click", () => {
    const toPlain = inRichText(), doc = toPlain ? null : read();
    if (!toPlain && !doc) return area.focus(); // what was written in Markdown is more than the editor can hold
    if (doc) view.updateState(state(doc));
    view.dom.hidden = toPlain;
    area.hidden = !toPlain;
    for (const { button } of buttons) button.hidden = toPlain;
    linking.hidden = toPlain;
    plain.setAttribute("aria-pressed", String(toPlain));
    stopAt(all().find((each) => !each.hidden));
    (toPlain ? area : view).focus();
  });

  frame.prepend(tools, asked);
  area.before(frame);
  frame.append(area);
  area.hidden = true;
  stopAt(buttons[0].button);
  show();
})();
