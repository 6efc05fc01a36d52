import { createElement as h, Fragment, useEffect, useState } from "react";
import { base, film, inline, other, purpose, third } from "./routes.js";

/** An application of two routes. Its markup has what waits, as docs/embed.md shows it. */
export function Application() {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const follow = () => setPath(location.pathname);
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  function go(event) {
    event.preventDefault();
    history.pushState({}, "", event.target.href);
    setPath(location.pathname);
  }
  return h(
    Fragment,
    null,
    h("a", { id: "link", href: path === other ? base : other, onClick: go }, "Go on"),
    path === other ? h("h1", null, "Other") : h(Home),
  );
}

export const Home = () =>
  h(
    "main",
    null,
    h("h1", null, "Home"),
    h("script", {
      type: "text/plain",
      "data-forecourt-purpose": purpose,
      dangerouslySetInnerHTML: { __html: inline },
    }),
    h("script", { async: true, type: "text/plain", "data-forecourt-purpose": purpose, src: `${third}/count.js` }),
    h("iframe", film),
    h("p", null, "Below"),
    h("div", { "data-forecourt": "chat" }),
  );
