export { isHeld, lockDir, type DirLock } from './dir-lock.ts';
export { openSqliteBroker, type SqliteBrokerOptions } from './open-sqlite-broker.ts';
export type { Durability } from './format.ts';
