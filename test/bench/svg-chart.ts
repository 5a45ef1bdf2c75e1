// A line chart as SVG text: few points, evenly apart, each line named at its end.
import { rounded as round, svgDocument, svgText as text } from './svg.ts';

export interface Series {
  readonly label: string;
  /** One for each tick. */
  readonly values: readonly number[];
}

export interface LineChart {
  readonly title: string;
  readonly subtitle: string;
  readonly unit: string;
  /** Below the horizontal axis. */
  readonly ticks: readonly string[];
  readonly series: readonly Series[];
}

const SIZE = { width: 760, height: 400 } as const;
const PLOT = { left: 70, top: 70, right: 540, bottom: 350 } as const;
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const;
const GRID_LINES = 5;
/** Lines of text that are not to cover each other, pixels. */
const LABEL_GAP = 16;

export function lineChart({ title, subtitle, unit, ticks, series }: LineChart): string {
  const top = ceiling(Math.max(...series.flatMap(({ values }) => values)));
  const x = (i: number): number => PLOT.left + ((PLOT.right - PLOT.left) * i) / Math.max(ticks.length - 1, 1);
  const y = (value: number): number => PLOT.bottom - ((PLOT.bottom - PLOT.top) * value) / top;
  const labelsY = apart(series.map(({ values }) => y(values.at(-1) ?? 0)));
  const parts = [
    text(PLOT.left, 28, title, 'font-size="16" font-weight="bold"'),
    text(PLOT.left, 48, subtitle, 'fill="#666"'),
    ...gridLines(top, y),
    text(PLOT.left - 58, PLOT.top - 8, unit, 'fill="#666"'),
    ...ticks.map((tick, i) => text(x(i), PLOT.bottom + 22, tick, 'text-anchor="middle"')),
    ...series.flatMap(({ label, values }, i) => {
      const colour = COLOURS[i % COLOURS.length] ?? '#000';
      const points = values.map((value, at) => `${round(x(at))},${round(y(value))}`);
      return [
        `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...points.map(point => dot(point, colour)),
        text(PLOT.right + 12, (labelsY[i] ?? 0) + 4, label, `fill="${colour}"`),
      ];
    }),
  ];
  return svgDocument(SIZE.width, SIZE.height, parts);
}

function gridLines(top: number, y: (value: number) => number): string[] {
  return Array.from({ length: GRID_LINES + 1 }, (_, i) => (top * i) / GRID_LINES).flatMap(value => [
    `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${round(y(value))}" y2="${round(y(value))}" stroke="#ddd"/>`,
    text(PLOT.left - 8, y(value) + 4, value.toLocaleString('en'), 'text-anchor="end" fill="#666"'),
  ]);
}

function dot(point: string, colour: string): string {
  const [cx = '0', cy = '0'] = point.split(',');
  return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`;
}

/** The next number above that grid lines divide well. */
function ceiling(value: number): number {
  const step = 10 ** Math.floor(Math.log10(value));
  return Math.ceil(value / step) * step;
}

/** Moved down as far as each must be to stay clear of the one above. */
function apart(positions: readonly number[]): readonly number[] {
  const moved = [...positions];
  let last = Number.NEGATIVE_INFINITY;
  for (const [i, position] of [...positions.entries()].sort(([, a], [, b]) => a - b)) {
    last = Math.max(position, last + LABEL_GAP);
    moved[i] = last;
  }
  return moved;
}
