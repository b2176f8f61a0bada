#!/usr/bin/env node
// Kills Pharos with SIGKILL at random moments, a thousand times, and looks whether anything acknowledged is lost.
//
//   node benches/crashes.mjs [--kills 1000] [--seed N] [--binary FILE] [--keep]
//
// A server writes what is reported over HTTP, prunes its change log and serves; beside it `pharos import` writes and
// `pharos backup` copies. Any of them is killed while it works, and now and then the index loses its folder or a piece of it.
// After each kill every Resource must have the last State that was acknowledged, or the one that was under way; after every
// twentieth `pharos check` must find counts, index and store in agreement, and the newest backup must be whole.
// Ends with exit code 1 and keeps the database when something is wrong.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { freePort, seededBelow } from './chance.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, 'target');
const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    binary: { type: 'string', default: path.join(target, 'release', 'pharos') },
    keep: { type: 'boolean', default: false },
  },
});
const kills = Number(options.kills);

const below = seededBelow(Number(options.seed));
const random = () => below(2 ** 24) / 2 ** 24;
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pharos-crashes-'));
const database = `sqlite://${path.join(folder, 'pharos.db')}`;
const index = path.join(folder, 'pharos.db.index');
const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

function fail(text) {
  console.error(`error: ${text}\nThe database is in ${folder}; repeat with --seed ${options.seed}`);
  process.exit(1);
}

function run(...args) {
  return spawnSync(options.binary, [...args, '--database', database], { cwd: folder, encoding: 'utf8' });
}

function start(...args) {
  const child = spawn(options.binary, [...args, '--database', database], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  child.said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => (child.said = (child.said + data).slice(-4_000)));
  }
  child.ended = new Promise((resolve) => child.once('exit', resolve)).then(() => children.delete(child));
  return child;
}

/** One answer; an error when the server is gone. */
function ask(port, method, address, headers = {}, body = undefined) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path: address, headers, agent: false, timeout: 30_000 }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(parts).toString() }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 30 s')));
    request.on('error', reject);
    request.end(body);
  });
}

const STATES = ['active', 'error', 'pending', 'unknown'];
const RESOURCES = 2_000;
/** What each Resource may be: the newest report that was acknowledged, and newer ones without an answer. */
const expected = new Map();
/** A time of its own for each report: which of two is newer does not depend on the order in which they are answered. */
let reported = Date.now() - 40 * 86_400_000;

function batch(size, prefix = 'svc') {
  const names = new Set(Array.from({ length: size }, () => `${prefix}-${below(RESOURCES)}`));
  return [...names].map((name) => ({ name, status: STATES[below(STATES.length)], at: (reported += 1_000) }));
}

const entry = (name) => expected.get(name) ?? { last: { at: 0, status: null }, possible: [] };

function underWay(reports) {
  for (const report of reports) {
    const { last, possible } = entry(report.name);
    expected.set(report.name, { last, possible: [...possible, report] });
  }
}

function acknowledged(reports) {
  for (const report of reports) {
    const { last, possible } = entry(report.name);
    const newest = report.at > last.at ? report : last;
    expected.set(report.name, { last: newest, possible: possible.filter(({ at }) => at > newest.at) });
  }
}

/** Reports batch after batch until the server is gone. */
async function report(port, token, until) {
  while (!until.over) {
    const reports = batch(1 + below(random() < 0.1 ? 500 : 20));
    const body = JSON.stringify(
      reports.map(({ name, status, at }) => ({ id: `service:v1:${name}:public`, status, at: new Date(at).toISOString() })),
    );
    underWay(reports);
    let answer;
    try {
      answer = await ask(port, 'POST', '/api/v1/observations', { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body);
    } catch {
      return;
    }
    if (answer.status !== 200) fail(`a report was answered with ${answer.status}: ${answer.text.slice(0, 500)}`);
    acknowledged(reports);
    until.reports += 1;
  }
}

/** Compares every Resource with what was acknowledged; what was under way is known from then on. */
async function compare(port, moment) {
  const answer = await ask(port, 'GET', '/api/v1/resources/services.ndjson');
  if (answer.status !== 200) fail(`${moment}: the export was answered with ${answer.status}`);
  const found = new Map(answer.text.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line)).map((row) => [row.name, row.state]));
  for (const [name, { last, possible }] of expected) {
    const status = found.get(name) ?? null;
    const report = status === last.status ? last : possible.findLast((report) => report.status === status);
    if (!report) {
      fail(`${moment}: \`${name}\` is \`${status}\`; acknowledged was \`${last.status}\`, under way ${JSON.stringify(possible)}`);
    }
    if (status === null) expected.delete(name);
    else expected.set(name, { last: report, possible: [] });
  }
}

async function ready(server, port) {
  for (let attempt = 0; attempt < 3_000; attempt += 1) {
    if (server.exitCode !== null) fail(`the server has ended:\n${server.said}`);
    try {
      const answer = await ask(port, 'GET', '/readyz');
      if (answer.status === 200 && !JSON.parse(answer.text).rebuilding) {
        const { indexed_seq: indexed, stored_seq: stored } = JSON.parse(answer.text);
        if (indexed >= stored) return;
      }
    } catch {
      // Not listening yet.
    }
    await sleep(10);
  }
  fail(`the server is not ready after 30 s:\n${server.said}`);
}

/** Takes away the index, or half of one of its files. */
function damageIndex() {
  if (!fs.existsSync(index)) return;
  if (random() < 0.5) return fs.rmSync(index, { recursive: true });
  const files = fs.readdirSync(index).filter((file) => fs.statSync(path.join(index, file)).isFile());
  if (files.length === 0) return;
  const file = path.join(index, files[below(files.length)]);
  fs.truncateSync(file, Math.floor(fs.statSync(file).size / 2));
}

const created = run('token', 'create', '--name', 'crashes', '--scope', 'write');
const token = created.stdout.match(/pharos_[0-9A-Za-z]{49}/)?.[0] ?? fail(`no token: ${created.stderr}`);

const counts = { server: 0, import: 0, backup: 0, damaged: 0, checks: 0, backups: 0, reports: 0 };
const began = Date.now();
let backupNumber = 0;
for (let kill = 1; kill <= kills; kill += 1) {
  const moment = `after kill ${kill}`;
  if (random() < 0.05) {
    damageIndex();
    counts.damaged += 1;
  }
  const port = await freePort();
  const server = start('serve', '--addr', `127.0.0.1:${port}`, '--keep-changes', '30d');
  // Some die while they start, or while they rebuild their index.
  if (random() < 0.1) {
    await sleep(below(200));
    server.kill('SIGKILL');
    await server.ended;
    counts.server += 1;
    continue;
  }
  await ready(server, port);
  await compare(port, moment);
  const until = { over: false, reports: 0 };
  const writing = Array.from({ length: 4 }, () => report(port, token, until));
  const beside = random();
  let other = null;
  if (beside < 0.3) {
    const reports = batch(1_000, 'imported');
    underWay(reports);
    const file = path.join(folder, 'listing.txt');
    const rows = reports.map(({ name, status }) => `${name} | v1 | service | public | ${status}\n`);
    fs.writeFileSync(file, `NAME | VERSION | TYPE | WORKSPACE | STATUS\n---|---|---|---|---\n${rows.join('')}`);
    other = start('import', file);
    counts.import += 1;
  } else if (beside < 0.5) {
    backupNumber += 1;
    other = start('backup', path.join(folder, `backup-${backupNumber}.db`));
    counts.backup += 1;
  }
  await sleep(20 + below(500));
  if (other && random() < 0.6) other.kill('SIGKILL');
  if (other && random() < 0.3) {
    // The server goes on alone for a while.
    await sleep(below(60));
  }
  server.kill('SIGKILL');
  counts.server += 1;
  until.over = true;
  await Promise.all([...writing, server.ended, other?.ended]);
  counts.reports += until.reports;
  if (other && other.exitCode === 0 && other.spawnargs.includes('backup')) {
    const copy = path.join(folder, `backup-${backupNumber}.db`);
    const checked = spawnSync(options.binary, ['check', '--dry-run', '--database', `sqlite://${copy}`], { cwd: folder, encoding: 'utf8' });
    if (checked.status !== 0) fail(`${moment}: a finished backup is wrong: ${checked.stdout}${checked.stderr}`);
    counts.backups += 1;
  }
  for (const file of fs.readdirSync(folder)) {
    if (file.startsWith('backup-')) fs.rmSync(path.join(folder, file), { recursive: true });
  }
  if (kill % 20 === 0 || kill === kills) {
    const checked = run('check', '--dry-run');
    // The index is behind after a kill, which is no fault: a server catches up first.
    if (checked.status !== 0) {
      const again = start('serve', '--addr', `127.0.0.1:${port}`);
      await ready(again, port);
      again.kill('SIGTERM');
      await again.ended;
      const second = run('check', '--dry-run');
      if (second.status !== 0) fail(`${moment}: ${second.stdout}${second.stderr}`);
    }
    counts.checks += 1;
    if (kill % 100 === 0) console.log(`${kill} kills, ${counts.reports} batches acknowledged, ${((Date.now() - began) / 1_000).toFixed(0)} s`);
  }
}
console.log(
  `${kills} kills (seed ${options.seed}): ${counts.reports} batches acknowledged and none lost; beside the server ${counts.import} imports and ` +
    `${counts.backup} backups (${counts.backups} finished and whole), ${counts.damaged} damaged indexes, ${counts.checks} checks.`,
);
if (!options.keep) fs.rmSync(folder, { recursive: true });
