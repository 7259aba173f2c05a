// Links from a page's code to the API reference, after Sphinx has written the page: a name index decides, no source is changed.

/** Where each exported name is told: module by module, and a name that only one module has by itself. */
export function nameIndex(modules) {
  const byModule = new Map(modules.map(({ name, entries }) => [name, new Set(entries.map((entry) => entry.name))]));
  const owners = new Map();
  for (const { name: module, entries } of modules)
    for (const { name } of entries) owners.set(name, [...(owners.get(name) ?? []), module]);
  const unique = new Map([...owners].filter(([, its]) => its.length === 1).map(([name, [module]]) => [name, module]));
  return { byModule, unique };
}

const address = (module, name, depth) => `${'../'.repeat(depth)}api/${pageOf(module)}.html#${name}`;

/** The file name of a module's page. */
export const pageOf = (module) => module.replaceAll('/', '-');

/** The names that a notebook's cells import from lib, each with its module. */
export function importedNames(sources) {
  const names = new Map();
  for (const source of sources)
    for (const [, list, module] of source.matchAll(/import\s+(?:type\s+)?\{([^}]*)\}\s*from\s*'lib\/([\w/-]+)'/g))
      for (const item of list.split(',')) {
        const [, name] = /^(?:type\s+)?(\w+)(?:\s+as\s+\w+)?$/.exec(item.trim()) ?? [];
        if (name) names.set(name, module);
      }
  return names;
}

/**
 * A notebook's page with a link at the import and at the first use of each name of the library.
 *
 * @returns  the page, and how many links it got
 */
export function linkNotebook(html, names, { byModule }) {
  const seen = new Map();
  let links = 0;
  const linked = html.replace(/<span class="(n\w?)">(\w+)<\/span>/g, (span, kind, name) => {
    const module = names.get(name);
    if (!module || !byModule.get(module)?.has(name)) return span;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    // the first time is the import, the second the first use
    if (times > 2) return span;
    links++;
    return `<span class="${kind}"><a class="api" href="${address(module, name, 1)}">${name}</a></span>`;
  });
  return { html: linked, links };
}

/** A page of text with a link at each piece of code that is a name of the library; not inside of links and headings. */
export function linkText(html, { unique }, { depth, own }) {
  let links = 0;
  const linked = html.replace(
    /(<a\b[^>]*>.*?<\/a>|<h\d\b[^>]*>.*?<\/h\d>)|<code class="docutils literal notranslate"><span class="pre">(\w+)(\(\))?<\/span><\/code>/gs,
    (whole, kept, name, call = '') => {
      const module = kept ? undefined : unique.get(name);
      if (!module || module === own) return whole;
      links++;
      return `<a class="api" href="${address(module, name, depth)}"><code class="docutils literal notranslate"><span class="pre">${name}${call}</span></code></a>`;
    },
  );
  return { html: linked, links };
}
