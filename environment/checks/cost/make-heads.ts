// make-heads.ts FOLDER: heads as scans and registration would leave them, for the run.json of a folder.
import { readRun } from 'lib/experiment';
import { writeRegisteredHeads } from '../../../lib/commands/registered-heads.fixture';

const [folder] = process.argv.slice(2);
writeRegisteredHeads(folder, readRun(folder).profile);
