/** Takes what is dropped on the form or pasted into its field. What has a text beside a picture is pasted as the text. */
export function watchTransfers(form: HTMLElement, field: HTMLElement, add: (files: Iterable<File>) => void): void {
  form.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  field.addEventListener("paste", (event) => {
    const { clipboardData } = event as ClipboardEvent;
    if (!clipboardData?.files.length || clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    add(clipboardData.files);
  });
}
