// The generated part of docs/performance.md: every figure of one whole run.
import { isPaired, type PlainResult, type Result } from './figure.ts';
import { machineLimits, machineText, type MachineFacts } from './machine-facts.ts';
import { aimText, short, spreadText } from './table.ts';

const BEGIN = '<!-- figures: begin (make bench PLOT=1 writes from here) -->';
const END = '<!-- figures: end -->';

/** The page with its figures anew; throws when it has no place for them. */
export function withFigures(page: string, results: readonly Result[], machine: MachineFacts): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error('the page has no markers between which figures belong');
  return `${page.slice(0, begin + BEGIN.length)}\n${figuresText(results, machine)}\n${page.slice(end)}`;
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
    ...table(
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
    ...table(
      ['figure', 'value', 'unit', 'spread', 'aim', 'what'],
      plain.map(result => [
        `\`${result.name}\``,
        ...[`**${short(result.value)}**`, result.unit, spreadText(result), aimText(result), result.note],
      ]),
    ),
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
