import { callApi } from "../../core/api-client";
import { reloadWords } from "../../core/refresh";
import { t } from "../../core/strings";
import type { ApiResponse, Context } from "../../core/types";

const GRANT_LOST = ["token_invalid", "consent_required", "consent_stale"];

export const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

/** Calls the API in the language of the page, with a body as JSON and the visitor's token where there are any. */
export function callJson(
  { page, boot }: Context,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<ApiResponse> {
  const headers = {
    "Accept-Language": boot.locale,
    ...(token && bearer(token)),
    ...(body != null && { "Content-Type": "application/json" }),
  };
  return callApi(page, method, path, { headers, body: JSON.stringify(body) });
}

/** Calls what needs a grant. Where the server finds none, the placements lock again. */
export async function callWithGrant(
  context: Context,
  method: string,
  path: string,
  body?: unknown,
): Promise<ApiResponse> {
  const response = await callJson(context, method, path, body, context.store.read()?.token);
  if (isGrantLost(response)) await lockAgain(context, response.status);
  return response;
}

export const isGrantLost = ({ data }: ApiResponse): boolean => GRANT_LOST.includes(data.code!);

/** The server has the last word: the choice is made stale, and asked again. Only a token that fails is thrown away. */
async function lockAgain(context: Context, status: number): Promise<void> {
  const stored = context.store.read();
  const token = status === 401 ? undefined : stored?.token;
  if (stored) context.store.write({ ...stored, notice_hash: "", facts_hash: "", token });
  await reloadWords(context, context.boot.locale);
}

/** In how many seconds to try again. 0 where the server does not say. */
export const retryAfter = ({ headers }: ApiResponse): number => Number(headers?.get("Retry-After") ?? 0);

/** Why a call did not do what was asked, as a sentence. */
export function explainFailure(context: Context, response: ApiResponse): string {
  if (!response.status) return t(context, "error.network");
  const seconds = retryAfter(response);
  if (seconds) return t(context, "error.too_many", { seconds });
  return response.data.detail || t(context, "error.server");
}

/** `randomUUID` is not there on plain http pages. */
export const createIdempotencyKey = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");
