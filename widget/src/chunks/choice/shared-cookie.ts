import { parseJson } from "../../core/json";
import { pageDocument } from "../../core/page-document";
import type { Context, StoredConsent } from "../../core/types";

/**
 * Keeps one choice for all sub-domains, where the site asks for it: in a cookie on the domain above them, once there is
 * a choice. A withdrawal removes that cookie, and is remembered by the page where it was made. Where the browser takes
 * no such cookie, each page keeps its own.
 */
export function shareConsent(context: Context): void {
  const { boot, page, store } = context;
  const prefix = `forecourt_${page.site}=`;
  if (!boot.share_cookie_domain) return;

  function readCookie(): StoredConsent | null {
    try {
      const cookie = pageDocument.cookie.split("; ").find((pair) => pair.startsWith(prefix))!;
      return parseJson(decodeURIComponent(cookie.slice(prefix.length))) as StoredConsent;
    } catch {
      return null;
    }
  }

  context.store = {
    read() {
      const shared = readCookie();
      return shared?.purposes ? shared : store.read();
    },
    write(consent) {
      const expiry = consent && consent.choice !== "withdrawn" ? consent.expires_at : 0;
      const expires = new Date(expiry).toUTCString();
      const attributes = `;domain=${boot.share_cookie_domain};path=/;samesite=lax;secure;expires=${expires}`;
      const cookie = prefix + encodeURIComponent(JSON.stringify(consent)) + attributes;
      // Assigning to `document.cookie` does nothing where an element has that name.
      Reflect.set(Document.prototype, "cookie", cookie, document);
      store.write(readCookie() ? null : consent);
    },
  };
}
