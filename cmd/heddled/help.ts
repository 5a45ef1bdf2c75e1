// What `heddled --help` prints: one line a setting, from the table that the settings come from.
import { configKeys } from '../../loader/config/keys.ts';

export function helpText(): string {
  const width = Math.max(...configKeys.map(({ flag }) => flag.length));
  return [
    'Usage: heddled [--config FILE] [SETTING…]',
    '',
    'Runs a node of Heddle. Settings come from flags, then HEDDLE_* variables, then the file, then defaults.',
    '',
    `  ${'--config'.padEnd(width)}  The configuration file; /etc/heddle/heddled.yaml without it`,
    `  ${'--print-config'.padEnd(width)}  Print every setting, and where its value comes from, as JSON`,
    `  ${'--version'.padEnd(width)}  Print the version`,
    '',
    ...configKeys.map(
      ({ flag, help, expects, defaultText }) =>
        `  ${flag.padEnd(width)}  ${help}: ${expects} (${defaultText.replaceAll('`', '')})`,
    ),
  ].join('\n');
}
