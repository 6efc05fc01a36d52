// What Next's builder makes of two pages: the list of pages, the pages themselves, and its client.
import { hydrate, initialize } from "next/dist/client";
import { Application, HomePage, OtherPage } from "./next-pages.js";

const pages = ["/_app", "/next", "/next/other"];
self.__BUILD_MANIFEST = { ...Object.fromEntries(pages.map((page) => [page, []])), sortedPages: pages };
self.__NEXT_P = [
  ["/_app", () => ({ default: Application })],
  ["/next", () => ({ default: HomePage })],
  ["/next/other", () => ({ default: OtherPage })],
];
initialize({}).then(() => hydrate());
