/** What the box that filters a policy's companies is found by. */
export const FILTER = ".fc-filter input";

/** Letters of one kind, so that "oland" finds "Öland". */
const simplify = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Hides each company that lacks one of the words in the policy's filter box, and says how many are left. */
export function filterCompanies(policy: Element): void {
  const box = policy.querySelector<HTMLInputElement>(FILTER);
  if (!box) return;
  const words = simplify(box.value).split(/\s+/).filter(Boolean);
  const rows = [...policy.querySelectorAll<HTMLElement>(".fc-company")];
  for (const row of rows) {
    const text = words[0] ? simplify(row.textContent!) : "";
    row.hidden = !words.every((word) => text.includes(word));
  }
  const left = rows.filter((row) => !row.hidden).length;
  policy.querySelector(".fc-left")!.textContent = words[0] ? describeCount(box, left) : "";
}

/** The sentence for a number of companies, by its plural category (CLDR) in the policy's language. */
function describeCount({ dataset, lang }: HTMLElement, count: number): string {
  const category = count ? new Intl.PluralRules(lang).select(count) : "none";
  return (dataset[category] ?? dataset["other"]!).replace("{count}", count.toLocaleString(lang));
}

/** Shows what a link within the policy leads to, where the filter or a closed row hides it. */
export function revealTarget(policy: Element, target: Element): void {
  const box = policy.querySelector<HTMLInputElement>(FILTER);
  if (box && target.closest("[hidden]")) {
    box.value = "";
    filterCompanies(policy);
  }
  const details = target.closest("details");
  if (details) details.open = true;
}
