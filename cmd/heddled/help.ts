// The text of `heddled --help`: one line for each setting, from the table of settings.
import { configKeys } from '../../loader/config/keys.ts';

export function helpText(): string {
  const width = Math.max(...configKeys.map(({ flag }) => flag.length));
  return [
    'Usage: heddled [--config FILE] [SETTING…]',
    '',
    'Runs the network of this node. Flags take precedence over HEDDLE_* variables, those over the file, and the file over defaults.',
    '',
    `  ${'--config'.padEnd(width)}  The configuration file; default /etc/heddle/heddled.yaml`,
    `  ${'--print-config'.padEnd(width)}  Print every setting with the origin of its value, as JSON`,
    `  ${'--version'.padEnd(width)}  Print the version`,
    '',
    ...configKeys.map(
      ({ flag, help, expects, defaultText }) =>
        `  ${flag.padEnd(width)}  ${help}: ${expects} (${defaultText.replaceAll('`', '')})`,
    ),
  ].join('\n');
}
