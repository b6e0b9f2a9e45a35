/** The value of a data block: JSON in gzip in base64. Goes into the page by its source, so it uses nothing from outside itself. */
export async function unpack(base64: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).json();
}
