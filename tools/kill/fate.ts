// What happens to one start of a command.

export type Fate =
  /** Nothing: it runs to its end. */
  | { readonly kind: 'whole' }
  /** kill -9 as it crosses a point for the `crossing`-th time. `whoever`: of several processes one comes there, and it does not matter which. */
  | { readonly kind: 'at'; readonly point: string; readonly crossing: number; readonly whoever?: true }
  /** kill -9 so long after its start. */
  | { readonly kind: 'after'; readonly ms: number }
  /** Stopped (SIGSTOP) as it crosses a point for the `crossing`-th time, and waked (SIGCONT) `forMs` later. */
  | { readonly kind: 'frozen'; readonly point: string; readonly crossing: number; readonly forMs: number };

/** By name of the command: what happens to its first start, its second, …; further ones run to their end. */
export type Fates = { readonly [command: string]: readonly Fate[] };

export const whole: Fate = { kind: 'whole' };

export function describeFate(fate: Fate): string {
  switch (fate.kind) {
    case 'whole': return 'whole';
    case 'at': return `${fate.point}:${fate.crossing}`;
    case 'after': return `after ${fate.ms} ms`;
    case 'frozen': return `frozen for ${fate.forMs} ms at ${fate.point}:${fate.crossing}`;
    default: return fate satisfies never;
  }
}
