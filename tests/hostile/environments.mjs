/* environments: branches, tags and variables of a build that are shell, YAML or too much. */

const dockerfile = 'FROM scratch\nCOPY . .\n';
const settings = 'registry: registry.test/x\ntags: ["{branch}", "{sha}", "v-{tag}"]\npush: always\nbuild_args: {BRANCH: "{branch}", TAG: "{tag}"}\n';

export function environmentCases({ evil }) {
  const texts = [`$(${evil})`, `\`${evil}\``, `'; ${evil}; '`, `"; ${evil}; "`, 'a\nb', '\n', '\\', '\\$X', '${X:-y}', '$$', '-n', '--push', '\x1B[2J', '\x7F', 'é', '😀', '\u2028', '{branch}', '{{matrix}}', '../..', 'a'.repeat(100_000), '%s%n', ' ', ':', '#'];
  const event = (name, variables) => ({
    name,
    status: [0, 1],
    env: { BUILDKITE: 'true', BUILDKITE_COMMIT: 'HEAD', BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main', ...variables },
    make: (repository) => { repository.file('Dockerfile', dockerfile).file('.buildkite/depot-pipeline.yml', settings).commit(); },
  });
  return [
    ...texts.map((text) => event(`the branch and tag ${JSON.stringify(text).slice(0, 40)}`, { BUILDKITE_BRANCH: text, BUILDKITE_TAG: text, BUILDKITE_COMMIT: text, BUILDKITE_PIPELINE_DEFAULT_BRANCH: text,
      BUILDKITE_AGENT_META_DATA_QUEUE: text, BUILDKITE_REPO: text, DEPOT_PROJECT_ID: text })),
    ...texts.map((text) => event(`a pull request of ${JSON.stringify(text).slice(0, 40)}`, { BUILDKITE_BRANCH: text, BUILDKITE_PULL_REQUEST: text, BUILDKITE_PULL_REQUEST_BASE_BRANCH: text, BUILDKITE_PULL_REQUEST_REPO: text, BUILDKITE_REPO: text })),
    ...texts.map((text) => ({ ...event(`options that are ${JSON.stringify(text).slice(0, 40)}`, { DEPOT_PIPELINE_QUEUE: text, DEPOT_PIPELINE_REGISTRY: text, DEPOT_PIPELINE_PROJECT: text, DEPOT_PIPELINE_TAG: text, COLUMNS: text, COMPOSE_PROJECT_NAME: text }), status: [0, 1, 2] })),
    { name: 'a settings file that is a device', words: ['--config', '/dev/zero'], status: [1, 3], make: (repository) => { repository.file('Dockerfile', dockerfile).commit(); } },
    { name: 'a settings file that is a FIFO', words: ['--config', 'fifo'], status: [1, 3], make: (repository) => { repository.file('Dockerfile', dockerfile).commit().fifo('fifo'); } },
    { name: 'a columns of nonsense', status: 0, env: { COLUMNS: '99999999999999999999' }, make: (repository) => { repository.file('Dockerfile', dockerfile).commit(); } },
  ];
}
