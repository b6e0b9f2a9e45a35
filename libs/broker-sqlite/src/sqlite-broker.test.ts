import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerConformance } from '@slowthink/broker/conformance';
import type { Durability } from './format.ts';
import { openSqliteBroker } from './open-sqlite-broker.ts';

for (const durability of ['process', 'power'] as const satisfies readonly Durability[]) {
  brokerConformance(`sqlite, durability ${durability}`, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'slowthink-broker-'));
    let broker = await openSqliteBroker({ dir, durability, mode: 'run' });
    return {
      broker,
      async reopen() {
        await broker.close();
        broker = await openSqliteBroker({ dir, durability, mode: 'run' });
        return broker;
      },
      async close() {
        await broker.close();
        rmSync(dir, { recursive: true });
      },
    };
  });
}
