// What Next's server answers for the first page, as far as its client reads it.
import { RouterContext } from "next/dist/shared/lib/router-context.shared-runtime";
import { createElement as h } from "react";
import { renderToString } from "react-dom/server";
import { Application, HomePage } from "./next-pages.js";

const router = { pathname: "/next", asPath: "/next", query: {}, isLocaleDomain: false, prefetch: async () => {} };
const page = h(RouterContext.Provider, { value: router }, h(Application, { Component: HomePage, pageProps: {} }));
const data = { props: { pageProps: {} }, page: "/next", query: {}, buildId: "host", nextExport: true, autoExport: true, isFallback: false, scriptLoader: [] };
export const html = `<div id="__next">${renderToString(page)}</div>
<script id="__NEXT_DATA__" type="application/json">${JSON.stringify(data)}</script>`;
