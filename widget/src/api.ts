import type { Answer, Body, CallOptions, Page } from "./types";

const PATIENCE = 20_000;
const UNREACHED: Answer = { status: 0, ok: false, data: {}, wait: 0 };

/** One call of the public API: without cookies, the token as a bearer, and every answer a value. */
export async function call(page: Page, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { body, token, fresh } = options;
  const headers = {
    ...options.headers,
    ...(token && { Authorization: `Bearer ${token}` }),
    ...(!!body && { "Content-Type": "application/json" }),
  };
  const signal = AbortSignal.timeout(PATIENCE);
  const init: RequestInit = { method, headers, credentials: "omit", cache: fresh ? "no-cache" : "default", signal, body: JSON.stringify(body) };
  try {
    const response = await fetch(`${page.base}v1/sites/${page.site}/${path}`, init);
    const { status, ok, headers: sent } = response;
    const data: Body = await response.json().catch(() => ({}));
    return { status, ok, data, wait: Number(sent.get("Retry-After")) };
  } catch {
    // Also where a page has put something else in the place of `fetch`.
    return UNREACHED;
  }
}
