export { createMeter, type Meter, type MeterOptions } from './meter.ts';
export type { Pause, Snapshot, StageCounts } from './snapshot.ts';
export { createProgress, type Progress, type ProgressOptions } from './progress.ts';
export { liveBlock } from './live-block.ts';
export { createLogger, logLevels, type Logger, type LoggerOptions, type LogFields, type LogLevel } from './logger.ts';
export { formatBytes, formatCount, formatDuration, formatRate } from './format.ts';
