import { ended } from "./ended";
import type { Kit } from "./types";

/** Locks at once, whether or not the server is reached. */
export async function withdraw(kit: Kit): Promise<void> {
  const { desk, show } = kit;
  const choice = desk.store.read();
  if (!choice?.token) return;
  desk.receipt = "";
  desk.store.keep({ ...ended(choice), token: choice.token });
  show(desk, false, "withdraw");
  await settle(kit);
}

/** Tells the server of a withdrawal. Until it knows, the token stays, for nothing but this. */
export async function settle({ desk, call, emit }: Kit): Promise<void> {
  const choice = desk.store.read();
  if (!choice?.token || choice.choice !== "withdrawn") return;
  const { ok, status, data } = await call(desk.page, "DELETE", "consents/current", { token: choice.token });
  if (ok || status === 401) desk.store.keep({ ...ended(choice), expires_at: data.expires_at ?? choice.expires_at });
  else emit(desk.bus, "error", { code: "withdrawal_pending", status });
}
