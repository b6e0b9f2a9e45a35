import type { Command } from 'commander';

/** The value of --format where a command gives it more meanings than the setting of that flag has; taken off the command when it is one of these, so that the setting keeps its own. */
export function ownFormat<Name extends string>(command: Command, names: readonly Name[]): Name | undefined {
  const given = command.getOptionValue('format') as string | undefined;
  const own = names.find((name) => name === given);
  if (own !== undefined) command.setOptionValueWithSource('format', undefined, 'default');
  return own;
}
