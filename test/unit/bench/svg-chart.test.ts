import t from 'tap';
import { lineChart } from '../../bench/svg-chart.ts';

const CHART = {
  ...{ title: 'cost & count', subtitle: 'a machine', unit: 'ns', ticks: ['1', '10', '100'] },
  series: [
    { label: 'first', values: [100, 100, 100] },
    { label: 'second', values: [101, 101, 101] },
  ],
};

t.test('one line each, with a point for every tick', t => {
  const svg = lineChart(CHART);
  t.equal(svg.match(/<polyline/g)?.length, 2);
  t.equal(svg.match(/<circle/g)?.length, 6);
  t.match(svg, 'cost &amp; count');
  t.end();
});

t.test('names at the ends do not cover each other', t => {
  const y = (label: string): number =>
    Number(new RegExp(`y="([0-9.]+)"[^>]*>${label}<`).exec(lineChart(CHART))?.[1]);
  t.ok(Math.abs(y('first') - y('second')) >= 16);
  t.end();
});
