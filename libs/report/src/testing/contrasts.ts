import type { Page } from 'playwright-core';

export interface Contrast { readonly text: string; readonly element: string; readonly ratio: number }

/**
 * The contrast of every text that is seen with the ground behind it, by WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances. A control that is off is left out, as there. Colours are read as the browser paints them.
 */
export const contrastsOf = (page: Page): Promise<readonly Contrast[]> => page.evaluate(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  const painted = (color: string): readonly number[] => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color: readonly number[]): number => [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => sum + weight * ((color[at]! / 255) <= 0.04045 ? color[at]! / 255 / 12.92 : ((color[at]! / 255 + 0.055) / 1.055) ** 2.4), 0);
  const groundOf = (from: Element): readonly number[] => {
    for (let one: Element | null = from; one !== null; one = one.parentElement) {
      const color = painted(getComputedStyle(one).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found: { text: string; element: string; ratio: number }[] = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement!;
    if (node.textContent!.trim() === '' || !element.checkVisibility() || element.closest('script, style, option, .sr, .skip, :disabled') !== null) continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(painted(element.closest('svg') === null ? style.color : style.fill)), luminance(groundOf(element))];
    found.push({ text: node.textContent!.trim().slice(0, 30), element: `${element.tagName}.${element.getAttribute('class') ?? ''}`, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) });
  }
  return found;
});
