import { randomUUID } from 'node:crypto';
import { brokerConformance } from '@slowthink/broker/conformance';
import { inject } from 'vitest';
import { openKafkaBroker } from './open-kafka-broker.ts';

brokerConformance('kafka', async () => {
  const options = { address: { brokers: [inject('kafka')] }, run: `conformance-${randomUUID().slice(0, 8)}` };
  let broker = await openKafkaBroker(options);
  return {
    broker,
    reopen: async () => { await broker.close(); broker = await openKafkaBroker(options); return broker; },
    close: () => broker.close(),
  };
});
