import type { Assignment, Membership } from './broker.ts';

/** Membership where nobody else can be a member: all partitions at once, nothing more until `leave` ends it. */
export function exclusiveMembership(partitions: number): Membership {
  const { promise: left, resolve } = Promise.withResolvers<void>();
  return {
    assignments: {
      async *[Symbol.asyncIterator](): AsyncGenerator<Assignment> {
        yield { gained: Array.from({ length: partitions }, (_, partition) => partition), lost: [] };
        await left;
      },
    },
    async leave() { resolve(); },
  };
}
