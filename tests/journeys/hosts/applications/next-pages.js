import Link from "next/link";
import { createElement as h, Fragment } from "react";
import { Home } from "./react-routes.js";

export const Application = ({ Component, pageProps }) => h(Component, pageProps);
export const HomePage = () => h(Fragment, null, h(Link, { id: "link", href: "/next/other", prefetch: false }, "Go on"), h(Home));
export const OtherPage = () => h(Fragment, null, h(Link, { id: "link", href: "/next", prefetch: false }, "Go on"), h("h1", null, "Other"));
