import type { Choice, Kit } from "./types";

/**
 * Where the site says so, one choice for all sub-domains: in a cookie on the domain above them, once there is a choice.
 * What was withdrawn leaves that cookie, and is remembered by the page where it was. Where the browser takes no such
 * cookie, each page keeps its own.
 */
export function share({ desk }: Kit): void {
  const { boot, page, store } = desk;
  const name = `forecourt_${page.site}=`;
  if (!boot.share_cookie_domain) return;

  function read(): Choice | null {
    try {
      const text = document.cookie.split("; ").find((each) => each.startsWith(name))!;
      return JSON.parse(decodeURIComponent(text.slice(name.length))) as Choice;
    } catch {
      return null;
    }
  }

  desk.store = {
    read() {
      const choice = read();
      return choice?.purposes ? choice : store.read();
    },
    keep(choice) {
      const until = choice && choice.choice !== "withdrawn" ? choice.expires_at : 0;
      const where = `;domain=${boot.share_cookie_domain};path=/;samesite=lax;secure;expires=${new Date(until).toUTCString()}`;
      document.cookie = name + encodeURIComponent(JSON.stringify(choice)) + where;
      store.keep(read() ? null : choice);
    },
  };
}
