import { call } from "./api";
import { show } from "./desk";
import { emit } from "./events";
import type { Choice, Desk } from "./types";

/** Keeps of a choice that it was taken back, and when it runs out. `token`: to tell the server with, and nothing else. */
export const end = ({ store }: Desk, { expires_at }: Choice, token?: string): void =>
  store.keep({ choice: "withdrawn", purposes: {}, expires_at, token });

/** Locks at once: whether or not the server is reached, and the chunk is there. And what was still being stored, too. */
export function withdraw(desk: Desk): void {
  const back = (): void => {
    const choice = desk.store.read();
    if (!choice?.token || choice.choice === "withdrawn") return;
    desk.receipt = "";
    end(desk, choice, choice.token);
    show(desk, false, "withdraw");
    void settle(desk);
  };
  back();
  void desk.pending.then(back);
}

/** Tells the server of a withdrawal. Until it knows, each page tries again. */
export async function settle({ page, store, bus }: Desk): Promise<void> {
  const choice = store.read();
  if (!choice?.token || choice.choice !== "withdrawn") return;
  const { ok, status, data } = await call(page, "DELETE", "consents/current", { token: choice.token });
  if (ok || status === 401) store.keep({ ...choice, token: undefined, expires_at: data.expires_at ?? choice.expires_at });
  else emit(bus, "error", { code: "withdrawal_pending", status });
}
