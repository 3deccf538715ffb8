// A call of tests/interop/call: as-dial, as-answer with the pipeline, and the services behind it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { live } from './live.mjs';
import { KEY, folder, run, tone, wav } from './tool.mjs';
import { aimock } from './vendors.mjs';

const VOICE = '/usr/share/asterisk/sounds/en_US_f_Allison/conf-full.wav'; // somebody says something

export const AGAIN = 'Could you say that again?'; // to all else

// A model that answers each line of talk, [asked, answer, calls]: first the calls, if there are any, then the answer; and
// with `leave` it ends the dialogue.
export async function brain(close, talk, options) {
	const mock = await aimock(close, options);
	for (const [asked, answer, calls] of talk) {
		const leaves = calls?.some((c) => c.name === 'leave');
		if (calls)
			mock.addFixture({
				match: { userMessage: asked, hasToolResult: false },
				response: { content: leaves ? answer : '', toolCalls: calls },
			});
		mock.addFixture({ match: { userMessage: asked }, response: { content: answer } });
	}
	mock.addFixture({ match: { endpoint: 'chat' }, response: { content: AGAIN } });
	return mock;
}
// A voice: whatever is to be said is 700 ms of a tone.
export async function voice(close, options) {
	const mock = await aimock(close, options);
	mock.onSpeech(/./, { audio: wav(tone(700, 24000), 24000).toString('base64'), format: 'wav' });
	return mock;
}
export const ears = (close, talk, options) => live(close, { text: talk.map(([asked]) => asked), ...options });

// A server that answers calls; brains: models in the order they are asked, env: more settings. -> its port and spool.
export async function pipeline(close, { ears, brains, voice, env }) {
	const spool = folder();
	const models = join(spool, 'models.json');
	const providers = brains.map((b, i) => ({
		name: `m${i + 1}`,
		engine: 'openai',
		url: `${b.url}/v1`,
		model: 'some-model',
		secret: 'SHOP_KEY',
	}));
	writeFileSync(models, JSON.stringify({ providers, wait_ms: 800, give_up_ms: 2000 }));
	const { PATH, TMPDIR } = process.env;
	const all = {
		PATH,
		TMPDIR,
		LC_ALL: 'C.UTF-8',
		SHOP_KEY: KEY,
		CALLPIPE_SPOOL: spool,
		CALLPIPE_STT: 'deepgram',
		CALLPIPE_STT_URL: ears.ws,
		CALLPIPE_STT_KEY: KEY,
		CALLPIPE_MODELS: models,
		CALLPIPE_TTS: 'openai',
		CALLPIPE_TTS_URL: `${voice.url}/v1`,
		CALLPIPE_TTS_KEY: KEY,
		...env,
	};
	const serve = [
		'-1',
		'-q',
		'-D',
		'-H',
		'-R',
		'-l',
		'localhost',
		'127.0.0.1',
		'0',
		'as-answer',
		'tests/interop/call/call',
	];
	const child = spawn('tcpserver', serve, { env: all });
	close(() => void child.kill());
	let err = '';
	child.stderr.on('data', (p) => (err += p));
	const [port] = await once(createInterface({ input: child.stdout }), 'line');
	return { port, spool, err: () => err };
}

// Somebody calls, says something so many times, each time when the other side has fallen silent, and waits for the end.
export async function dial({ port }, turns, wait_s = 8) {
	const script = [
		...Array(turns).fill(`wait ${wait_s}; say ${VOICE}`),
		`wait ${wait_s}`,
		`expect end within ${wait_s}`,
	].join('; ');
	const r = await run('as-dial', ['--json', '-e', script, `127.0.0.1:${port}`], { limit_ms: 90000 });
	return JSON.parse(r.out);
}

// Somebody calls, hears something, and hangs up.
export async function listen({ port }) {
	const r = await run('as-dial', ['--json', '-e', 'expect audio within 6; wait 4; hangup', `127.0.0.1:${port}`]);
	return JSON.parse(r.out);
}

export const files = (spool) =>
	readdirSync(spool, { recursive: true, withFileTypes: true })
		.filter((f) => f.isFile())
		.map((f) => join(f.parentPath ?? f.path, f.name));

// The journal of the one call there was, whole.
export async function journal(spool) {
	for (;;) {
		const file = files(spool).find((f) => f.endsWith('/events.jsonl'));
		const text = file ? readFileSync(file, 'utf8') : '';
		if (text.includes('"type":"verdict"'))
			return text
				.trim()
				.split('\n')
				.map((line) => JSON.parse(line));
		await new Promise((ok) => setTimeout(ok, 50));
	}
}

export const told = (all, type, name) => all.filter((r) => r.type === type).map((r) => r.data[name]);
// Those of a spool in which this text stands.
export const holding = (spool, text) => files(spool).filter((f) => readFileSync(f).includes(text));
