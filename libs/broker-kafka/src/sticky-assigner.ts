// Who owns which partition. Pure: the leader of a group computes it from what its members say they own.

export interface MemberClaim {
  readonly memberId: string;
  /** Generation in which it got what it owns; an older one is a member that missed a rebalance. */
  readonly generation: number;
  readonly owned: readonly number[];
}

/** Every partition to one member, counts equal to within one; a member keeps what it owns as far as its share goes, so that its calls in flight go on. The same input gives the same shares. */
export function stickyShares(partitions: number, members: readonly MemberClaim[]): ReadonlyMap<string, readonly number[]> {
  const order = members.toSorted((a, b) => b.owned.length - a.owned.length || (a.memberId < b.memberId ? -1 : 1)); // who owns more keeps the larger share
  const [least, more] = [Math.floor(partitions / members.length), partitions % members.length];
  const quota = new Map(order.map(({ memberId }, place) => [memberId, least + (place < more ? 1 : 0)]));
  const shares = new Map(order.map(({ memberId }): [string, number[]] => [memberId, []]));
  const free = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  for (const { memberId, owned } of order.toSorted((a, b) => b.generation - a.generation)) {
    const share = shares.get(memberId)!;
    for (const partition of owned) if (share.length < quota.get(memberId)! && free.delete(partition)) share.push(partition);
  }
  for (const [memberId, share] of shares) {
    for (const partition of free) {
      if (share.length >= quota.get(memberId)!) break;
      free.delete(partition);
      share.push(partition);
    }
  }
  return new Map([...shares].map(([memberId, share]) => [memberId, share.toSorted((a, b) => a - b)]));
}
