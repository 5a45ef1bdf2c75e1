// The case files that come with the project.
export const PUBLIC_CASES = [
  'public',
  'extra_public',
  'own_node_public',
  'own_node_unnamed',
  'cnp_public',
  'stored',
].map(name => `test/conformance/cases/${name}.json`);
