// The generated part of docs/performance.md: every figure of one whole run.
import { isPaired, type PlainResult, type Result } from './figure.ts';
import { machineLimits, machineText, type MachineFacts } from './machine-facts.ts';
import { markdownTable, pageBlock, withBlock } from './page-block.ts';
import { aimText, short, spreadText } from './table.ts';

const BLOCK = pageBlock('figures', 'make bench PLOT=1');

/** The page with its figures anew; throws when it has no place for them. */
export function withFigures(page: string, results: readonly Result[], machine: MachineFacts): string {
  return withBlock(page, BLOCK, figuresText(results, machine));
}

function figuresText(results: readonly Result[], machine: MachineFacts): string {
  const pairs = results.filter(isPaired);
  const plain = results.filter((result): result is PlainResult => !isPaired(result));
  return [
    `Machine: ${machineText(machine)}.`,
    ...machineLimits(machine).map(limit => `\n- ${limit}`),
    '',
    '### Beside peers',
    '',
    ...markdownTable(
      ['figure', 'ours', 'peer', 'unit', 'ratio', 'spread', 'aim', 'what'],
      pairs.map(result => [
        `\`${result.name}\``,
        ...[short(result.ours), short(result.peer), result.unit, `**${short(result.ratio)}**`],
        ...[spreadText(result), aimText(result), result.note],
      ]),
    ),
    '',
    '### By itself',
    '',
    ...markdownTable(
      ['figure', 'value', 'unit', 'spread', 'aim', 'what'],
      plain.map(result => [
        `\`${result.name}\``,
        ...[`**${short(result.value)}**`, result.unit, spreadText(result), aimText(result), result.note],
      ]),
    ),
    '',
  ].join('\n');
}
