// Whole calls in which a service fails: the caller hears something, the call goes on, and comes to a good end. They are
// made all at once.
import { AGAIN, brain, dial, ears, holding, journal, listen, pipeline, told, voice } from './lib/call.mjs';
import { engine, assert } from './lib/tap.mjs';
import { KEY, run } from './lib/tool.mjs';

const { row, done } = engine('fault');
const LEAVE = [{ id: 'call_1', name: 'leave', arguments: '{"exit":"done"}' }];
const TALK = [
	['When do you close?', 'We close at six.'],
	['Thank you, that is all.', 'You are welcome.', LEAVE],
];
const WELL = ['Wheels and Sons.', 'We close at six.', 'You are welcome.', 'Goodbye.'];
const DEAF = ['Wheels and Sons.', AGAIN, AGAIN, 'Goodbye.']; // the third time is the last
const PROBLEM = ['Wheels and Sons.', 'Something does not work here.'];

// The first connection is closed after so much sound, and hears no more.
function closing(after_ms) {
	let closed;
	return (note, ws, ms) => {
		if (!closed && ms > after_ms) {
			closed = note;
			ws.close(1011, 'NET-0000');
		}
		return note === closed;
	};
}

const refusing = (status) => (note, stream) => {
	stream.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
	return true;
};

// What is done to a service (see lib/call.mjs), and what is said then; waits: and wait phrases, or 'perhaps', if that hangs on
// the pauses between two tries; turns: of the caller's; open: the stage whose breaker is open then.
const CASES = {
	'recogniser   closed in mid-turn': {
		ears: { on: closing(600) },
		said: WELL,
	},
	'recogniser   refuses: 401': { ears: { refuse: refusing(401) }, said: DEAF, turns: 3 },
	'recogniser   refuses: 503; the next call does not ask': {
		ears: { refuse: refusing(503) },
		said: DEAF,
		turns: 3,
		open: 'stt',
	},
	// given up before the caller, who takes the end of the wait phrase for his turn, speaks again
	'recogniser   mute: a wait phrase': {
		ears: { mute: true },
		env: { CALLPIPE_STT_TIMEOUT: '2000' },
		said: DEAF,
		turns: 3,
		waits: true,
	},
	'model        429: the next one': {
		brains: (close) => [brain(close, TALK, { chaos: { rateLimitRate: 1 } }), brain(close, TALK)],
		said: WELL,
	},
	'model        500: the next one': {
		brains: (close) => [brain(close, TALK, { chaos: { dropRate: 1 } }), brain(close, TALK)],
		said: WELL,
	},
	'model        connection dropped: the next one': {
		brains: (close) => [brain(close, TALK, { chaos: { disconnectRate: 1 } }), brain(close, TALK)],
		said: WELL,
	},
	'model        silence: a wait phrase, the next one': {
		brains: (close) => [brain(close, TALK, { chaos: { latencyMs: 30000 } }), brain(close, TALK)],
		said: WELL,
		waits: true,
	},
	'model        slow: a wait phrase, its answer': {
		brains: (close) => [brain(close, TALK, { chaos: { latencyMs: 1600 } })],
		said: WELL,
		waits: true,
	},
	'model        all gone: the technical problem': {
		brains: (close) => [brain(close, TALK, { chaos: { dropRate: 1 } })],
		said: PROBLEM,
		waits: true,
		turns: 1,
	},
	'voice        500: the next engine; the next call does not ask': {
		voice: { chaos: { dropRate: 1 } },
		env: { CALLPIPE_TTS: 'openai,command' },
		open: 'tts',
		said: WELL,
		waits: 'perhaps',
	},
	'voice        silence: the next engine': {
		voice: { chaos: { latencyMs: 30000 } },
		env: { CALLPIPE_TTS: 'openai,command', CALLPIPE_TTS_TIMEOUT: '1000' },
		said: WELL,
		waits: 'perhaps',
	},
	'voice        no sound: the next engine': {
		voice: { chaos: { malformedRate: 1 } },
		env: { CALLPIPE_TTS: 'openai,command' },
		said: WELL,
	},
};

async function call(close, c) {
	const s = {
		ears: await ears(close, TALK, c.ears),
		brains: await Promise.all(c.brains?.(close) ?? [brain(close, TALK)]),
		voice: await voice(close, c.voice),
		env: c.env,
	};
	const p = await pipeline(close, s);
	const report = await dial(p, c.turns ?? TALK.length, 10);
	const all = await journal(p.spool);
	const keys = holding(p.spool, KEY);
	return { report, all, keys, next: c.open && (await next(p, c.open === 'tts' ? s.voice : s.ears)) };
}

// The call after that: how often it asked, and the breakers.
async function next(p, server) {
	const count = () => server.asked?.length ?? server.getRequests().length;
	const before = count();
	const report = await listen(p);
	const { out } = await run('as-answer', ['--status', `--spool=${p.spool}`]);
	return { report, asked: count() - before, breakers: JSON.parse(out).providers };
}

const closes = [];
const calls = Object.values(CASES).map((c) => call((f) => closes.push(f), c));
for (const [i, [name, c]] of Object.entries(CASES).entries())
	await row(name, async () => {
		const { report, all, keys, next } = await calls[i];
		assert.ok(report.ok && report.end === 'server-end', JSON.stringify(report));
		const said = all.filter((r) => r.type === 'synthesize').map((r) => r.data);
		assert.deepEqual(
			said.filter((x) => x.kind !== 'filler').map((x) => x.text),
			c.said,
		);
		const waits = said.some((x) => x.kind === 'filler');
		if (c.waits !== 'perhaps') assert.equal(waits, c.waits ?? false, 'a wait phrase');
		const fates = new Set(told(all, 'played', 'status'));
		if (waits) fates.delete('cleared'); // a wait phrase that the answer has overtaken
		assert.deepEqual(fates, new Set(['played']));
		assert.equal(report.response_ms.length, c.turns ?? TALK.length);
		for (const ms of report.response_ms) {
			assert.notEqual(ms, null, 'nothing is heard'); // which is less than anything
			assert.ok(ms < 3000, `nothing is heard for ${ms} ms`);
		}
		const errors = all.filter((r) => r.type === 'error').map((r) => r.data);
		const once = new Set(errors.map((e) => `${e.stage} ${e.code}`));
		assert.equal(once.size, errors.length, 'something was said twice');
		assert.ok(errors.every((e) => !e.fatal));
		assert.deepEqual(keys, []);
		if (c.open) {
			const open = next.breakers.filter((b) => b.state === 'open').map((b) => b.name.split(' ')[0]);
			assert.deepEqual(open, [c.open]);
			assert.ok(next.report.ok, JSON.stringify(next.report));
			assert.equal(next.asked, 0, 'the next call asks it');
		}
		const answered = report.response_ms.map((ms) => Math.round(ms)).join(', ');
		return [`heard after ${answered} ms`, ...errors.map((e) => `${e.code}: ${e.text}`)];
	});
for (const f of closes) f();
done();
