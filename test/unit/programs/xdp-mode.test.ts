// Which XDP mode a device gets.
import t from 'tap';
import { chooseXdpMode } from '../../../loader/programs/xdp-link.ts';

t.equal(chooseXdpMode('auto', undefined), 'native', 'auto is native on hardware');
t.equal(chooseXdpMode('auto', 'veth'), undefined, 'auto is nothing on veth, whose peer would lose TSO');
t.equal(chooseXdpMode('native', 'veth'), 'native', 'who asks for native gets it');
t.equal(chooseXdpMode('generic', undefined), 'generic', 'who asks for generic gets it');
