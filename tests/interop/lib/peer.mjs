// The packages of package.json, where tests/interop/run has installed them. A missing one is a failure of its test.
import { File } from 'node:buffer';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const folder = process.env.INTEROP;
const from = createRequire(join(folder, 'package.json'));

globalThis.File ??= File; // node 18 does not have it there

export const peer = (name) => from(name);
// A file of a package that does not offer it by name.
export const inside = (name, file) => from(join(folder, 'node_modules', name, file));
export const version = (name) => inside(name, 'package.json').version;
