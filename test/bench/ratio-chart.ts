// All ratios as bars that begin at 1, to the right where ours is better, each with its aim.
import { isReached, type PairedResult } from './figure.ts';
import { rounded, svgDocument, svgText } from './svg.ts';
import { short } from './table.ts';

const WIDTH = 860;
const PLOT = { left: 300, right: 780, top: 80 } as const;
const ROW = { height: 22, bar: 14 } as const;
const COLOUR = { reached: '#009e73', missed: '#d55e00', without: '#7f9fb6' } as const;
/** The scale is logarithmic: half as good is as far from 1 as twice as good. */
const TICKS = [0.25, 0.5, 0.8, 1, 1.25, 2, 4, 8, 16, 32, 64] as const;

export function ratioChart(results: readonly PairedResult[], subtitle: string): string {
  const ratios = results.flatMap(result => [result.ratio, aimOf(result) ?? 1]);
  const ticks = ticksAround(Math.min(...ratios), Math.max(...ratios));
  const [least = 1, most = 1] = [ticks[0], ticks.at(-1)];
  const x = (ratio: number): number =>
    PLOT.left + ((PLOT.right - PLOT.left) * Math.log(ratio / least)) / Math.log(most / least);
  const bottom = PLOT.top + results.length * ROW.height;
  const parts = [
    svgText(20, 28, 'Ours : peer, medians; right of 1 is better', 'font-size="16" font-weight="bold"'),
    svgText(20, 48, subtitle, 'fill="#666"'),
    ...legend(),
    ...ticks.flatMap(tick => gridLine(x(tick), tick, bottom)),
    ...results.flatMap((result, i) => bar(result, PLOT.top + i * ROW.height, x)),
  ];
  return svgDocument(WIDTH, bottom + 40, parts);
}

function ticksAround(least: number, most: number): readonly number[] {
  const below = TICKS.filter(tick => tick <= least).at(-1) ?? TICKS[0];
  const above = TICKS.find(tick => tick >= most && tick > 1) ?? TICKS[TICKS.length - 1] ?? 1;
  return TICKS.filter(tick => tick >= Math.min(below, 0.8) && tick <= above);
}

function gridLine(x: number, tick: number, bottom: number): string[] {
  const colour = tick === 1 ? '#333' : '#ddd';
  return [
    `<line x1="${rounded(x)}" x2="${rounded(x)}" y1="${PLOT.top - 6}" y2="${bottom}" stroke="${colour}"/>`,
    svgText(x, bottom + 18, String(tick), 'text-anchor="middle" fill="#666"'),
  ];
}

function bar(result: PairedResult, top: number, x: (ratio: number) => number): string[] {
  const [from, to] = [x(Math.min(result.ratio, 1)), x(Math.max(result.ratio, 1))];
  const y = top + (ROW.height - ROW.bar) / 2;
  const aim = aimOf(result);
  const state = aim === undefined ? 'without' : isReached(result) ? 'reached' : 'missed';
  const size = `width="${rounded(Math.max(to - from, 1))}" height="${ROW.bar}"`;
  return [
    svgText(PLOT.left - 10, top + 15, result.name, 'text-anchor="end"'),
    `<rect x="${rounded(from)}" y="${y}" ${size} fill="${COLOUR[state]}"/>`,
    ...(aim === undefined ? [] : [aimMark(x(aim), top)]),
    svgText(PLOT.right + 10, top + 15, short(result.ratio)),
  ];
}

function aimMark(x: number, top: number): string {
  const ends = `x1="${rounded(x)}" x2="${rounded(x)}" y1="${top + 1}" y2="${top + ROW.height - 1}"`;
  return `<line ${ends} stroke="black" stroke-width="2"/>`;
}

function legend(): string[] {
  const words = { reached: 'aim reached', missed: 'aim missed', without: 'no aim' } as const;
  return (['reached', 'missed', 'without'] as const).flatMap((state, i) => [
    `<rect x="${PLOT.left + i * 120}" y="58" width="10" height="10" fill="${COLOUR[state]}"/>`,
    svgText(PLOT.left + 16 + i * 120, 67, words[state], 'fill="#666"'),
  ]);
}

/** Of ratios, more is always better. */
function aimOf({ aim }: PairedResult): number | undefined {
  return aim !== undefined && 'atLeast' in aim ? aim.atLeast : undefined;
}
