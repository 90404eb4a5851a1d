/*
 * builds_step: what the steps of a pipeline ask `depot` to build, run with a recorded environment.
 *
 *   const steps = openSteps(program)
 *   await steps.plan({ directory, settings, environment })      →  { exitStatus, talk, images, leftOut, notes, commands }
 *   await steps.run(command, environment)                       →  { exitStatus, talk, calls, environment }
 *   steps.close()
 *
 * Everything between is other code than ours: the YAML parser, the interpolation and the toolbox of ../e2e, and the
 * shell. A step runs in an empty directory, which stands for the checkout: what it says must not depend on what is
 * there. `depot` writes down its words, its input and its environment, the file of the step's own that it is to read, and
 * where a context leads that is a link.
 */
import fs from 'node:fs';
import path from 'node:path';
import { allSteps } from '../e2e/pipeline.mjs';
import { upload } from '../e2e/runner.mjs';
import { execute } from '../e2e/scenario.mjs';
import { makeToolbox, recordings } from '../e2e/toolbox.mjs';

/* A version that is new enough, and one file for each thing that is asked. */
const standIn = `
if [ "$1" = --version ]; then echo "depot version 2.102.12 (2026-01-01)"; exit; fi
call=$(record depot "$@")
cat >"$call/stdin"
env -0 >"$call/file.environment"
before=
for context do
  case $before$context in --file/*) cat "$context" >"$call/file.read" ;; esac
  before=$context
done
if [ -h "$context" ]; then readlink "$context" >"$call/file.link"; fi
`;

const parseEnvironment = (text) => Object.fromEntries(text.split('\0').filter(Boolean).map((entry) => {
  const at = entry.indexOf('=');
  return [entry.slice(0, at), entry.slice(at + 1)];
}));

/** The upload sees other values than the step: one that gets into the pipeline shows as a difference. */
const ofUpload = (environment) => Object.fromEntries(Object.keys(environment).map((name) => [name, 'of-the-upload']));

export function openSteps(program, { folder, home }) {
  const toolbox = makeToolbox(path.join(folder, 'bin'), { standIn: [], scripts: { depot: standIn } });
  const places = fs.mkdtempSync(path.join(folder, 'steps-'));
  let count = 0;

  async function ask(command, { directory, config, environment = {} }, ...words) {
    const env = { PATH: process.env.PATH, HOME: home, ...ofUpload(environment) };
    const common = ['--all', '--no-fetch', '--no-untracked', '--no-worktree', '--queue', 'builders', '--config', config, '-C', directory];
    return execute(program, [command, ...common, ...words], { cwd: folder, env });
  }

  async function plan({ directory, settings, environment }) {
    const config = path.join(folder, `settings-${++count}.yml`);
    fs.writeFileSync(config, settings);
    const request = { directory, config, environment };
    const preview = await ask('preview', request, '--format', 'json', '--verbose');
    const generated = await ask('generate', request);
    fs.rmSync(config);
    const exitStatus = preview.exitStatus || generated.exitStatus;
    if (exitStatus !== 0) return { exitStatus, talk: preview.stderr || generated.stderr, images: [], leftOut: [], notes: [], commands: new Map() };
    const { images, left_out: leftOut, diagnostics } = JSON.parse(preview.stdout);
    const documents = upload(generated.stdout, ofUpload(environment ?? {}));
    const commands = new Map(allSteps(documents).filter(({ step }) => step.command).map(({ step }) => [step.key, step]));
    return { exitStatus, talk: generated.stderr, images, leftOut, notes: diagnostics, commands };
  }

  async function run(step, environment) {
    const place = path.join(places, String(++count));
    const [checkout, records, temporary] = ['checkout', 'records', 'tmp'].map((name) => path.join(place, name));
    for (const directory of [checkout, records, temporary]) fs.mkdirSync(directory, { recursive: true });
    const agent = { PATH: toolbox, HOME: home, TMPDIR: temporary, RECORD_DIR: records, DEPOT_PROJECT_ID: 'project', DEPOT_TOKEN: 'token' };
    const env = { ...agent, ...step.env, ...environment };
    const { exitStatus, stdout, stderr } = await execute(path.join(toolbox, 'sh'), ['-e', '-c', step.command], { cwd: checkout, env });
    const calls = recordings(records, 'depot').map((call) => ({ ...call, environment: parseEnvironment(call.files.environment) }));
    fs.rmSync(place, { recursive: true });
    return { exitStatus, talk: `${stdout}${stderr}`, calls };
  }

  return { plan, run, close: () => fs.rmSync(places, { recursive: true, force: true }) };
}
