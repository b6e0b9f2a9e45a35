import { FaultError } from '@slowthink/faults';
import { isScorerRowName, rowOfModel, scorerRowNames, scorerRows, type ScorerRowName } from '@slowthink/models';
import { parsePolicy, type PolicyAddress } from './parse-policy.ts';

export interface ScorerAddress extends PolicyAddress {
  readonly row: ScorerRowName;
  /** What the numbers of a reply are: values, activated by the server, or logits. */
  readonly given: 'values' | 'logits';
}

/**
 * Reads `openai:URL#MODEL[@REVISION][&row=ROW][&given=values|logits]`. Without a row it is that of a released model by its name. Without `given`: values, as servers activate by themselves, but logits where they would do it
 * otherwise than the row (the sigmoid of one logit of several). SETTING_INVALID says what is missing.
 */
export function parseScorer(text: string): ScorerAddress {
  const [address = '', ...options] = cutOptions(text);
  const policy = parsePolicy(address, { flag: '--scorer', before: '' });
  const wrong = (why: string) => new FaultError('SETTING_INVALID', `--scorer "${text.replace(/\/\/[^/@#]*@/, '//***@')}": ${why}`, { hint: `Write it as openai:http://127.0.0.1:8000#MODEL&row=ROW; ROW is one of ${scorerRowNames.join(', ')} (docs/scorers.md).` });
  const given = new Map(options.map((option) => { const at = option.indexOf('='); return [at < 0 ? option : option.slice(0, at), at < 0 ? '' : option.slice(at + 1)] as const; }));
  const unknown = [...given.keys()].find((key) => key !== 'row' && key !== 'given');
  if (unknown !== undefined) throw wrong(`"${unknown}" is no part of an address; row and given are.`);
  const row = given.get('row') ?? rowOfModel(policy.model);
  if (row === undefined) throw wrong(`it does not say how "${policy.model}" is read: the row is missing.`);
  if (!isScorerRowName(row)) throw wrong(`there is no row "${row}".`);
  const { head, activation, logits } = scorerRows[row];
  const numbers = given.get('given') ?? (head === 'words' || (activation === 'sigmoid' && logits > 1) ? 'logits' : 'values');
  if (numbers !== 'values' && numbers !== 'logits') throw wrong(`given is "${numbers}", neither values nor logits.`);
  if (head === 'words' && numbers === 'values') throw wrong(`the row ${row} is read from the logits of words.`);
  return { ...policy, row, given: numbers };
}

/** The address, then what stands behind each "&" of the model's name. */
function cutOptions(text: string): readonly string[] {
  const hash = text.indexOf('#'), at = hash < 0 ? -1 : text.indexOf('&', hash);
  return at < 0 ? [text] : [text.slice(0, at), ...text.slice(at + 1).split('&')];
}
