import { t } from "../../core/strings";
import type { ApiResponse, Context, StoredFile, TrayOptions } from "../../core/types";
import { callWithGrant, createIdempotencyKey, explainFailure } from "../choice/gated-calls";
import type { FileRow } from "./file-row";
import { formatSize } from "./file-size";
import { upload } from "./upload";

const MEGABYTE = 1024 * 1024;

export interface Uploads {
  /** Sends a file, or says in its row why not. */
  start(file: File, row: FileRow): void;
  /** Keeps a stored file until its row is removed. */
  keep(row: FileRow, file: StoredFile): void;
  isBusy(): boolean;
}

/** Sends files to the server, each under a key of its own, and keeps what has arrived. */
export function createUploads(context: Context, { limits, kept, findPath }: TrayOptions, onIdle: () => void): Uploads {
  let onTheirWay = 0;

  function start(file: File, row: FileRow): void {
    const most = limits.megabytes * MEGABYTE;
    if (file.size > most) row.fail(t(context, "files.too_large", { limit: formatSize(context, most) }));
    else void send(file, row, createIdempotencyKey());
  }

  async function send(file: File, row: FileRow, key: string): Promise<void> {
    onTheirWay++;
    row.showProgress(0);
    const path = await findPath();
    const { signal } = row.removal;
    const response = typeof path === "string" ? await upload(context, path, file, key, row.showProgress, signal) : path;
    if (!--onTheirWay) onIdle();
    const { id, name, kind, size } = response.data;
    if (response.ok) keep(row, { id: id!, name: name!, kind: kind!, size: size! });
    else row.fail(explainFailure(context, response), mayPass(response) ? () => void send(file, row, key) : undefined);
  }

  function keep(row: FileRow, file: StoredFile): void {
    const { signal } = row.removal;
    if (signal.aborted) return void discard(file);
    kept.push(file);
    row.settle(file);
    signal.addEventListener("abort", () => {
      kept.splice(kept.indexOf(file), 1);
      void discard(file);
    });
  }

  /** Removes a file at once that would go by itself within the hour. */
  async function discard({ id }: StoredFile): Promise<void> {
    const path = await findPath();
    if (typeof path === "string") await callWithGrant(context, "DELETE", `${path}/${id}`);
  }

  return { start, keep, isBusy: () => !!onTheirWay };
}

/** Whether the same file may get through later. */
const mayPass = ({ status }: ApiResponse): boolean => !status || status === 429 || status >= 500;
