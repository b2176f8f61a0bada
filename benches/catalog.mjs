#!/usr/bin/env node
// How Pharos does with catalogs of 1,000 to 1,000,000 Resources: import, start, memory, index, pages under load.
//
//   node benches/catalog.mjs [--sizes 1000,10000] [--quick] [--seconds 5] [--connections 8] [--keep]
//                            [--binary FILE] [--static FILE] [--views]
//
// With `--views` it also renders one listing with view types of their own and with erased ones, which compiles the pages
// twice. Needs `wrk` and a release build of `pharos`; builds the example `static_response` where it is missing. The load comes from the same machine
// as the answers, one thread of it, so the figures are what is left for the server; the static answer of the same size
// is measured the same way and tells what the machine can do at all. Writes target/bench/report.md and report.json.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { freePort } from './chance.mjs';
import { Links, addressSets, wireSize } from './addresses.mjs';
import { report } from './report.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, 'target');

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,100000,1000000' },
    quick: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '8' },
    hops: { type: 'string', default: '1000' },
    keep: { type: 'boolean', default: false },
    binary: { type: 'string', default: path.join(target, 'release', 'pharos') },
    subscribers: { type: 'string', default: '5000' },
    follower: { type: 'string', default: path.join(target, 'release', 'examples', 'subscribers') },
    static: { type: 'string', default: path.join(target, 'release', 'examples', 'static_response') },
    views: { type: 'boolean', default: false },
    // Of the fragments and misspellings that are searched for: other ones on every run.
    seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
  },
});
const sizes = options.quick ? [1_000] : options.sizes.split(',').map((size) => Number(size.replaceAll('_', '')));
const seconds = options.quick ? 1 : Number(options.seconds);
const connections = Number(options.connections);
const bench = path.join(root, 'target', 'bench');
console.log(`Seed of the fragments: ${options.seed}`);

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const since = (start) => Number(process.hrtime.bigint() - start) / 1e6;
const fail = (text) => {
  console.error(`error: ${text}`);
  process.exit(1);
};

if (!fs.existsSync(options.binary)) fail(`there is no \`pharos\` at \`${options.binary}\`; build it with \`make build\``);
for (const [example, file] of [['static_response', options.static], ['subscribers', options.follower]]) {
  if (fs.existsSync(file)) continue;
  console.log(`Building the example \`${example}\``);
  spawnSync('cargo', ['build', '--release', '--locked', '--example', example], { cwd: root, stdio: 'inherit' });
  if (!fs.existsSync(file)) fail(`there is no \`${example}\` at \`${file}\``);
}
if (spawnSync('wrk', ['--version']).error) fail('`wrk` is not installed; on Debian: `apt-get install wrk`');

/** A process that serves, with its address. */
async function serve(file, args, port) {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: bench });
  children.add(child);
  let said = '';
  child.stderr.on('data', (data) => (said = (said + data).slice(-4_000)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.once('exit', () => children.delete(child));
  return {
    pid: child.pid,
    port,
    base: `http://127.0.0.1:${port}`,
    said: () => said,
    running: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      const start = process.hrtime.bigint();
      child.kill('SIGTERM');
      const slow = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(slow);
      return since(start);
    },
  };
}

/** What browsers accept. */
const AS_BROWSERS = 'br, gzip';

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

/** One answer, body undecoded. */
function ask(base, address, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.get(new URL(address, base), { agent, headers, timeout: 30_000 }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }),
      );
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 30 s')));
    request.on('error', reject);
  });
}

/** Waits for `ready` of the answer; gives the milliseconds since `start`. */
async function until(server, address, start, ready, patience = 600_000) {
  for (;;) {
    try {
      const answer = await ask(server.base, address);
      if (ready(answer)) return since(start);
    } catch {
      // Not listening yet.
    }
    if (!server.running()) fail(`the server has ended:\n${server.said()}`);
    if (since(start) > patience) fail(`\`${address}\` is not as expected after ${patience / 1_000} s`);
    await sleep(1);
  }
}

const isOk = (answer) => answer.status === 200;
const isCaughtUp = (answer) => {
  try {
    const index = JSON.parse(answer.body);
    return answer.status === 200 && !index.rebuilding && index.indexed_seq >= index.stored_seq;
  } catch {
    return false;
  }
};

/** A line of /proc/PID/status, in bytes. */
function memory(pid, name) {
  const line = fs.readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'));
  return line ? Number(line[1]) * 1_024 : null;
}

function bytesOf(file) {
  if (!fs.existsSync(file)) return 0;
  const stat = fs.statSync(file);
  if (!stat.isDirectory()) return stat.size;
  return fs.readdirSync(file).reduce((sum, name) => sum + bytesOf(path.join(file, name)), 0);
}

/** Loads a server with the addresses of a file. */
function load(server, file, forSeconds, encodings, anew) {
  return new Promise((resolve) => {
    const args = ['-t1', `-c${connections}`, `-d${forSeconds}s`, '--timeout', '10s', '-s', path.join(here, 'urls.lua')];
    args.push(server.base, '--', file, encodings ?? '-', ...(anew ? ['anew'] : []));
    const wrk = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(wrk);
    let said = '';
    wrk.stdout.on('data', (data) => (said += data));
    wrk.stderr.on('data', (data) => (said += data));
    wrk.once('exit', () => {
      children.delete(wrk);
      const result = said.match(/^RESULT (.*)$/m);
      if (!result) fail(`wrk did not say how it went:\n${said}`);
      resolve(JSON.parse(result[1]));
    });
  });
}

/** Asks for every address once: warms up, and tells which do not answer 200. wrk itself counts only 400 and above. */
async function tryAll(server, addresses, encodings) {
  const bad = [];
  let bytes = 0;
  for (const address of addresses) {
    const headers = encodings ? { 'accept-encoding': encodings } : {};
    const answer = await ask(server.base, address, headers).catch((error) => ({ status: error.message, body: '' }));
    if (answer.status !== 200) bad.push(`${answer.status} ${address}`);
    bytes += answer.body.length;
  }
  return { bad, averageBytes: Math.round(bytes / Math.max(addresses.length, 1)) };
}

async function measure(server, folder, name, addresses, encodings, anew = false) {
  const file = path.join(folder, `${name.replace(/[^a-z0-9]+/gi, '-')}.urls`);
  fs.writeFileSync(file, `${addresses.join('\n')}\n`);
  const tried = await tryAll(server, addresses.slice(0, 300), encodings);
  await load(server, file, Math.min(1, seconds), encodings, anew);
  const result = await load(server, file, seconds, encodings, anew);
  const row = {
    name,
    addresses: addresses.length,
    encodings,
    averageBytes: tried.averageBytes,
    perSecond: result.requests / (result.microseconds / 1e6),
    p50: result.p50 / 1_000,
    p99: result.p99 / 1_000,
    failures: tried.bad.length + result.bad + result.broken + result.timeouts,
    examples: tried.bad.slice(0, 3),
  };
  const failed = row.failures ? `  ${row.failures} FAILED ${row.examples.join(' ')}` : '';
  console.log(
    `  ${name.padEnd(34)} ${Math.round(row.perSecond).toString().padStart(7)}/s  p50 ${row.p50.toFixed(2)} ms  p99 ${row.p99.toFixed(2)} ms${failed}`,
  );
  return row;
}

/** What the machine can do with an answer of so many bytes. */
async function measureStatic(folder, bytes) {
  const port = await freePort();
  const still = await serve(options.static, [`127.0.0.1:${port}`, String(bytes)], port);
  await until(still, '/', process.hrtime.bigint(), isOk);
  const row = await measure(still, folder, `static answer of ${bytes} bytes`, ['/']);
  await still.stop();
  return row;
}

/** How many pages were answered from those kept, and how many were rendered. */
async function keptPages(server) {
  const text = (await ask(server.base, '/metrics')).body.toString('utf8');
  const value = (name) => Number(text.match(new RegExp(`^${name} (\\d+)$`, 'm'))?.[1] ?? fail(`/metrics lacks ${name}`));
  return { hits: value('pharos_page_cache_hits_total'), misses: value('pharos_page_cache_misses_total') };
}

/** Reports a new runtime of one worker after the other, so many a second, until it is stopped. */
async function changeWorkers(server, url, rate) {
  const database = ['--database', url];
  const token = spawnSync(options.binary, ['token', 'create', ...database, '--name', `bench-${rate}`, '--scope', 'write'], {
    encoding: 'utf8',
    cwd: bench,
  });
  if (token.status !== 0) fail(`\`pharos token create\` failed:\n${token.stderr}`);
  const authorization = `Bearer ${token.stdout.trim()}`;
  const listed = await ask(server.base, '/api/v1/resources/workers?state=active&limit=50');
  const ids = JSON.parse(listed.body).items.map(({ version, name, workspace }) => `worker:${version}:${name}:${workspace}`);
  if (ids.length === 0) fail('there is no active worker to change');
  const poster = new http.Agent({ keepAlive: true });
  const counted = { recorded: 0, failed: 0 };
  let turn = 0;
  const change = () => {
    const body = JSON.stringify([{ id: ids[turn % ids.length], runtime: `running:${1 + (Math.floor(turn / ids.length) % 2)}` }]);
    turn += 1;
    const headers = { authorization, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = http.request(new URL('/api/v1/observations', server.base), { method: 'POST', agent: poster, headers }, (answer) => {
      answer.resume();
      counted[answer.statusCode < 300 ? 'recorded' : 'failed'] += 1;
    });
    request.on('error', () => (counted.failed += 1));
    request.end(body);
  };
  const timer = setInterval(change, 1_000 / rate);
  return async () => {
    clearInterval(timer);
    const last = process.hrtime.bigint();
    while (counted.recorded + counted.failed < turn && since(last) < 30_000) await sleep(10);
    poster.destroy();
    return { ...counted, failed: turn - counted.recorded };
  };
}

/** Which share of the pages of other types still comes from those kept while workers change. All are rendered anew every 30 seconds. */
async function measureChanging(server, folder, url, links, rate) {
  const of = (slug) => [...links.details].filter((detail) => detail.startsWith(`/resources/${slug}/`)).slice(0, 60);
  const addresses = [...links.slugs].filter((slug) => slug !== 'workers').map((slug) => `/resources/${slug}`);
  addresses.push(...['depots', 'services', 'clusters', 'workflows'].flatMap(of));
  await tryAll(server, addresses);
  const start = process.hrtime.bigint();
  const stop = await changeWorkers(server, url, rate);
  const before = await keptPages(server);
  const row = await measure(server, folder, `pages of other types, ${rate} changes a second`, addresses);
  const after = await keptPages(server);
  const { recorded, failed } = await stop();
  const lasted = since(start) / 1_000;
  const hits = after.hits - before.hits;
  const share = hits / (hits + after.misses - before.misses || 1);
  console.log(`    ${(share * 100).toFixed(1)} % of them from those kept; ${recorded} changes`);
  return { rate, row, share, changesPerSecond: recorded / lasted, failed };
}

/** The bytes of every file of the browser half, as they are and with brotli. */
function packageFiles() {
  const folder = path.join(root, 'target', 'site', 'pkg');
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((name) => /\.(?:js|css|wasm|json)$/.test(name))
    .map((name) => ({
      file: name.replace(/\.[0-9A-Za-z_-]{16,}(?=\.)/, ''),
      bytes: bytesOf(path.join(folder, name)),
      brotli: bytesOf(path.join(folder, `${name}.br`)) || null,
    }))
    .sort((one, other) => other.bytes - one.bytes);
}

/** One listing, rendered with view types of their own and with erased ones. Both are compiled for that. */
function measureViews() {
  return ['typed', 'erased'].map((views) => {
    console.log(`\nRendering with ${views} views`);
    const run = spawnSync(
      'cargo',
      ['test', '--release', '--locked', '-p', 'app', '--features', 'ssr', '--lib', '--', '--ignored', '--nocapture', 'rendering_speed'],
      {
        encoding: 'utf8',
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          ...process.env,
          RUSTFLAGS: views === 'erased' ? '--cfg erase_components' : '',
          CARGO_TARGET_DIR: path.join(bench, `${views}-views`),
        },
      },
    );
    const said = run.stdout?.match(/(\d+) bytes, (.+) a page/);
    if (run.status !== 0 || !said) fail(`the listing could not be rendered with ${views} views:\n${run.stdout}`);
    console.log(`  ${said[0]}`);
    return { views, bytes: Number(said[1]), time: said[2] };
  });
}

async function measureSize(size) {
  console.log(`\n${size.toLocaleString('en')} Resources`);
  const folder = path.join(bench, String(size));
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const database = path.join(folder, 'pharos.db');
  const url = `sqlite://${database}`;
  const index = `${database}.index`;
  const result = { size };

  let start = process.hrtime.bigint();
  const filled = spawnSync(options.binary, ['demo', '--database', url, '--resources', String(size), '--seed', '1'], {
    encoding: 'utf8',
    cwd: bench,
  });
  if (filled.status !== 0) fail(`\`pharos demo\` failed:\n${filled.stderr}`);
  result.importMs = since(start);
  result.importedPerSecond = (size / result.importMs) * 1_000;
  result.databaseBytes = bytesOf(database) + bytesOf(`${database}-wal`);
  console.log(`  import ${(result.importMs / 1_000).toFixed(1)} s, ${Math.round(result.importedPerSecond)} Resources/s`);

  const boot = async () => {
    const port = await freePort();
    start = process.hrtime.bigint();
    return serve(options.binary, ['serve', '--database', url, '--addr', `127.0.0.1:${port}`], port);
  };

  // The first start builds the index from nothing: a later one that finds none does the same.
  fs.rmSync(index, { recursive: true, force: true });
  let server = await boot();
  result.rebuildListeningMs = await until(server, '/healthz', start, isOk);
  result.rebuildMs = await until(server, '/readyz', start, isCaughtUp);
  result.rebuiltPerSecond = (size / (result.rebuildMs - result.rebuildListeningMs || 1)) * 1_000;
  result.stopMs = await server.stop();
  result.indexBytes = bytesOf(index);

  server = await boot();
  result.healthyMs = await until(server, '/healthz', start, isOk);
  result.firstPageMs = await until(server, '/resources', start, isOk);
  await until(server, '/readyz', start, isCaughtUp);
  result.idleBytes = memory(server.pid, 'VmRSS');
  console.log(
    `  index ${(result.rebuildMs / 1_000).toFixed(2)} s; start ${result.healthyMs.toFixed(0)} ms, first listing ${result.firstPageMs.toFixed(0)} ms; ${Math.round(result.idleBytes / 2 ** 20)} MiB`,
  );

  result.wire = await wireSize((address, headers) => ask(server.base, address, headers), '/resources');
  const links = new Links((address) => ask(server.base, address));
  await links.walk(Number(options.hops));
  result.deepestPage = links.pages.length;
  result.rows = [];
  for (const { name, addresses, encodings } of addressSets(links, Number(options.seed))) {
    if (addresses.length === 0) {
      console.log(`  ${name}: nothing to ask for`);
      result.rows.push({ name, addresses: 0, failures: 1, examples: ['no address was found'] });
      continue;
    }
    result.rows.push(await measure(server, folder, name, addresses, encodings ?? AS_BROWSERS));
    // Popular pages are answered from those kept; this is what every other one costs.
    if (!encodings) result.rows.push(await measure(server, folder, `${name}, rendered anew`, addresses, undefined, true));
  }
  result.changing = [];
  for (const rate of [1, 50]) result.changing.push(await measureChanging(server, folder, url, links, rate));
  result.loadedBytes = memory(server.pid, 'VmRSS');
  result.peakBytes = memory(server.pid, 'VmHWM');
  await server.stop();

  result.static = await measureStatic(folder, result.rows[0].averageBytes);
  // What a kept page costs beside its bytes.
  result.kept = [];
  for (const row of result.rows.filter(({ encodings }) => encodings)) {
    result.kept.push({ row, static: await measureStatic(folder, row.averageBytes) });
  }
  if (!options.keep) fs.rmSync(folder, { recursive: true, force: true });
  return result;
}

/** How quickly a change reaches all who follow the feed, and what they cost. */
async function measureSubscribers(count) {
  console.log(`\n${count.toLocaleString('en')} subscribers of the change feed`);
  const folder = path.join(bench, 'subscribers');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const url = `sqlite://${path.join(folder, 'pharos.db')}`;
  const filled = spawnSync(options.binary, ['demo', '--database', url, '--resources', '10000', '--seed', '1'], { cwd: bench });
  if (filled.status !== 0) fail(`\`pharos demo\` failed:\n${filled.stderr}`);
  const port = await freePort();
  // Each stream is an open file on either side.
  const raised = ['-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh'];
  const serving = [...raised, options.binary, 'serve', '--database', url, '--addr', `127.0.0.1:${port}`];
  // The first start builds the index, which takes memory that says nothing about subscribers.
  let server = await serve('sh', serving, port);
  await until(server, '/readyz', process.hrtime.bigint(), isCaughtUp);
  await server.stop();
  server = await serve('sh', serving, port);
  await until(server, '/readyz', process.hrtime.bigint(), isCaughtUp);
  const changes = options.quick ? '3' : '20';
  const following = [...raised, options.follower, `127.0.0.1:${port}`, url, String(count), changes, String(server.pid)];
  const followed = spawnSync('sh', following, { encoding: 'utf8', cwd: bench });
  await server.stop();
  if (followed.status !== 0) fail(`the subscribers failed:\n${followed.stderr}`);
  if (!options.keep) fs.rmSync(folder, { recursive: true, force: true });
  const result = JSON.parse(followed.stdout);
  console.log(
    `  p50 ${result.p50.toFixed(1)} ms, p99 ${result.p99.toFixed(1)} ms, ${(result.bytesPerSubscriber / 1e3).toFixed(1)} kB each; ${result.missed} missed, ${result.twice} twice`,
  );
  return result;
}

fs.mkdirSync(bench, { recursive: true });
const results = [];
for (const size of sizes) results.push(await measureSize(size));
const feed = await measureSubscribers(options.quick ? 100 : Number(options.subscribers));
agent.destroy();
const files = packageFiles();
const views = options.views ? measureViews() : undefined;

const setting = {
  at: new Date().toISOString(),
  processor: os.cpus()[0]?.model ?? 'unknown',
  cores: os.cpus().length,
  memoryBytes: os.totalmem(),
  node: process.version,
  seconds,
  connections,
};
fs.writeFileSync(path.join(bench, 'report.json'), `${JSON.stringify({ setting, results, feed, files, views }, null, 2)}\n`);
const text = report(setting, results, feed, files, views);
fs.writeFileSync(path.join(bench, 'report.md'), text);
console.log(`\n${text}`);
const missing = results.flatMap((result) => Object.values(result.wire).flatMap(({ parts }) => parts)).filter(({ status }) => status !== 200);
for (const { file, status } of missing) console.error(`\`${file}\`, which a page names, answers ${status}`);
const rows = results.flatMap((result) => [...result.rows, result.static, ...result.changing.map(({ row }) => row)]);
const unchanged = results.flatMap((result) => result.changing).reduce((sum, { failed }) => sum + failed, 0);
const failures = rows.reduce((sum, row) => sum + row.failures, missing.length + unchanged);
if (feed.missed || feed.twice) fail(`${feed.missed} changes were not delivered, ${feed.twice} twice`);
if (failures) fail(`${failures} requests were not answered with 200`);
