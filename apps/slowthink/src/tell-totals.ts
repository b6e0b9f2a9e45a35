import type { Broker } from '@slowthink/broker';
import { flows, type Flow, type Watch } from '@slowthink/wiring';

/** What earlier processes did, so that the display counts the whole run. */
export async function tellTotals(broker: Broker, { observer }: Watch, { stages: [{ name: first }] }: Flow = flows.run): Promise<void> {
  let questions = 0;
  for (const { stage, partition, ledger } of await broker.progress()) {
    if (stage === 'import' || stage === 'retry') questions += ledger.ok;
    if (stage === first) {
      if (ledger.open > 0) observer({ kind: 'trees', opened: ledger.open, closed: 0, failed: 0 });
      observer({ kind: 'settled', stage, partition, ok: ledger.ok, failed: ledger.failed, dropped: ledger.dropped, earlier: true });
    }
  }
  observer({ kind: 'total', questions });
}
