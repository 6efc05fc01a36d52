import { isAsked } from "../../banner/banner";
import { hasQuestion } from "../../core/consent-status";
import { addStyle, button, el } from "../../core/dom";
import { t } from "../../core/strings";
import { makeImportant } from "../../core/style";
import type { BannerFrame, BootPurpose, Chunks, Context, SecondLayer } from "../../core/types";
import { drawPolicyRow, drawPurposeRows, PRIVACY_POLICY, rowId } from "./purpose-rows";
import css from "./second-layer.css";
import { createVisitorData, type VisitorData } from "./visitor-data";

/** Chunk: the banner's second layer, with a box for each purpose and what visitors can do with their data. */
export default function createPreferences(context: Context): Chunks["preferences"] {
  return (frame) => {
    const shadow = frame.host.shadowRoot!;
    const slot = (name: string): HTMLElement => el("slot", { name, class: name });
    addStyle(shadow, makeImportant(css));
    shadow.querySelector(".text")!.after(slot("close"), slot("purpose"), slot("about"));
    shadow.querySelector(".content")!.append(slot("visitor-data"));
    return createLayer(context, frame);
  };
}

function createLayer(context: Context, frame: BannerFrame): SecondLayer {
  const { host, draw } = frame;
  const drawChoices = createChoices(context, frame, close);
  const visitorData = createVisitorData(context, { ...frame, show, close });
  let isOpen = false;

  const focus = (name: string): void => host.querySelector<HTMLElement>(`#forecourt-${name}`)?.focus();

  function show(): void {
    draw(true);
    focus("title");
  }

  function close(): void {
    isOpen = false;
    visitorData.step = "";
    draw(false);
    focus("choose");
  }

  host.addEventListener("keydown", ({ key }) => key === "Escape" && isOpen && close());
  return {
    open(opener) {
      context.opener = opener;
      isOpen = true;
      show();
    },
    draw(question, fresh) {
      // That a choice is stored is said by the control. An erasure says so itself.
      isOpen &&= fresh || hasQuestion(context) || visitorData.step === "erased";
      host.shadowRoot!.querySelector(".root")!.classList.toggle("choices", isOpen && !visitorData.step);
      return isOpen ? (visitorData.drawStep() ?? drawChoices(question, visitorData, fresh)) : undefined;
    },
  };
}

type DrawChoices = (question: readonly HTMLElement[], visitorData: VisitorData, fresh: boolean) => HTMLElement[];

/** Three answers, under the purposes that they are about. */
function createChoices(context: Context, frame: BannerFrame, close: () => void): DrawChoices {
  const { host, createButton, decide, reject, draw } = frame;
  const findBoxes = (): HTMLInputElement[] => [...host.querySelectorAll("input")];
  let hasRecipients = false;

  /** Stores what is ticked now: the banner may be drawn anew before it is this choice's turn. */
  function decideByBoxes(event: Event, isAccepted: (purpose: BootPurpose) => boolean): void {
    const ticked = findBoxes().filter(({ checked }) => checked);
    const isTicked = (name: string): boolean => ticked.some(({ id }) => id === rowId(name));
    decide((purpose) => isAccepted(purpose) || isTicked(purpose.name), event, isTicked(PRIVACY_POLICY));
  }

  function toggleRecipients(): void {
    hasRecipients = !hasRecipients;
    draw(true);
  }

  return (question, visitorData, fresh) => {
    const ticks = new Map(fresh ? findBoxes().map(({ id, checked }) => [id, checked]) : []);
    const fold = { id: "forecourt-recipients", slot: "purpose", "aria-expanded": `${hasRecipients}` };
    const recipients = button(t(context, "banner.recipients"), toggleRecipients, fold);
    const rows = [...drawPurposeRows(context, hasRecipients), recipients, ...drawPolicyRow(context)];
    // New words do not undo what was ticked meanwhile.
    for (const row of rows as HTMLInputElement[]) row.checked = ticks.get(row.id) ?? row.checked;
    // What was read before stands behind the purposes, but what has changed before them.
    for (const node of context.staleGrant ? [] : question.slice(1)) if (node.slot === "text") node.slot = "about";
    const acceptAll = (event: Event): void => decideByBoxes(event, (purpose) => isAsked(context, purpose));
    return [
      ...question,
      button("×", close, { id: "forecourt-close", slot: "close", "aria-label": t(context, "banner.close") }),
      ...rows,
      ...visitorData.draw(),
      // Where "Choose" stood, a second click must not accept.
      createButton("accept", acceptAll, "banner.accept_all"),
      createButton("reject", reject, "banner.reject_all"),
      createButton("save", (event) => decideByBoxes(event, () => false)),
    ];
  };
}
