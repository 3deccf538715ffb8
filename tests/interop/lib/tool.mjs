// Our tools, as anybody runs them: found in PATH, with no more of an environment than is given here.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';

export const KEY = 'sk-of-the-test-0123456789';

export const folder = () => mkdtempSync(join(tmpdir(), 'interop.'));

// -> {code, out, err, ms}; input: a Buffer, or a function that writes to stdin and ends it.
export function run(tool, args, { env = {}, input = '', limit_ms = 20000, cwd } = {}) {
	return new Promise((resolve, reject) => {
		const { PATH, TMPDIR, B } = process.env;
		const began = Date.now();
		const child = spawn(tool, args, {
			cwd,
			env: { PATH, TMPDIR, B, LC_ALL: 'C.UTF-8', CALLPIPE_SPOOL: folder(), ...env },
		});
		const out = [];
		let err = '';
		const timer = setTimeout(() => child.kill('SIGKILL'), limit_ms);
		child.on('error', reject);
		child.stdout.on('data', (p) => out.push(p));
		child.stderr.on('data', (p) => (err += p));
		child.stdin.on('error', () => {});
		if (typeof input === 'function') input(child.stdin, child);
		else child.stdin.end(input);
		child.on('close', (code, signal) => {
			clearTimeout(timer);
			resolve({ code: code ?? signal, out: Buffer.concat(out), err, ms: Date.now() - began });
		});
	});
}

// A server of tests/fake, which prints its port: what our own tests take for the vendor. -> its URL
export async function fake(close, name, args = []) {
	const child = spawn('python3', [join('tests/fake', name), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
	close(() => void child.kill());
	const lines = createInterface({ input: child.stdout });
	const [port] = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
	lines.close();
	if (!/^\d+$/.test(port)) throw new Error(`${name} prints no port, but: ${port}`);
	child.stdout.resume();
	return `http://127.0.0.1:${port}`;
}

// ---- the stream: callpipe-stream(5) ----

export function frame(type, data = {}, payload = Buffer.alloc(0)) {
	const head = { type, data };
	if (payload.length > 0) head.payload_length = payload.length;
	return Buffer.concat([Buffer.from(JSON.stringify(head) + '\n'), payload]);
}

export function frames(bytes) {
	const all = [];
	for (let at = 0; at < bytes.length;) {
		const end = bytes.indexOf(10, at);
		if (end < 0) throw new Error(`a frame without an end: ${bytes.subarray(at, at + 80)}`);
		const head = JSON.parse(bytes.subarray(at, end));
		at = end + 1 + (head.payload_length ?? 0);
		all.push({ ...head, payload: bytes.subarray(end + 1, at) });
	}
	return all;
}

export const of = (type, all) => all.filter((f) => f.type === type).map((f) => f.data);

// A WAV file with these 16 bit samples.
export function wav(samples, rate = 8000) {
	const head = Buffer.alloc(44);
	head.write('RIFF', 0);
	head.writeUInt32LE(36 + samples.length * 2, 4);
	head.write('WAVEfmt ', 8);
	head.writeUInt32LE(16, 16);
	head.writeUInt16LE(1, 20);
	head.writeUInt16LE(1, 22);
	head.writeUInt32LE(rate, 24);
	head.writeUInt32LE(rate * 2, 28);
	head.writeUInt16LE(2, 32);
	head.writeUInt16LE(16, 34);
	head.write('data', 36);
	head.writeUInt32LE(samples.length * 2, 40);
	return Buffer.concat([head, pcm(samples)]);
}

export const pcm = (samples) => Buffer.from(Int16Array.from(samples).buffer);

// Something that can be heard: ms of a tone.
export function tone(ms, rate = 8000, hz = 440) {
	return Array.from({ length: (ms * rate) / 1000 }, (_, i) =>
		Math.round(8000 * Math.sin((2 * Math.PI * hz * i) / rate)),
	);
}
