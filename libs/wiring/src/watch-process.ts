// Who watches a process that may run for days: people at the terminal, and where telemetry.listen is set whoever asks its port.
import { createMetrics, createReadiness, openHealthServer, readListenAddress, type Prices } from '@slowthink/telemetry';
import { flows, type Flow } from './flows.ts';
import type { RunSettings } from './run-settings.ts';
import { watchRun, type Watch } from './watch-run.ts';

/** As `watchRun`; where telemetry.listen is set, /livez, /readyz and /metrics answer from now on until `stop`. SETTING_INVALID, PORT_UNAVAILABLE: before anything is shown, written or asked. */
export async function watchProcess(settings: RunSettings, flow: Flow = flows.run): Promise<Watch> {
  const prices: Prices = { input: settings['models.priceInput'], output: settings['models.priceOutput'] };
  const listen = settings['telemetry.listen'];
  if (listen === null) return watchRun({ flow, prices });
  const address = readListenAddress(listen);
  const now = (): number => performance.now();
  const readiness = createReadiness({ now });
  const metrics = await createMetrics({ readiness, inFlightMax: settings['models.inFlight'], prices, now });
  const server = await openHealthServer({ address, ready: readiness.report, metrics: metrics.text });
  const watch = watchRun({ flow, prices });
  watch.log(`Health and metrics: ${server.url}/livez, /readyz, /metrics.${address.host === '0.0.0.0' || address.host === '::' ? ' Everybody who reaches this machine can ask.' : ''}`);
  return {
    ...watch,
    observer: (signal) => { readiness.observer(signal); metrics.observer(signal); watch.observer(signal); },
    follow: (followed) => { readiness.follow(followed.states); metrics.follow(followed); },
    stop: () => { server.close(); watch.stop(); },
  };
}
