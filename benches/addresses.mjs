// Which addresses the benchmark asks for. All of them are found as a visitor finds them: in the pages.

import { seededBelow } from './chance.mjs';

/** The links of a page, entities decoded. */
function linksOf(html) {
  return [...html.matchAll(/<a\b[^>]*?\shref="([^"]*)"[^>]*>/g)].map(([tag, address]) => ({
    address: address.replaceAll('&amp;', '&'),
    isNext: /\srel="[^"]*\bnext\b[^"]*"/.test(tag),
  }));
}

/** What the pages of a catalog lead to. */
export class Links {
  constructor(ask) {
    this.ask = ask;
    this.pages = [];
    this.details = new Set();
    this.slugs = new Set();
    this.facets = new Map();
  }

  async page(address) {
    const answer = await this.ask(address);
    if (answer.status !== 200) throw new Error(`\`${address}\` answered ${answer.status}`);
    const links = linksOf(answer.body.toString('utf8'));
    for (const { address: link } of links) this.note(link);
    return links;
  }

  note(link) {
    const { pathname, searchParams } = new URL(link, 'http://pharos.invalid');
    const detail = pathname.match(/^\/resources\/([^/]+)\/([^/]+)$/);
    if (detail) this.details.add(pathname);
    const listing = pathname.match(/^\/resources\/([^/]+)$/);
    if (listing) this.slugs.add(listing[1]);
    for (const name of ['state', 'runtime', 'health', 'workspace', 'owner', 'source', 'tag']) {
      for (const value of searchParams.getAll(name)) {
        if (!this.facets.has(name)) this.facets.set(name, new Set());
        this.facets.get(name).add(value);
      }
    }
  }

  /** Follows the listing by name page after page. */
  async walk(hops) {
    await this.page('/');
    await this.page('/resources');
    for (const slug of [...this.slugs]) await this.page(`/resources/${slug}`);
    let address = '/resources?sort=name';
    for (let hop = 0; address && hop < hops; hop += 1) {
      this.pages.push(address);
      const links = (await this.page(address)).filter(({ address: link }) => /[?&]after=/.test(link));
      address = (links.find(({ isNext }) => isNext) ?? links.at(-1))?.address;
    }
  }
}

const escape = encodeURIComponent;

/** `/resources/services/public.orders-api` as `orders-api`. */
function nameOf(detail) {
  const fqn = decodeURIComponent(detail.split('/').at(-1));
  return fqn.slice(fqn.indexOf('.') + 1);
}

/** How many fragments and misspellings are searched for: more than the words that the index keeps. */
const FRAGMENTS = 520;

/** Pieces of names, and words with one letter too many, each once: what nobody searched for before. */
function fragments(names, words, seed) {
  const below = seededBelow(seed);
  const pick = (list) => list[below(list.length)];
  const made = new Set();
  // A small catalog may not have as many.
  for (let tries = 0; made.size < FRAGMENTS && tries < 20 * FRAGMENTS; tries += 1) {
    if (tries % 2) {
      const name = pick(names);
      const length = Math.min(name.length, 3 + below(5));
      const from = below(name.length - length + 1);
      made.add(name.slice(from, from + length));
    } else {
      const word = pick(words);
      const at = below(word.length + 1);
      made.add(word.slice(0, at) + String.fromCharCode(97 + below(26)) + word.slice(at));
    }
  }
  return [...made];
}

/** The sets of addresses, the plain listing of everything first. The fragments that are searched for come from a seed. */
export function addressSets(links, seed) {
  const below = seededBelow(7);
  const pick = (list) => list[below(list.length)];
  const details = [...links.details];
  const sample = (list, count) => Array.from({ length: Math.min(count, list.length) }, () => pick(list));
  const slugs = [...links.slugs];
  const runs = details.filter((detail) => /^\/resources\/(services|workers|clusters)\//.test(detail));
  const names = sample(details, 400).map(nameOf);

  const facets = [...links.facets].map(([name, values]) => [name, [...values]]);
  const filtered = facets.length === 0 ? [] : Array.from({ length: 400 }, () => {
    const chosen = new Map(Array.from({ length: 1 + below(3) }, () => pick(facets)));
    const query = [...chosen].map(([name, values]) => `${name}=${escape(pick(values))}`).join('&');
    return `${below(2) ? '/resources' : `/resources/${pick(slugs)}`}?${query}`;
  });
  const words = [...new Set(names.flatMap((name) => name.split(/[-_.]/)).filter((word) => word.length > 2))];
  const common = ['ingest', 'api', 'insights', 'daily', 'state:active', 'type:workflow sync', 'public', 'service'];
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const typed = names.flatMap((name) => [2, 4, 6].map((length) => name.slice(0, length)));

  return [
    { name: 'listing of everything', addresses: ['/resources', '/resources?sort=-updated', '/resources?sort=name'] },
    { name: 'listing of everything, as it is', addresses: ['/resources', '/resources?sort=name'], encodings: 'identity' },
    { name: 'listing of each type', addresses: slugs.map((slug) => `/resources/${slug}`) },
    { name: 'filtered listing', addresses: filtered },
    { name: `page ${links.pages.length.toLocaleString('en')} of the listing`, deep: true, addresses: links.pages.slice(-20) },
    { name: 'detail page', addresses: sample(details, 1_000) },
    { name: 'Runtime tab', addresses: sample(runs, 500).map((detail) => `${detail}/runtime`) },
    { name: 'suggestions', addresses: typed.map((text) => `/api/ui/suggest?text=${escape(text)}`) },
    { name: 'search with few hits', addresses: names.map((name) => `/resources?q=${escape(name)}`) },
    { name: 'search with two words', addresses: words.map((word) => `/resources?q=${escape(`${word} ${pick(words)}`)}`) },
    { name: 'search with many hits', addresses: common.map((text) => `/resources?q=${escape(text)}`) },
    { name: 'search with one letter', addresses: letters.map((letter) => `/resources?q=${letter}`) },
    {
      name: 'search for fragments and misspellings',
      addresses: (names.length ? fragments(names, words, seed) : []).map((text) => `/resources?q=${escape(text)}`),
    },
  ];
}

/** What a first visit to a page transfers: the page and every file of ours that it names, as br and as gzip. */
export async function wireSize(ask, page) {
  const sizes = {};
  for (const encoding of ['br', 'gzip']) {
    const plain = (await ask(page, {})).body.toString('utf8');
    const files = new Set([page]);
    collect(plain, page, files);
    const parts = [];
    for (const file of files) {
      const answer = await ask(file, { 'accept-encoding': encoding });
      parts.push({
        file: file === page ? page : file.replace(/[-.][0-9A-Za-z_-]{16,}(?=\.)/, ''),
        status: answer.status,
        encoding: answer.headers['content-encoding'] ?? 'none',
        bytes: answer.body.length,
      });
    }
    sizes[encoding] = { bytes: parts.reduce((sum, part) => sum + part.bytes, 0), parts };
  }
  return sizes;
}

/** Adds the files that a page names. */
function collect(text, from, files) {
  for (const [, quoted] of text.matchAll(/["'(]([^"'()\s<>]+\.(?:m?js|css|wasm|svg|png|ico|woff2))["')]/g)) {
    if (!quoted.startsWith('/') && !quoted.startsWith('./')) continue;
    const { pathname, host } = new URL(quoted, `http://pharos.invalid${from}`);
    // More files than that are no page of ours but a loop.
    if (host === 'pharos.invalid' && files.size < 100) files.add(pathname);
  }
}
