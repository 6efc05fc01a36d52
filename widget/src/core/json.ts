/**
 * Parses JSON into objects that inherit nothing, so that what somebody adds to `Object.prototype` is in none of them.
 * What is no JSON gives an empty one.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) =>
      value instanceof Object && !(value instanceof Array) ? { __proto__: null, ...value } : value,
    );
  } catch {
    return { __proto__: null };
  }
}
