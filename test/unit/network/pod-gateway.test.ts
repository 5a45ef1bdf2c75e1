// What a pod sees of its gateway.
import { parseAddr } from 'ip';
import t from 'tap';
import { gatewayRoutes, gatewaysFor } from '../../../loader/network/pod-gateway.ts';

const [four, six] = [parseAddr('10.1.0.5'), parseAddr('fd00:1::5')];

t.test('there is one gateway for each family that the pod has', t => {
  t.same(gatewaysFor([four]), ['169.254.1.1']);
  t.same(gatewaysFor([six]), ['fe80::1']);
  t.same(gatewaysFor([four, six]), ['169.254.1.1', 'fe80::1']);
  t.same(gatewaysFor([]), []);
  t.end();
});

t.test('the gateway is on the link, and everything else behind it', t => {
  t.match(gatewayRoutes(parseAddr('169.254.1.1'), 3), [
    { destination: { address: '169.254.1.1', prefixLength: 32 }, index: 3, scope: 'link' },
    { destination: { address: '0.0.0.0', prefixLength: 0 }, index: 3, via: '169.254.1.1' },
  ]);
  t.match(gatewayRoutes(parseAddr('fe80::1'), 3), [
    { destination: { address: 'fe80::1', prefixLength: 128 } },
    { destination: { address: '::', prefixLength: 0 }, via: 'fe80::1' },
  ]);
  t.end();
});
