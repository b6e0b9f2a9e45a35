import { describe, expect, it } from 'vitest';
import { FaultError } from '@slowthink/faults';
import { faultOf } from './sqlite-faults.ts';

const sqlite = (errcode: number) => Object.assign(new Error('said'), { code: 'ERR_SQLITE_ERROR', errcode });
const system = (code: string) => Object.assign(new Error('said'), { code });

describe('faultOf', () => {
  it.each([
    [sqlite(13), 'DISK_FULL'], [sqlite(4874), 'DISK_FULL'], [sqlite(8), 'DISK_READ_ONLY'], [sqlite(1032), 'DISK_READ_ONLY'], [sqlite(14), 'DISK_READ_ONLY'], [sqlite(10), 'DISK_FAILED'], [sqlite(778), 'DISK_FAILED'],
    [sqlite(11), 'STORE_CORRUPT'], [sqlite(267), 'STORE_CORRUPT'], [sqlite(26), 'STORE_CORRUPT'], [sqlite(5), 'DIR_IN_USE'],
    [system('ENOSPC'), 'DISK_FULL'], [system('EROFS'), 'DISK_READ_ONLY'], [system('ENOTDIR'), 'DISK_READ_ONLY'], [system('EIO'), 'DISK_FAILED'],
  ])('%o is %s', (error, code) => {
    const fault = faultOf(error, 'Cannot write', '/run/stream.sqlite');
    expect(fault).toBeInstanceOf(FaultError);
    expect(fault).toMatchObject({ code, cause: error, message: expect.stringMatching(/^Cannot write \/run\/stream\.sqlite: said/) as string });
  });

  it('passes on what is neither: other errors and faults as they are', () => {
    const bug = new TypeError('bug');
    const fault = new FaultError('TASK_FENCED', 'text');
    const misuse = sqlite(25);
    expect([bug, fault, misuse].map((error) => faultOf(error, 'Cannot write', 'x'))).toEqual([bug, fault, misuse]);
    expect(faultOf(misuse, 'Cannot write', 'x')).toBe(misuse);
  });
});
