import { relative } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { loadRuntime, type Runtime } from './load-runtime.ts';
import type { ModelFolder } from './model-folder.ts';

/** Loads onnxruntime, then opens the folder's graph with `open`. What onnxruntime says of a file that it cannot read becomes MODEL_FOLDER_WRONG with the file's name. */
export async function openGraph<Opened>(folder: ModelFolder, open: (runtime: Runtime) => Promise<Opened>): Promise<Opened> {
  const runtime = await loadRuntime();
  try { return await open(runtime); } catch (error) {
    if (error instanceof FaultError) throw error;
    const said = (error as Error).message.split('\n')[0]!.slice(0, 400);
    throw new FaultError('MODEL_FOLDER_WRONG', `onnxruntime cannot open ${relative(folder.dir, folder.graph)} in ${folder.dir}: ${said}`, {
      cause: error, hint: 'The file is cut off, a Git LFS pointer, or lacks its _data file: get it again.',
    });
  }
}
