import type { ApiResponse, Page } from "./types";

const TIMEOUT = 20_000; // ms

/** Calls the public API without cookies. Never rejects. */
export async function callApi(
  { base, site }: Page,
  method: string,
  path: string,
  request: RequestInit = {},
): Promise<ApiResponse> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT);
    const response = await fetch(`${base}v1/sites/${site}/${path}`, {
      method,
      credentials: "omit",
      signal,
      ...request,
    });
    const { status, ok, headers } = response;
    return { status, ok, headers, data: await response.json().catch(() => ({})) };
  } catch {
    // Not reached. Also where a page has replaced `fetch`.
    return { status: 0, ok: false, data: {} };
  }
}
