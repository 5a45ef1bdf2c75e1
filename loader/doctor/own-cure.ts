// Whether a sentence of the daemon says by itself what to do. Sentences come from every part of it, as texts: the cure is the
// clause in the imperative, after a colon, a semicolon, a comma or a bracket.

const DO =
  'add|allow|annotate|apply|assign|check|choose|chmod|close|correct|delete|disable|drain|enable|end|free|give|heddlectl|install|' +
  'ip|kubectl|label|load|lower|make|modprobe|mount|move|mv|name|open|put|raise|reboot|remove|rename|repair|replace|restart|rm|' +
  'run|set|start|stop|switch|sysctl|systemctl|try|unmount|upgrade|use|write';
const IMPERATIVE = new RegExp(`[:;,(] (?:(?:and|else|or|then) )?'?(?:${DO})(?: |$)|\\((?:${DO}) `);
const DUTY = /: .*\bmust\b/;

export function namesItsCure(sentence: string): boolean {
  return IMPERATIVE.test(sentence) || DUTY.test(sentence);
}
