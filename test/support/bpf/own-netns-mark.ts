// In the environment of a test file that runs in a network namespace of its own already.

export const OWN_NETNS_MARK = 'HEDDLE_TEST_OWN_NETNS';
