/** What every application shows: two routes. `third` is the origin of the scripts and the film that wait. */
export const { base, third } = globalThis.HOST ?? { base: "/next/", third: "THIRD" };
export const other = `${base}other`;
export const purpose = "analytics";
export const inline = "window.ran = (window.ran ?? 0) + 1";
export const film = {
  "data-forecourt-purpose": "marketing",
  "data-src": `${third}/film`,
  title: "Our film",
  width: 400,
  height: 200,
};
