import { describe, expect, it } from 'vitest';
import { html, type Html } from './html.ts';

describe('html', () => {
  it('escapes what is put in, and leaves markup that it made', () => {
    expect(String(html`<p title="${'"a" & \'b\''}">${'<script>alert(1)</script>'}${html`<b>${'x < y'}</b>`}</p>`)).toBe('<p title="&quot;a&quot; &amp; &#39;b&#39;">&lt;script&gt;alert(1)&lt;/script&gt;<b>x &lt; y</b></p>');
  });

  it('writes arrays one after the other and nothing for null, undefined and false, but 0', () => {
    expect(String(html`${[html`<i>`, 'a', ['b', null]]}${undefined}${false}${0}`)).toBe('<i>ab0');
  });

  it('does not take an object for markup that only looks like it', () => {
    expect(() => String(html`${{ markup: '<b>' } as unknown as Html}`)).not.toThrow();
    expect(String(html`${{ markup: '<b>', toString: () => '<i>' } as unknown as Html}`)).toBe('&lt;i&gt;');
  });

  it('makes half a surrogate pair and U+0000, which no page can hold, a replacement character', () => {
    expect(String(html`${'a\uD800b\u0000c'}`)).toBe('a\uFFFDb\uFFFDc');
  });
});
