"""Makes pages as other people build them: applications of tests/journeys/hosts, and pages with a head of their own.

Each has two routes. The first holds a script that waits, one with `async` and a source, a frame and the chat.
"""

from dataclasses import dataclass
from pathlib import Path

from tests.journeys.host import PLACE, Host

BUILD = Path(__file__).parent / "hosts" / "build"
WAITS = 'type="text/plain" data-forecourt-purpose="analytics"'
QUEUE = "window.forecourt = window.forecourt || function () { (forecourt.q = forecourt.q || []).push(arguments) };"
HOSTILE_STYLE = """
  * { color: red !important; font: 40px/3 fantasy !important; text-transform: uppercase !important }
  * { transition: all 2s !important; box-sizing: content-box !important; pointer-events: none }
  button, p, h2, input, label, slot { display: none !important; opacity: 0 !important; transform: scale(0) !important }
  [role=region], [id^=forecourt] { visibility: hidden !important; position: static !important; z-index: -1 !important }
  [hidden] { display: block !important }
  a, main, h1, div { pointer-events: auto }
"""
LAZYSIZES = '<script async src="/lazysizes/app.js"></script>'
TAG_MANAGER = """<script>
  window.dataLayer = [];
  const tag = document.createElement("script");
  Object.assign(tag, { async: true, src: "EMBED?site=shop" });
  document.head.append(tag);
</script>"""
COMPONENT = """<script>
  customElements.define("shop-home", class extends HTMLElement {
    connectedCallback() {
      if (!this.shadowRoot) this.attachShadow({ mode: "open" }).append(this.querySelector("template").content);
      forecourt("scan", this.shadowRoot);
    }
  });
</script>"""


@dataclass(frozen=True)
class HostPages:
    """Holds what is special about a host. In its markup `TAG` stands for our tag, `THIRD` for the third party."""

    head: str = "TAG"
    home: str = ""  # the first route's body; empty for HOME
    tail: str = ""  # comes last in each body
    body: str = "<body>"
    content_type: str = "text/html; charset=utf-8"
    policy: str = ""  # a Content Security Policy
    is_framed: bool = False
    is_application: bool = False


TAG = '<script async="async" src="EMBED" data-site="shop"></script>'
HOME = f"""<a id="link" href="/NAME/other">Go on</a><main><h1>Home</h1>
<script {WAITS}>window.ran = (window.ran || 0) + 1</script><script async="async" {WAITS} src="THIRD/count.js"></script>
<iframe class="lazyload" data-forecourt-purpose="marketing" data-src="THIRD/film" title="Our film"
  width="400" height="200"></iframe><p>Below</p><div data-forecourt="chat"></div></main>"""
OTHER = '<a id="link" href="/NAME/">Go on</a><h1>Other</h1>'
APPLICATION = f"""<div id="application"></div>{PLACE}
<script>window.HOST = {{ base: "/NAME/", third: "THIRD" }}</script><script src="/NAME/app.js"></script>"""
NEXT = f"""<script>window.HOST = {{ base: "/next/", third: "THIRD" }}</script>SERVED{PLACE}
<script src="/next/app.js"></script>"""

HOSTS = {
    "react-17": HostPages(is_application=True),
    "react-18": HostPages(is_application=True),
    "react-19": HostPages(is_application=True),
    "vue": HostPages(is_application=True),
    "svelte": HostPages(is_application=True),
    "next": HostPages(is_application=True, home=NEXT),
    "turbo": HostPages(head='TAG<script type="module" src="/NAME/app.js"></script>'),
    "htmx": HostPages(head='TAG<script src="/NAME/app.js"></script>', body='<body hx-boost="true">'),
    "astro": HostPages(
        head='TAG<meta name="astro-view-transitions-enabled" content="true">'
        '<script type="module" src="/NAME/app.js"></script>'
    ),
    "lazysizes": HostPages(
        head=f"TAG{LAZYSIZES}", home=HOME.replace("<iframe", '<div style="height: 3000px"></div><iframe')
    ),
    "tag-manager": HostPages(head=TAG_MANAGER),
    "trusted-types": HostPages(policy="require-trusted-types-for 'script'; trusted-types forecourt"),
    "strict-policy": HostPages(
        head='<script async nonce="abc" src="EMBED" data-site="shop"></script>',
        home=HOME.replace("<script ", '<script nonce="abc" '),
        policy="default-src 'none'; script-src 'nonce-abc' 'strict-dynamic'; connect-src OURS; frame-src THIRD;"
        " style-src 'none'; base-uri 'none'",
    ),
    "xhtml": HostPages(content_type="application/xhtml+xml"),
    "frame": HostPages(is_framed=True),
    "component": HostPages(
        head=f"<script>{QUEUE}</script>TAG",
        tail=COMPONENT,
        home=HOME.replace("<main>", "<shop-home><template><main>").replace("</main>", "</main></template></shop-home>"),
    ),
    "hostile-style": HostPages(head=f"TAG<style>{HOSTILE_STYLE}</style>"),
}


def serve_host(host: Host, forecourt: str, name: str) -> str:
    """Serves the pages of that host, and returns the address of the first one."""
    assert (BUILD / "built").exists(), "run `make hosts`"
    pages = HOSTS[name]

    def fill(html: str) -> str:
        values = {"TAG": TAG, "NAME": name, "THIRD": host.third, "EMBED": f"{forecourt}/embed.js", "OURS": forecourt}
        for key, value in values.items():
            html = html.replace(key, value)
        return html

    headers = {"content-security-policy": fill(pages.policy)} if pages.policy else {}
    for path, content in (("", pages.home or HOME), ("other", OTHER)):
        html = fill(_application(name, pages) if pages.is_application else _page(pages, content))
        host.serve(f"/{name}/{path}", html, pages.content_type, **headers)
        if not path:
            host.serve(f"/{name}", html, pages.content_type, **headers)
    if (script := BUILD / f"{name}.js").exists():
        host.serve(f"/{name}/app.js", script.read_text("utf-8"), "text/javascript; charset=utf-8")
    if pages.is_framed:
        # Of the same site: elsewhere Chromium gives a frame no storage, and the widget asks on each page.
        host.serve("/outer", f'<!doctype html><title>Outer</title><iframe src="{host.origin}/{name}/" {SIZE}></iframe>')
        return f"{host.origin.replace('www.', 'portal.')}/outer"
    return f"{host.origin}/{name}/"


SIZE = 'width="1200" height="850"'
_DOCUMENT = (
    '<html lang="en" xmlns="http://www.w3.org/1999/xhtml"><head><title>Shop</title>{head}</head>{body}</body></html>'
)


def _page(pages: HostPages, content: str) -> str:
    return "<!DOCTYPE html>" + _DOCUMENT.format(head=pages.head, body=pages.body + content + PLACE + pages.tail)


def _application(name: str, pages: HostPages) -> str:
    served = (BUILD / f"{name}.html").read_text("utf-8") if pages.home else ""
    content = pages.home.replace("SERVED", served) or APPLICATION
    return "<!DOCTYPE html>" + _DOCUMENT.format(head=pages.head, body=pages.body + content)
