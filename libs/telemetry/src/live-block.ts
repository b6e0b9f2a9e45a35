import { fitLine, fitParts, widthOf } from './fit-line.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from './format.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * What a terminal shows of a run: two to five lines (no line of trees before there is one), none wider than `columns`, most important things first in each.
 *
 *     ██████████░░░░░░░░░░░░░░  41 %  512 of 1,234 questions · 1 h 12 m left
 *     trees     64 open · 508 closed · 4 failed
 *     model     61 of 64 in flight · 2,345 tokens/s · 12.3 requests/s · 3 retried
 *     output    sft 508 · prm 2,031 · faults 4 (MODEL_EMPTY_STEP 4) · 240 MB memory
 *     paused    MODEL_UNREACHABLE next try in 8 s: 127.0.0.1:8000 refuses the connection.
 */
export function liveBlock(snapshot: Snapshot, columns: number): readonly string[] {
  const { trees, requests, paused } = snapshot;
  const labelled = (label: string, parts: readonly string[]): string => { const [first = '', ...rest] = parts; return fitParts([`${label.padEnd(10)}${first}`, ...rest], columns); };
  return [
    headLine(snapshot, columns),
    ...(trees.opened + trees.closed + trees.failed === 0 ? [] : [labelled('trees', [`${formatCount(trees.open)} open`, `${formatCount(trees.closed)} closed`, `${formatCount(trees.failed)} failed`])]),
    labelled('model', [
      `${formatCount(requests.inFlight)}${requests.inFlightMax === null ? '' : ` of ${formatCount(requests.inFlightMax)}`} in flight`, `${formatRate(snapshot.tokensPerSecond)} tokens/s`, `${formatRate(requests.perSecond)} requests/s`,
      ...(requests.retried > 0 ? [`${formatCount(requests.retried)} retried`] : []), ...(requests.failed > 0 ? [`${formatCount(requests.failed)} failed`] : []),
    ]),
    labelled('output', [...Object.entries(snapshot.rows).map(([table, count]) => `${table} ${formatCount(count)}`), faultsText(snapshot), `${formatBytes(snapshot.rssBytes)} memory`]),
    ...(paused ? [fitLine(`paused    ${paused.code} ${paused.retryInMs > 0 ? `next try in ${formatDuration(Math.ceil(paused.retryInMs / 1000) * 1000)}` : 'trying now'}: ${paused.message}`, columns)] : []),
  ];
}

function headLine(snapshot: Snapshot, columns: number): string {
  const { questions: { total, done }, imported, trees } = snapshot;
  if (total === null || total === 0) {
    const what = imported > 0 && trees.opened === 0 ? `importing: ${formatCount(imported)} questions` : trees.opened > 0 ? `${formatCount(done)} questions done` : 'starting';
    return fitParts([what, `${formatDuration(snapshot.elapsedMs)} so far`], columns);
  }
  const part = Math.min(1, done / total);
  const percent = `${String(Math.floor(part * 100)).padStart(3)} %`;
  const text = fitParts([`${formatCount(done)} of ${formatCount(total)} questions`, part === 1 ? `done in ${formatDuration(snapshot.elapsedMs)}` : snapshot.etaMs === null ? 'time left n/a' : `${formatDuration(snapshot.etaMs)} left`], Math.max(0, columns - percent.length - 2));
  const width = Math.min(30, columns - widthOf(text) - percent.length - 4); // the bar gives way first
  const full = Math.floor(part * width);
  return fitLine(`${width >= 8 ? `${'█'.repeat(full)}${'░'.repeat(width - full)} ` : ''}${percent}  ${text}`, columns);
}

function faultsText({ faults }: Snapshot): string {
  const byCount = Object.entries(faults).sort(([, a], [, b]) => b - a);
  const all = byCount.reduce((sum, [, count]) => sum + count, 0);
  const top = byCount.slice(0, 2).map(([code, count]) => `${code} ${formatCount(count)}`).join(', ');
  return all === 0 ? 'no faults' : `faults ${formatCount(all)} (${top}${byCount.length > 2 ? ', …' : ''})`;
}
