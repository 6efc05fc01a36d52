import { trouble } from "./feature";
import type { Body, Kit } from "./types";

/** What is held on a visitor: the receipt, all of it as a file, and its end. What becomes of it is said in `said()`. */
export function drawHeld(kit: Kit, said: () => Element): HTMLElement[] {
  const { el, t, desk, button, away } = kit;
  const { token, receipt = desk.receipt } = desk.store.read() ?? {};
  if (!token && !receipt) return [];
  const own = (name: string) => ({ slot: "held", id: `forecourt-${name}` });
  const link: HTMLElement[] = receipt ? [away(t("held.receipt"), receipt, own("receipt"))] : [];
  let sure = false;

  /** Asks once more before it is done: it cannot be undone. */
  function erase(): void {
    if (sure) return void call("DELETE", { confirm: true }, erased);
    sure = true;
    last.textContent = t("held.yes");
    said().textContent = t("held.sure");
    last.scrollIntoView({ block: "center" });
  }

  /** A call about the visitor's own, with what became of it said beside. */
  async function call(method: string, body: object | undefined, done: (held: Body) => void): Promise<void> {
    said().textContent = t("held.asking");
    const headers = { "Accept-Language": desk.boot.locale };
    const answer = await kit.call(desk.page, method, "me", { token, body, headers });
    said().textContent = answer.ok ? "" : trouble(kit, answer);
    if (answer.ok) done(answer.data);
  }

  /** A file of the visitor's own, made here. */
  function save(held: Body): void {
    const href = URL.createObjectURL(new Blob([JSON.stringify(held, null, 2)]));
    el("a", { href, download: `${desk.page.site}.json` }).click();
  }

  function erased(): void {
    desk.receipt = "";
    kit.end(desk, desk.store.read()!);
    kit.show(desk, false, "withdraw");
  }

  const last = button(t("held.erase"), erase, own("erase"));
  const all = button(t("held.download"), () => void call("GET", undefined, save), own("download"));
  return [...link, ...(token ? [all, last] : [])];
}
