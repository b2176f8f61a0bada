#!/usr/bin/env node
// Sends requests that make no sense, a million of them, and looks whether the server stays sound.
//
//   node benches/malformed.mjs [--requests 1000000] [--seed N] [--binary FILE] [--connections 16]
//
// Every route with every method; paths, parameters, headers and bodies of every media type are made from valid ones by
// breaking them, and one request in twenty is no HTTP at all. Most carry a token, so that they get past the gate.
// The answers must hold no 5xx, the server's log no panic, and its memory must not grow with the number of requests; at the
// end it still answers a sound request. Ends with exit code 1 when one of these does not hold.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

import { freePort, seededBelow } from './chance.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, 'target');
const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    connections: { type: 'string', default: '16' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    binary: { type: 'string', default: path.join(target, 'release', 'pharos') },
  },
});
const total = Number(options.requests.replaceAll('_', ''));

const below = seededBelow(Number(options.seed));
const random = () => below(2 ** 24) / 2 ** 24;
const chance = (share) => random() < share;
const pick = (list) => list[below(list.length)];
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const METHODS = ['GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'BREW', 'get'];
const ROUTES = [
  '/', '/resources', '/resources/{v}', '/resources/{v}/{v}', '/resources/{v}/{v}/{v}', '/sources', '/api', '/api/openapi.json', '/api/problems/{v}',
  '/api/v1/resources', '/api/v1/resources.{v}', '/api/v1/resources/{v}', '/api/v1/resources/{v}/{v}', '/api/v1/resources/{v}/{v}/nodes',
  '/api/v1/resources/{v}/{v}/changes', '/api/v1/resources/{v}/{v}/manifest', '/api/v1/counts', '/api/v1/suggestions', '/api/v1/changes',
  '/api/v1/observations', '/api/v1/import', '/api/{v}', '/collated/api/v1/reports/resources/{v}', '/export/{v}', '/export/resources/{v}',
  '/export/manifest/{v}/{v}', '/healthz', '/readyz', '/metrics', '/pkg/{v}', '/pkg/{v}/{v}', '/metis/resources/{v}', '/metis/resources/{v}/{v}/{v}',
  '/operations/user-space/resources/resource-runtime', '/favicon.svg', '/robots.txt', '/{v}', '//{v}', '/../{v}',
  '/api/ui/load_overview', '/api/ui/load_listing', '/api/ui/load_rows', '/api/ui/load_resource', '/api/ui/load_details', '/api/ui/load_runtime', '/api/ui/load_changes',
  '/api/ui/load_manifest', '/api/ui/load_navigation', '/api/ui/suggest', '/api/ui/load_sources', '/api/ui/{v}',
];
const PARAMETERS = [
  'q', 'state', 'runtime', 'workspace', 'owner', 'tag', 'source', 'health', 'sort', 'order', 'after', 'before', 'page', 'size', 'limit', 'fresh', 'type', 'types', 'name', 'fqn', 'ids', 'field',
  'complete', 'force', 'format', 'id', 'tab', 'query', 'text', 'key', 'changed_after', 'created_after', 'id[0]', 'ids[]', 'query[a][b]', '', '__proto__', 'from',
];
const VALUES = [
  'depot', 'depots', 'services', 'public.orders-api', 'salesraw', 'orders', 'state:error', 'service:v1:orders-api:public', '-1', '0', '1', '18446744073709551616', '-9223372036854775809', '1e309', 'NaN',
  'null', 'true', '', ' ', '.', '..', '...', 'csv', 'json', 'ndjson', 'resources.csv', 'now', 'oldest', 'name', '-updated', '2025-11-20T12:00:00Z', '9999-99-99T99:99:99Z', '+275760-09-13T00:00:00.001Z',
  "' OR 1=1 --", '"; DROP TABLE resources; --', '<script>alert(1)</script>', '{{7*7}}', '${jndi:ldap://x}', '%s%n%x', '\u0000', 'a\u0000b', '\ufeff', '\u202e', '😀'.repeat(20), 'é', 'e\u0301', 'ß', 'İ', 'ﬀ',
  '\u{10ffff}', 'x'.repeat(255), 'x'.repeat(5_000), '"', '"unclosed', 'tag:"', '-', '--', '-state:', ':', '::', ':::', 'a:b:c:d:e:f', '*', '%', '_', '\\', '/', '//', '\t', '[]', '{}', '(', ')', 'AND', 'OR', 'NOT',
];
const PERCENT = ['%', '%0', '%zz', '%00', '%ff', '%c3%28', '%ed%a0%80', '%f4%90%80%80', '%2e%2e%2f', '%2F', '%5c', '%0d%0aX:%20y', '+', '&', '&&', '=', '==', ';', '#', '?'];
const HEADERS = [
  'Accept: text/html', 'Accept: application/json;q=2', 'Accept: */*;q=', 'Accept: ,,,', 'Accept: text/event-stream', 'Accept-Encoding: br;q=1.0, gzip;q=nope, *;q=0', 'Accept-Encoding: zstd, identity;q=0',
  'If-None-Match: *', 'If-None-Match: "', 'If-None-Match: W/"x", "y', 'If-Modified-Since: yesterday', 'Range: bytes=0-', 'Range: bytes=5-2,-', 'Last-Event-ID: x', 'Last-Event-ID: 99999999999999999999',
  'Cookie: theme=\u0001; =; theme', 'Cookie: a=b=c;;;', 'Referer: http://[', 'Origin: null', 'Origin: http://elsewhere.example', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Site: x', 'X-Request-Id: ' + 'y'.repeat(300),
  'X-Forwarded-For: 1.2.3.4, x', 'Forwarded: for="[::1', 'Expect: 100-continue', 'Transfer-Encoding: gzip', 'Content-Encoding: gzip', 'Content-Encoding: br', 'Content-Encoding: x, y', 'Idempotency-Key: ', 'Idempotency-Key: k',
  'Idempotency-Key: ' + 'z'.repeat(400), 'Upgrade: websocket', 'Host: other', 'Authorization: Bearer', 'Authorization: Basic !!', 'apikey: x', 'Content-Language: \u00ff', 'TE: trailers', 'Accept-Language: xx-*;q=9',
];
const MEDIA = ['application/json', 'application/json; charset=utf-16', 'text/plain', 'application/x-ndjson', 'application/yaml', 'text/csv', 'multipart/form-data; boundary=', 'application/x-www-form-urlencoded', 'x', '', 'application/octet-stream'];
const BODIES = [
  '[{"id":"service:v1:orders-api:public","status":"active","runtime":"running:1"}]', '{"id":"depot:v2alpha:salesraw"}', '[[[[[[[[', '[' .repeat(2_000), '{"a":'.repeat(1_000), '[1e999]', '[{"id":null}]',
  '[{"type":"service","workspace":"public","name":"x","nodes":[{"name":"n","created":"never"}]}]', '{"id":1,"id":2}', 'null', '""', '"\ud800"', '\ufeff[]', '- a\n- &x [*x]\n', 'a: &a [*a,*a]\n', 'name: x\ntype: depot\nlayer: user\n', '---\n---\n...\n',
  'NAME | VERSION | TYPE\n---|---|---\na | v1 | depot\n', 'NAME | VERSION\n|||||||\n', '\u0000\u0001\u0002', '%YAML 9.9\n---\n!!python/object:os.system x', 'x'.repeat(20_000), 'a=b&c=%zz', 'ids=1&ids=2', '',
];

function broken(text) {
  const at = below(text.length + 1);
  switch (below(6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + pick(VALUES) + text.slice(at);
    case 3:
      return text + text;
    case 4:
      return text.slice(at) + text.slice(0, at);
    default:
      return text;
  }
}

const value = () => (chance(0.15) ? pick(PERCENT) : encodeURIComponent(chance(0.3) ? broken(pick(VALUES)).toWellFormed() : pick(VALUES)));

/** A request as bytes, with whether an answer to it has a body. */
function request(token) {
  if (chance(0.05)) {
    const noise = Buffer.from(Array.from({ length: 1 + below(200) }, () => below(256)));
    return { bytes: chance(0.5) ? noise : Buffer.from(broken('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n') + '\r\n\r\n', 'latin1'), method: 'GET', closes: true };
  }
  const method = pick(METHODS);
  let address = pick(ROUTES).replaceAll('{v}', () => value());
  const query = Array.from({ length: below(4) }, () => `${chance(0.9) ? pick(PARAMETERS) : value()}=${value()}`).join('&');
  if (query) address += `?${query}`;
  const lines = [`${method} ${address.replaceAll(/[\s#]/g, '')} HTTP/1.1`, 'Host: 127.0.0.1'];
  if (chance(0.8)) lines.push(`Authorization: Bearer ${token}`);
  for (let count = below(3); count > 0; count -= 1) lines.push(pick(HEADERS));
  let body = Buffer.alloc(0);
  if (method !== 'GET' && method !== 'HEAD' && chance(0.8)) {
    body = Buffer.from(chance(0.5) ? broken(pick(BODIES)) : pick(BODIES));
    if (chance(0.1)) body = gzipSync(body);
    lines.push(`Content-Type: ${pick(MEDIA)}`, `Content-Length: ${body.length}`);
  }
  const closes = method === 'CONNECT' || lines.some((line) => /^(Transfer-Encoding|Upgrade|Expect)/.test(line));
  if (closes) lines.push('Connection: close');
  return { bytes: Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]), method, closes };
}

const statuses = new Map();
const faults = [];
let sent = 0;

/** Sends one request on a connection of its own and waits for the head of its answer, or for the end. */
function exchange(port, { bytes, closes }) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let answer = Buffer.alloc(0);
    const done = () => {
      clearTimeout(slow);
      socket.destroy();
      resolve(answer.subarray(0, 400).toString('latin1'));
    };
    // Bytes that are no whole request wait for the rest of it: that is the server's right.
    const slow = setTimeout(done, closes ? 50 : 20_000);
    socket.on('error', done);
    socket.on('close', done);
    socket.on('data', (data) => {
      answer = Buffer.concat([answer, data]);
      if (answer.includes('\r\n\r\n')) done();
    });
    socket.write(bytes);
  });
}

async function work(port, token) {
  while (sent < total) {
    sent += 1;
    const asked = request(token);
    const head = await exchange(port, asked);
    const status = Number(head.match(/^HTTP\/1\.[01] (\d{3})/)?.[1] ?? 0);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const silent = status === 0 && !asked.closes;
    if (status >= 500 || silent) faults.push({ status, request: asked.bytes.subarray(0, 600).toString('latin1'), head });
  }
}

function memory(pid) {
  return Number(fs.readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB/m)[1]) / 1_024;
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pharos-malformed-'));
const database = `sqlite://${path.join(folder, 'pharos.db')}`;
const made = spawnSync(options.binary, ['demo', '--resources', '2000', '--database', database], { encoding: 'utf8' });
const created = spawnSync(options.binary, ['token', 'create', '--name', 'all', '--scope', 'write', '--scope', 'read', '--database', database], { encoding: 'utf8' });
const token = created.stdout?.match(/pharos_[0-9A-Za-z]{49}/)?.[0];
if (!token) {
  console.error(`error: the catalog was not made: ${made.stderr}${created.stderr}`);
  process.exit(1);
}
const port = await freePort();
const log = path.join(folder, 'log');
const server = spawn(options.binary, ['serve', '--addr', `127.0.0.1:${port}`, '--database', database], {
  stdio: ['ignore', 'ignore', fs.openSync(log, 'w')],
});
process.on('exit', () => server.kill('SIGKILL'));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
for (let attempt = 0; ; attempt += 1) {
  const alive = await fetch(`http://127.0.0.1:${port}/readyz`).then((answer) => answer.ok, () => false);
  if (alive) break;
  if (attempt > 300) throw new Error('the server does not become ready');
  await sleep(100);
}

const began = Date.now();
const sizes = [];
const watch = setInterval(() => {
  sizes.push({ sent, megabytes: memory(server.pid) });
  if (sizes.length % 10 === 0) console.log(`${sent} requests, ${memory(server.pid).toFixed(0)} MB, ${faults.length} faults`);
}, 3_000);
await Promise.all(Array.from({ length: Number(options.connections) }, () => work(port, token)));
clearInterval(watch);
sizes.push({ sent, megabytes: memory(server.pid) });

const listing = await fetch(`http://127.0.0.1:${port}/resources`).then((answer) => answer.status, () => 0);
const panics = fs.readFileSync(log, 'utf8').split('\n').filter((line) => /panick|ERROR/.test(line));
const table = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status || 'closed'}: ${count}`).join(', ');
const half = sizes.find((size) => size.sent >= sent / 2) ?? sizes[0];
const last = sizes.at(-1);
console.log(`${sent} requests in ${((Date.now() - began) / 1_000).toFixed(0)} s (seed ${options.seed}): ${table}`);
console.log(`memory ${half.megabytes.toFixed(0)} MB at ${half.sent} requests, ${last.megabytes.toFixed(0)} MB at the end`);
for (const fault of faults.slice(0, 10)) console.error(`\n${fault.status || 'no answer'} to:\n${fault.request}\n→ ${fault.head}`);
for (const line of panics.slice(0, 10)) console.error(line);
const sound = faults.length === 0 && panics.length === 0 && listing === 200 && last.megabytes < half.megabytes * 1.25 + 16;
if (sound) fs.rmSync(folder, { recursive: true });
else console.error(`\nerror: ${faults.length} faulty answers, ${panics.length} lines of errors, the listing answers ${listing}; see ${folder}`);
process.exit(sound ? 0 : 1);
