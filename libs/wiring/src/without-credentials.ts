const ADDRESS = /^((?:judge:)?(?:openai:)?)(https?:\/\/[^#]*)(.*)$/s;

/** The address of a model server as it may be kept and shown: without user and password. A text of another kind is given back as it is; an address that is no URL loses all up to its last "@". */
export function withoutCredentials(text: string): string {
  const [, before, address, model] = ADDRESS.exec(text) ?? [];
  if (address === undefined) return text;
  const url = URL.parse(address);
  if (url === null) return text.replace(/\/\/.*@/s, '//***@');
  if (url.username === '' && url.password === '') return text;
  [url.username, url.password] = ['', ''];
  return `${before}${url.href}${model}`;
}
