import { createApp, h, onMounted, ref } from "vue/dist/vue.runtime.esm-bundler.js";
import { base, film, inline, other, purpose, third } from "./routes.js";

const waits = { type: "text/plain", "data-forecourt-purpose": purpose };

const Home = () =>
  h("main", [
    h("h1", "Home"),
    h("script", waits, inline),
    h("script", { ...waits, async: true, src: `${third}/count.js` }),
    h("iframe", { ...film, style: { border: 0 } }),
    h("p", "Below"),
    h("div", { "data-forecourt": "chat" }),
  ]);

createApp({
  setup() {
    const path = ref(location.pathname);
    const follow = () => (path.value = location.pathname);
    onMounted(() => addEventListener("popstate", follow));
    function go(event) {
      event.preventDefault();
      history.pushState({}, "", event.target.href);
      follow();
    }
    return () => [
      h("a", { id: "link", href: path.value === other ? base : other, onClick: go }, "Go on"),
      path.value === other ? h("h1", "Other") : h(Home),
    ];
  },
}).mount("#application");
