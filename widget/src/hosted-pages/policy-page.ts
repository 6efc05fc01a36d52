// The script of a hosted policy. The page is whole without it: no row is hidden, and no box stands there to filter them.

import { FILTER, filterCompanies, revealTarget } from "../chunks/policy/filter";

const policy = document.querySelector(".fc-policy")!;
const allDetails = policy.querySelectorAll("details");
const box = policy.querySelector<HTMLInputElement>(FILTER);

function revealHash(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target || !policy.contains(target)) return;
  revealTarget(policy, target);
  target.scrollIntoView();
}

/** What is on paper cannot be opened. */
function openForPrint(): void {
  const closed = [...allDetails].filter((details) => !details.open);
  for (const details of closed) details.open = true;
  addEventListener("afterprint", () => closed.forEach((details) => (details.open = false)), { once: true });
}

if (box) {
  box.parentElement!.hidden = false;
  box.addEventListener("input", () => filterCompanies(policy));
  filterCompanies(policy); // a reload keeps what was typed
}
addEventListener("beforeprint", openForPrint);
addEventListener("hashchange", revealHash);
revealHash();
