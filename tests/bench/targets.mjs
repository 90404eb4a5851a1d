/*
 * targets: `inspect` of one compose file against the programs whose answer it gives.
 *
 * Files of 200, 1,000 and 5,000 services are made here, the same ones each time, each with the keys that services of real repositories have.
 * What is measured is the whole process, with writing what it prints; that both print the same bytes is checked first. buildx
 * needs twenty seconds for the largest file, so there are fewer rounds than elsewhere, and each is of both programs in turn.
 */
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { openReferences } from '../conformance/references.mjs';

const goals = { 200: 30, 1000: 40, 5000: 50 };
const roundsOf = { 200: 5, 1000: 3, 5000: 3 };

function service(number, count) {
  const name = `svc-${String(number).padStart(4, '0')}`;
  const other = `svc-${String((number * 7 + 1) % count).padStart(4, '0')}`;
  return `  ${name}:
    image: "registry.example.com/acme/${name}:\${TAG:-latest}"
    build:
      context: ./services/${name}
      dockerfile: Dockerfile
      target: runtime
      args:
        VERSION: "\${VERSION:-dev}"
        SERVICE: ${name}
      labels:
        org.opencontainers.image.title: ${name}
      cache_from: ["type=registry,ref=registry.example.com/cache/${name}"]
      platforms: [linux/amd64, linux/arm64]
    environment:
      PORT: "8080"
      LOG: info
    depends_on: [${other}]
    ports: ["${8000 + (number % 1000)}:8080"]
    restart: unless-stopped
`;
}

function makeFile(directory, count) {
  const home = path.join(directory, `targets-${count}`), file = path.join(home, 'compose.yaml');
  const services = Array.from({ length: count }, (_, number) => service(number, count));
  fs.mkdirSync(home, { recursive: true });
  fs.writeFileSync(file, `services:\n${services.join('')}`);
  return home;
}

/* buildx, else the Depot CLI: whoever is there. */
function findReference() {
  const references = openReferences({ skip: () => {} });
  const buildx = references.tool('docker-buildx'), depot = references.tool('depot');
  const words = ['bake', '--print', '-f', 'compose.yaml'];
  if (buildx) return { name: 'docker buildx bake --print', command: [buildx, ...words], isSame: true };
  return depot && { name: 'depot bake --print', command: [depot, ...words], isSame: false };
}

const environment = {
  HOME: process.env.HOME, DEPOT_TOKEN: 'x', DEPOT_PROJECT_ID: 'x', DEPOT_NO_UPDATE_NOTIFIER: '1', DEPOT_DISABLE_OTEL: '1',
};

function run(command, cwd) {
  const start = process.hrtime.bigint();
  const { status, stdout } = spawnSync(command[0], command.slice(1), {
    cwd, env: environment, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'],
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (status !== 0) throw new Error(`${command.join(' ')}: status ${status}`);
  return { seconds, stdout };
}

function ratioRow({ program, directory, median }, count, reference) {
  const what = `inspect of ${count.toLocaleString('en')} services, to ${reference?.name ?? 'bake --print'}`;
  return {
    what,
    measure: () => {
      if (!reference) return { skipped: 'neither docker-buildx nor the Depot CLI is here' };
      const home = makeFile(directory, count), ratios = [];
      for (let round = 0; round < roundsOf[count]; round++) {
        const own = run([program, 'inspect', 'compose.yaml'], home), other = run(reference.command, home);
        if (reference.isSame && own.stdout !== other.stdout) throw new Error(`${what}: other bytes`);
        ratios.push(own.seconds / other.seconds);
      }
      const value = median(ratios);
      return { value, unit: 'x', goal: 1 / goals[count], note: `1/${Math.round(1 / value)}` };
    },
  };
}

/** `tools`: { program, directory, median, ratio } of run.mjs. */
export function targetRows(tools) {
  const reference = findReference();
  const inspect = (count) => [tools.program, 'inspect', path.join(makeFile(tools.directory, count), 'compose.yaml')];
  return [
    ...Object.keys(goals).map((count) => ratioRow(tools, Number(count), reference)),
    {
      what: 'inspect of 5,000 services to 1,000',
      measure: () => ({ value: tools.ratio(inspect(5000), inspect(1000), 5), unit: 'x', goal: 6 }),
    },
  ];
}
