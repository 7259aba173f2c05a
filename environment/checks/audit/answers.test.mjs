import assert from 'node:assert/strict';
import { test } from 'node:test';
import { npmFaults, pipFaults } from './answers.mjs';

test('npm’s faults are listed, none is none, and no answer is no answer', () => {
  const vulnerabilities = { tar: { name: 'tar', severity: 'high', range: '<6.2.1' } };
  assert.deepEqual(npmFaults(JSON.stringify({ auditReportVersion: 2, vulnerabilities }), ''), {
    faults: ['tar <6.2.1: high'],
  });
  assert.deepEqual(npmFaults(JSON.stringify({ auditReportVersion: 2, vulnerabilities: {} }), ''), { faults: [] });
  const error = { code: 'ENOAUDIT', summary: 'the registry has no audit' };
  assert.deepEqual(npmFaults(JSON.stringify({ error }), ''), { silent: error.summary });
  assert.deepEqual(npmFaults(JSON.stringify({ message: 'request to ... failed', error: {} }), ''), {
    silent: 'request to ... failed',
  });
  assert.deepEqual(npmFaults('', 'npm error one\nnpm error two\n'), { silent: 'npm error two' });
});

test('pip-audit’s faults are listed, and packages that it could not look up are no answer', () => {
  const sound = { name: 'rich', version: '15.0.0', vulns: [] };
  const wrong = { name: 'x', version: '1', vulns: [{ id: 'PYSEC-1', fix_versions: ['2', '3'] }] };
  const skipped = { name: 'y', skip_reason: 'not found on PyPI' };
  const say = (...dependencies) => pipFaults(JSON.stringify({ dependencies }), '');
  assert.deepEqual(say(sound), { faults: [] });
  assert.deepEqual(say(sound, wrong), { faults: ['x 1: PYSEC-1, mended in 2,3'] });
  assert.deepEqual(say(sound, skipped), { silent: 'not found on PyPI' });
  assert.deepEqual(say(), { silent: 'it looked at no package' });
  assert.deepEqual(pipFaults('', 'Traceback\nConnectionError: no route\n'), { silent: 'ConnectionError: no route' });
});
