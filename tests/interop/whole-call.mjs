// A whole call in which every engine is a service: as-dial, the pipeline, and behind it a live recogniser as Deepgram's, a
// language model as OpenAI's with two tool calls, and a voice as OpenAI's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { engine, assert } from './lib/tap.mjs';
import { live, sound, texts } from './lib/live.mjs';
import { KEY, folder, run, tone, wav } from './lib/tool.mjs';
import { aimock } from './lib/vendors.mjs';

const { row, done } = engine('call');
const VOICE = '/usr/share/asterisk/sounds/en_US_f_Allison/conf-full.wav';
const TALK = [
	['Do you have tyres in sixteen inches, and is order 1234 ready?', 'They cost sixty euros each. Your order is ready.'],
	['When do you close?', 'We close at six.'],
	['Can I pay by card?', 'Yes, you can.'],
	['Where are you?', 'We are behind the station.'],
	['Thank you, that is all.', 'You are welcome.'],
];

async function services(close) {
	const mock = await aimock(close);
	const calls = [
		{ id: 'call_1', name: 'stock', arguments: '{"size":"R16"}' },
		{ id: 'call_2', name: 'find_order', arguments: '{"number":"1234"}' },
	];
	mock.addFixture({ match: { userMessage: /sixteen/, hasToolResult: false }, response: { content: '', toolCalls: calls } });
	mock.addFixture({ match: { userMessage: /that is all/, hasToolResult: false }, response: { content: TALK.at(-1)[1], toolCalls: [{ id: 'call_3', name: 'leave', arguments: '{"exit":"done"}' }] } });
	for (const [asked, answer] of TALK) mock.addFixture({ match: { userMessage: asked }, response: { content: answer } });
	mock.onSpeech(/./, { audio: wav(tone(700, 24000), 24000).toString('base64'), format: 'wav' });
	return { mock, ears: await live(close, { text: TALK.map(([asked]) => asked) }) };
}

// A server that answers calls with call/call; -> its port and spool.
async function pipeline(close, { mock, ears }, more = {}) {
	const spool = folder();
	const models = join(spool, 'models.json');
	const provider = { name: 'shop', engine: 'openai', url: mock.url + '/v1', model: 'some-model', secret: 'SHOP_KEY' };
	writeFileSync(models, JSON.stringify({ providers: [provider], wait_ms: 800, give_up_ms: 4000 }));
	mkdirSync(join(spool, 'cache'));
	const { PATH, TMPDIR } = process.env;
	const env = {
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
		CALLPIPE_TTS_URL: mock.url + '/v1',
		CALLPIPE_TTS_KEY: KEY,
		...more,
	};
	const child = spawn('tcpserver', ['-1', '-q', '-D', '-H', '-R', '-l', 'localhost', '127.0.0.1', '0', 'as-answer', 'tests/interop/call/call'], { env });
	close(() => void child.kill());
	let err = '';
	child.stderr.on('data', (p) => (err += p));
	const [port] = await once(createInterface({ input: child.stdout }), 'line');
	return { port, spool, err: () => err };
}

const files = (spool) =>
	readdirSync(spool, { recursive: true, withFileTypes: true })
		.filter((f) => f.isFile())
		.map((f) => join(f.path, f.name));

// The journal of the one call there was, whole.
async function journal(spool) {
	for (;;) {
		const file = files(spool).find((f) => f.endsWith('/events.jsonl'));
		const text = file ? readFileSync(file, 'utf8') : '';
		if (text.includes('"type":"verdict"')) return text.trim().split('\n').map((line) => JSON.parse(line));
		await new Promise((ok) => setTimeout(ok, 50));
	}
}

function sentences(text) {
	return text.match(/[^.?!]+[.?!]/g).map((t) => t.trim());
}

// From the endpoint on: what came when. 20 ms are a frame.
function times(all) {
	return all
		.filter((r) => r.type === 'turn' && r.data.speech_end > 0)
		.map(({ data: t }) => {
			const models = all.filter((r) => r.type === 'model-call' && r.data.turn === t.turn).map((r) => r.data.id);
			const asked = all.filter((r) => r.type === 'model-result' && models.includes(r.data.id));
			const theirs = asked.reduce((sum, r) => sum + r.data.first_ms, 0);
			const at = (name) => `${name} +${t[`${name}_ms`] - t.endpoint_ms}`;
			const ours = t.audible_ms - t.endpoint_ms - theirs;
			return { ours, line: `turn ${t.turn}: ${['transcript', 'text', 'audio', 'audible'].map(at).join(' ')} ms; model ${theirs} ms; ours ${ours} ms` };
		});
}

await row('five turns, two tools, a goodbye', async (close) => {
	const s = await services(close);
	const p = await pipeline(close, s);
	const script = [...TALK.map(() => `wait 8; say ${VOICE}`), 'wait 8', 'expect end within 10'].join('; ');
	const dial = await run('as-dial', ['--json', '-e', script, `127.0.0.1:${p.port}`], { limit_ms: 60000 });
	const report = JSON.parse(dial.out);
	assert.ok(report.ok, dial.out.toString());
	assert.equal(report.end, 'server-end');
	assert.equal(report.response_ms.filter((ms) => ms !== null).length, TALK.length, 'an answer is missing');

	const all = await journal(p.spool);
	const told = (type, name) => all.filter((r) => r.type === type).map((r) => r.data[name]);
	assert.deepEqual(told('transcript', 'text'), TALK.map(([asked]) => asked));
	assert.deepEqual(told('synthesize', 'text'), ['Wheels and Sons.', ...TALK.flatMap(([, answer]) => sentences(answer)), 'Goodbye.']);
	assert.deepEqual(new Set(told('played', 'status')), new Set(['played']));
	assert.deepEqual(told('tool-call', 'name'), ['stock', 'find_order']);
	assert.deepEqual(told('tool-result', 'status'), ['ok', 'ok']);
	assert.deepEqual(told('error', 'text'), []);
	assert.deepEqual(told('verdict', 'verdict'), ['hangup']);
	assert.equal(p.err(), '');

	// Of the recogniser: one connection, the turns alone, and a good end.
	assert.equal(s.ears.asked.length, 1);
	const [heard] = s.ears.asked;
	const sent = sound(heard).length / 16000;
	const turns = told('voice-stopped', 'timestamp').map((t, i) => (t - told('voice-started', 'timestamp')[i]) / 1000);
	const voice = turns.reduce((sum, t) => sum + t, 0);
	assert.ok(sent > voice && sent < voice + 2 * turns.length, `${sent} s sent of ${voice} s of voice`);
	assert.equal(texts(heard).filter((t) => JSON.parse(t).type === 'Finalize').length, TALK.length);
	assert.equal(heard.closed?.code, 1000);

	// Nobody has written the keys down.
	for (const file of files(p.spool)) assert.ok(!readFileSync(file).includes(KEY), `${file} has a key in it`);

	const t = times(all);
	const middle = t.map((x) => x.ours).sort((a, b) => a - b)[Math.floor(t.length / 2)];
	assert.ok(middle < 60, `ours is ${middle} ms`);
	return t.map((x) => x.line);
});
done();
