export { faultTable, type Blame, type FaultCode, type FaultRow } from './table.ts';
export { FaultError, explainFault, type FaultDetails } from './fault-error.ts';
export { crossPoint, killPointChannel, killPoints, type KillPoint } from './kill-points.ts';
