/**
 * The page's document, read by its prototype: in `document` itself an element of the page stands in front of a member
 * whose name it has, such as `<img name="currentScript">`.
 */
export const pageDocument = new Proxy(document, {
  get(target, name) {
    const member: unknown = Reflect.get(Document.prototype, name, target);
    return typeof member === "function" ? member.bind(target) : member;
  },
});
