import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cropSphere, protocolText, SCAN_PROTOCOLS } from './scan-protocols';

test('each protocol in a line for a table’s header', () => {
  assert.deepEqual(Object.values(SCAN_PROTOCOLS).map(protocolText), [
    'mean, mm; prediction to scan; size kept; where the scan has surface',
    'root mean square, mm; scan to prediction; size fitted; 95 mm around the nose tip',
    'median, mean, standard deviation, mm; scan to prediction; size fitted; around the face',
  ]);
});

test('protocols are plain data: what is written is what is read', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(SCAN_PROTOCOLS)), SCAN_PROTOCOLS);
});

test('the spheres by hand: 9.5 cm around the tip, and 0.7 (5 + 10) cm around a place 1.5 cm above the nose’s base', () => {
  const places: Record<string, readonly [number, number, number]> = {
    pronasale: [1, 2, 3],
    subnasale: [0, -1, 7],
    endocanthionRight: [2, 3, 10],
    endocanthionLeft: [-2, 3, 10],
    exocanthionRight: [5, 3, 9],
    exocanthionLeft: [-5, 3, 9],
  };
  const at = (name: string) => places[name];
  assert.equal(cropSphere(SCAN_PROTOCOLS.paper, at), undefined);
  assert.deepEqual(cropSphere(SCAN_PROTOCOLS['similarity-95mm'], at), { centre: [1, 2, 3], radius: 9.5 });
  const { centre, radius } = cropSphere(SCAN_PROTOCOLS.now, at) as { centre: readonly number[]; radius: number };
  [0, 0.2, 7.9].forEach((v, k) => {
    assert.ok(Math.abs(centre[k] - v) < 1e-12);
  });
  assert.ok(Math.abs(radius - 10.5) < 1e-12);
});
