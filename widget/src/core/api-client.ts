import { parseJson } from "./json";
import type { ApiResponse, Page, ResponseBody } from "./types";

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
      // An `Object.prototype.body` or `.headers` of the page would be sent along.
      __proto__: null,
      method,
      credentials: "omit",
      signal,
      ...request,
    } as RequestInit);
    return Object.assign(response, { data: parseJson(await response.text()) as ResponseBody });
  } catch {
    // Not reached. Also where a page has replaced `fetch`.
    return { status: 0, ok: false, data: {} };
  }
}
