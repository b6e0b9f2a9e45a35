/**
 * An element with attributes and children. Strings become text nodes and attribute values, never markup: whatever a model wrote, nothing of it runs.
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes] false and undefined are left out, true is an empty one
 * @param {...(Node | string | number | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => (typeof child === 'number' ? String(child) : child)));
  return made;
}
