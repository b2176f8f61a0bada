// The report: tables in Markdown.

const count = (number) => (number === undefined || Number.isNaN(number) ? '–' : Math.round(number).toLocaleString('en'));
const megabytes = (bytes) => (bytes ? `${(bytes / 1e6).toFixed(1)} MB` : '–');
const kilobytes = (bytes) => `${(bytes / 1e3).toFixed(1)} kB`;
const milliseconds = (time) => (time === undefined ? '–' : `${time.toFixed(time < 10 ? 2 : 0)} ms`);

function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, place) => (place ? '---:' : '---'))), ...rows.map(line)].join('\n');
}

export function report(setting, results, feed, files, views) {
  const parts = [
    '# Benchmark',
    '',
    `${setting.at}, ${setting.cores} × ${setting.processor}, ${Math.round(setting.memoryBytes / 2 ** 30)} GiB, ` +
      `${setting.connections} connections, ${setting.seconds} s each; server and load share the machine.`,
    '',
    '## Sizes and times',
    '',
    table(
      ['Resources', 'Import', 'per second', 'Database', 'Index', 'Index built in', 'per second', 'Start', 'First listing', 'Stop', 'Memory at rest', 'after load', 'peak'],
      results.map((result) => [
        count(result.size),
        `${(result.importMs / 1_000).toFixed(1)} s`,
        count(result.importedPerSecond),
        megabytes(result.databaseBytes),
        megabytes(result.indexBytes),
        milliseconds(result.rebuildMs),
        count(result.rebuiltPerSecond),
        milliseconds(result.healthyMs),
        milliseconds(result.firstPageMs),
        milliseconds(result.stopMs),
        megabytes(result.idleBytes),
        megabytes(result.loadedBytes),
        megabytes(result.peakBytes),
      ]),
    ),
  ];
  const base = results.find((result) => result.size === 10_000);
  for (const result of results) {
    const still = result.static;
    parts.push('', `## ${count(result.size)} Resources`, '');
    parts.push(
      table(
        ['Request', 'per second', 'p50', 'p99', 'of static', 'of 10,000 Resources', 'Average bytes', 'Failures'],
        [...result.rows, still].map((row, place) => {
          const other = base && (row === still ? base.static : base.rows[place]);
          return [
            row.name,
            count(row.perSecond),
            milliseconds(row.p50),
            milliseconds(row.p99),
            row.perSecond ? `${((row.perSecond / still.perSecond) * 100).toFixed(1)} %` : '–',
            row.perSecond && other?.perSecond ? `${((row.perSecond / other.perSecond) * 100).toFixed(0)} %` : '–',
            count(row.averageBytes),
            row.failures ? `**${row.failures}** ${row.examples.map((example) => `\`${example}\``).join(' ')}` : '0',
          ];
        }),
      ),
    );
  }
  const shares = (part, whole) => (part && whole ? `${((part / whole) * 100).toFixed(1)} %` : '–');
  parts.push('', '## Kept pages beside static answers of the same bytes', '');
  parts.push(
    table(
      ['Resources', 'Page', 'Bytes', 'per second', 'static', 'of static', 'p50', 'p99'],
      results.flatMap((result) =>
        result.kept.map(({ row, static: still }) => [
          count(result.size),
          row.name,
          count(row.averageBytes),
          count(row.perSecond),
          count(still.perSecond),
          shares(row.perSecond, still.perSecond),
          milliseconds(row.p50),
          milliseconds(row.p99),
        ]),
      ),
    ),
  );
  parts.push('', '## Pages of other types while workers change', '');
  parts.push(
    table(
      ['Resources', 'Changes a second', 'recorded', 'From those kept', 'per second', 'p50', 'p99', 'Failures'],
      results.flatMap((result) =>
        result.changing.map(({ rate, changesPerSecond, share, row, failed }) => [
          count(result.size),
          count(rate),
          changesPerSecond.toFixed(1),
          `${(share * 100).toFixed(1)} %`,
          count(row.perSecond),
          milliseconds(row.p50),
          milliseconds(row.p99),
          count(row.failures + failed),
        ]),
      ),
    ),
  );
  const wire = results.at(-1)?.wire;
  for (const [encoding, { bytes, parts: files }] of Object.entries(wire ?? {})) {
    parts.push('', `## First visit of a listing, ${encoding}: ${kilobytes(bytes)}`, '');
    parts.push(
      table(
        ['File', 'Status', 'Encoding', 'Bytes'],
        files.map((file) => [file.file, file.status, file.encoding, count(file.bytes)]),
      ),
    );
  }
  if (feed) {
    parts.push('', '## Change feed, one change a second', '');
    parts.push(
      table(
        ['Subscribers', 'Changes', 'p50 from commit', 'p99', 'longest', 'Memory of the server', 'per subscriber', 'grown by', 'Missed', 'Twice'],
        [
          [
            count(feed.subscribers),
            count(feed.changes),
            milliseconds(feed.p50),
            milliseconds(feed.p99),
            milliseconds(feed.max),
            megabytes(feed.residentDuring),
            kilobytes(feed.bytesPerSubscriber),
            kilobytes(feed.grownPerSubscriber),
            count(feed.missed),
            count(feed.twice),
          ],
        ],
      ),
    );
  }
  if (files?.length) {
    parts.push('', '## Files of the browser half', '');
    parts.push(
      table(
        ['File', 'Bytes', 'with brotli'],
        files.map(({ file, bytes, brotli }) => [file, count(bytes), brotli === null ? '–' : count(brotli)]),
      ),
    );
  }
  if (views) {
    parts.push('', '## One listing, rendered', '');
    parts.push(
      table(
        ['View types', 'Bytes', 'a page'],
        views.map((one) => [one.views, count(one.bytes), one.time]),
      ),
    );
  }
  return `${parts.join('\n')}\n`;
}
