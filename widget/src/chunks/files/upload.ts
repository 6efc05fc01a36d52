import { parseJson } from "../../core/json";
import type { ApiResponse, Context, ResponseBody } from "../../core/types";
import { bearer } from "../choice/gated-calls";

const LONGEST_NAME = 200; // characters; the server keeps fewer

/** Sends a file. `fetch` tells nothing of how far it is, so this is an XMLHttpRequest. Never rejects. */
export function upload(
  { page, boot, store }: Context,
  path: string,
  file: File,
  key: string,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const request = new XMLHttpRequest();
  request.open("POST", `${page.base}v1/sites/${page.site}/${path}`);
  const headers = {
    ...bearer(store.read()?.token ?? ""),
    "Accept-Language": boot.locale,
    "Content-Type": "application/octet-stream",
    "Content-Disposition": `attachment; filename*=UTF-8''${encodeName(file.name)}`,
    "Idempotency-Key": key,
  };
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
  signal.addEventListener("abort", () => request.abort());
  return new Promise((resolve) => {
    request.addEventListener("loadend", () => {
      const { status, responseText } = request;
      const retry = new Headers({ "Retry-After": request.getResponseHeader("Retry-After") ?? "" });
      const data = parseJson(responseText) as ResponseBody;
      resolve({ status, ok: status > 199 && status < 300, data, headers: retry });
    });
    request.send(file);
  });
}

/** The end of a name, where its extension is, without halves of characters, and with what RFC 8187 wants encoded. */
function encodeName(name: string): string {
  const end = [...name].slice(-LONGEST_NAME).join("").replace(/\p{Cs}/gu, "");
  return encodeURIComponent(end || "file").replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
}
