/** What a validator of @slowthink/records found: `params` say what would have been right. */
interface Problem { readonly instancePath: string; readonly message?: string; readonly params?: { readonly allowedValues?: readonly unknown[]; readonly additionalProperty?: string; readonly missingProperty?: string } }

const short = (value: unknown): string => { if (typeof value === 'number') return String(value); const text = JSON.stringify(value) ?? 'nothing'; return text.length > 60 ? `${text.slice(0, 57)}...` : text; };

/** The first thing that is wrong with a value, as the end of a sentence: 'task is "rl"; allowed: "sft", "prm", "dpo"'. */
export function whatIsWrong(value: unknown, problems: readonly object[] | null | undefined): string {
  const problem = problems?.[0] as Problem | undefined;
  if (problem === undefined) return 'it is not of its schema';
  const path = problem.instancePath.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const here = path.reduce<unknown>((inner, part) => (inner as { readonly [key: string]: unknown } | null)?.[part], value);
  const name = path.length === 0 ? 'it' : path.join('.');
  const { allowedValues, additionalProperty, missingProperty } = problem.params ?? {};
  if (missingProperty !== undefined) return `${path.length === 0 ? '' : `${name}.`}${missingProperty} is missing`;
  if (additionalProperty !== undefined) return `${path.length === 0 ? '' : `${name}.`}${additionalProperty} is not known`;
  return `${name} is ${short(here)}${allowedValues === undefined ? `; it ${problem.message?.replace(/,(?=\w)/g, ' or ') ?? 'is wrong'}` : `; allowed: ${allowedValues.map(short).join(', ')}`}`;
}
