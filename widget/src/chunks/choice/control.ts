import { consentStatus } from "../../core/consent-status";
import { addStyle, button, el, externalLink, setLanguage } from "../../core/dom";
import { pageDocument } from "../../core/page-document";
import { t } from "../../core/strings";
import { BODY_HOST_STYLE } from "../../core/style";
import type { Context, Control } from "../../core/types";
import { openView } from "../../core/events";
import css from "./control.css";

/** In sight on every page once a choice was made: the way back to it, and a button that withdraws in one click. */
export function createControl(context: Context): Control {
  const host = el("div", { id: "forecourt-control", role: "region" });
  const status = el("p", { role: "status" });
  const shadow = host.attachShadow({ mode: "open" });
  addStyle(shadow, BODY_HOST_STYLE + css + context.boot.theme.css);
  shadow.append(el("div", { class: "root", part: "control" }, el("slot", { name: "action" }), status));
  context.bodyHosts.push(host);
  pageDocument.body.append(host);

  /** Focus goes where it came from, never to the top of the page. */
  function focus(): void {
    if (context.opener?.isConnected) context.opener.focus();
    else host.querySelector("button")?.focus();
  }

  return {
    update(isVisible, withdrawButtons, takesFocus) {
      const { receiptUrl } = context;
      const hasFocus = host.contains(pageDocument.activeElement);
      const title = t(context, "preferences.title");
      const slot = "action";
      const open = button(title, () => openView(context, "banner"), { id: "forecourt-preferences", slot });
      // Of a choice made on this page. A refusal's receipt is kept nowhere else.
      const receipt = receiptUrl ? [externalLink(t(context, "personal_data.receipt"), receiptUrl, { slot })] : [];
      setLanguage(host, context);
      host.ariaLabel = title;
      // While the banner is open, the buttons stand beside its answers.
      host.replaceChildren(...(isVisible ? [open, ...withdrawButtons, ...receipt] : []));
      status.textContent = isVisible ? t(context, `status.${consentStatus(context)}`) : "";
      if (hasFocus) host.querySelector("button")?.focus();
      else if (isVisible && takesFocus) focus();
    },
    focus,
  };
}
