// Law 2 with snapshots and deletion, over many more deaths than npm test has time for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkDeathsUnderDeletion, quietRun } from './testing/deaths-under-deletion.ts';

test('comes to the same trees and the same bytes, wherever a process dies while old events are deleted under it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slowthink-restore-'));
  try {
    const quiet = await quietRun(folder);
    expect(quiet.trees.length).toBeGreaterThan(0);
    await checkDeathsUnderDeletion(quiet, folder, 60);
  } finally { rmSync(folder, { recursive: true, force: true }); }
});
