// A process that runs files of tests again and again, each time with the library loaded anew: TensorFlow and the packages, which
// take most of the time of a test's start, stay. Asked for `{ tests }`, it answers `{ killer }`, the first test that fails, or {}.
const Module = require('node:module');
const path = require('node:path');

const library = path.join(process.cwd(), 'lib') + path.sep;
let waits = [];
let killer;

/** Node's own test, but that it says who failed first, and passes over all that come after. */
const watched =
  (test) =>
  (name, ...rest) => {
    const body = rest.pop();
    const result = test(name, ...rest, async (context) => {
      if (killer !== undefined) return;
      try {
        await body(
          new Proxy(context, {
            get: (target, key) => {
              if (key === 'test') return watched(target.test.bind(target));
              const value = Reflect.get(target, key, target);
              return typeof value === 'function' ? value.bind(target) : value;
            },
          }),
        );
      } catch (error) {
        killer ??= name;
        throw error;
      }
    });
    waits.push(result);
    return result;
  };

const nodeTest = require('node:test');
const replaced = { ...nodeTest, test: watched(nodeTest.test), default: watched(nodeTest.test) };
const load = Module._load;
Module._load = function (request, ...rest) {
  return request === 'node:test' ? replaced : load.call(this, request, ...rest);
};

process.on('message', async ({ tests }) => {
  for (const file of Object.keys(require.cache)) if (file.startsWith(library)) delete require.cache[file];
  waits = [];
  killer = undefined;
  try {
    for (const file of tests) if (killer === undefined) require(path.resolve(file));
    // tests may add tests
    for (let i = 0; i < waits.length; i++) await waits[i];
    process.send({ killer });
  } catch {
    process.send({ killer: killer ?? 'a file of tests that does not load' });
  }
});
