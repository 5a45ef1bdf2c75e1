import t from 'tap';
import { ratioChart } from '../../bench/ratio-chart.ts';
import { paired, pairOf } from '../../bench/results.ts';

const result = (name: string, ratio: number, atLeast?: number) =>
  paired({ name, unit: 's', note: '', ...(atLeast === undefined ? {} : { aim: { atLeast } }) }, [
    pairOf(ratio, 1),
  ]);

function barOf(svg: string, name: string): { x: number; width: number } {
  const bar = new RegExp(`>${name}</text>\\n<rect x="([0-9.]+)" y="[0-9.]+" width="([0-9.]+)"`).exec(svg);
  return { x: Number(bar?.[1]), width: Number(bar?.[2]) };
}

t.test('bars begin at 1, and twice as good is as far as half as good', t => {
  const svg = ratioChart([result('twice', 2), result('half', 0.5)], 'a machine');
  const [twice, half] = [barOf(svg, 'twice'), barOf(svg, 'half')];
  t.ok(Math.abs(twice.width - half.width) < 0.2, `${twice.width} and ${half.width}`);
  t.ok(Math.abs(half.x + half.width - twice.x) < 0.2);
  t.end();
});

t.test('each aim has its mark, and the bar its colour', t => {
  const svg = ratioChart([result('good', 3, 2), result('bad', 1, 2), result('free', 1)], 'a machine');
  t.equal(svg.match(/stroke="black"/g)?.length, 2);
  t.match(svg, /<rect[^>]*fill="#009e73"/);
  t.equal(svg.match(/fill="#d55e00"/g)?.length, 2, 'the legend and the one that misses');
  t.end();
});

t.test('a ratio beyond the scale stays on it', t => {
  const { x, width } = barOf(ratioChart([result('far', 25)], 'a machine'), 'far');
  t.ok(x + width <= 780, `${x + width}`);
  t.end();
});
