// A whole call in which every engine is a service: as-dial, the pipeline, and behind it a live recogniser as Deepgram's, a
// language model as OpenAI's with two tool calls, and a voice as OpenAI's.
import { brain, dial, ears, holding, journal, pipeline, told, voice } from './lib/call.mjs';
import { engine, assert } from './lib/tap.mjs';
import { sound, texts } from './lib/live.mjs';
import { KEY } from './lib/tool.mjs';

const { row, done } = engine('call');
const CALLS = [
	{ id: 'call_1', name: 'stock', arguments: '{"size":"R16"}' },
	{ id: 'call_2', name: 'find_order', arguments: '{"number":"1234"}' },
];
const LEAVE = [{ id: 'call_3', name: 'leave', arguments: '{"exit":"done"}' }];
const TALK = [
	[
		'Do you have tyres in sixteen inches, and is order 1234 ready?',
		'They cost sixty euros each. Your order is ready.',
		CALLS,
	],
	['When do you close?', 'We close at six.'],
	['Can I pay by card?', 'Yes, you can.'],
	['Where are you?', 'We are behind the station.'],
	['Thank you, that is all.', 'You are welcome.', LEAVE],
];

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
			return {
				ours,
				line: `turn ${t.turn}: ${['transcript', 'text', 'audio', 'audible'].map(at).join(' ')} ms; model ${theirs} ms; ours ${ours} ms`,
			};
		});
}

await row('five turns, two tools, a goodbye', async (close) => {
	const s = { ears: await ears(close, TALK), brains: [await brain(close, TALK)], voice: await voice(close) };
	const p = await pipeline(close, s);
	const report = await dial(p, TALK.length);
	assert.ok(report.ok, JSON.stringify(report));
	assert.equal(report.end, 'server-end');
	assert.equal(report.response_ms.filter((ms) => ms !== null).length, TALK.length, 'an answer is missing');

	const all = await journal(p.spool);
	assert.deepEqual(
		told(all, 'transcript', 'text'),
		TALK.map(([asked]) => asked),
	);
	assert.deepEqual(told(all, 'synthesize', 'text'), [
		'Wheels and Sons.',
		...TALK.flatMap(([, answer]) => sentences(answer)),
		'Goodbye.',
	]);
	assert.deepEqual(new Set(told(all, 'played', 'status')), new Set(['played']));
	assert.deepEqual(told(all, 'tool-call', 'name'), ['stock', 'find_order']);
	assert.deepEqual(told(all, 'tool-result', 'status'), ['ok', 'ok']);
	assert.deepEqual(told(all, 'error', 'text'), []);
	assert.deepEqual(told(all, 'verdict', 'verdict'), ['hangup']);
	assert.equal(p.err(), '');

	// Of the recogniser: one connection, the turns alone, and a good end.
	assert.equal(s.ears.asked.length, 1);
	const [heard] = s.ears.asked;
	const sent = sound(heard).length / 16000;
	const turns = told(all, 'voice-stopped', 'timestamp').map(
		(t, i) => (t - told(all, 'voice-started', 'timestamp')[i]) / 1000,
	);
	const spoken = turns.reduce((sum, t) => sum + t, 0);
	assert.ok(sent > spoken && sent < spoken + 2 * turns.length, `${sent} s sent of ${spoken} s of voice`);
	assert.equal(texts(heard).filter((t) => JSON.parse(t).type === 'Finalize').length, TALK.length);
	for (let i = 0; i < 100 && !heard.closed; i++) await new Promise((ok) => setTimeout(ok, 30)); // the call is over a little before
	assert.equal(heard.closed?.code, 1000);

	// Nobody has written the keys down.
	assert.deepEqual(holding(p.spool, KEY), []);

	const t = times(all);
	const middle = t.map((x) => x.ours).sort((a, b) => a - b)[Math.floor(t.length / 2)];
	assert.ok(middle < 60, `ours is ${middle} ms`);
	return t.map((x) => x.line);
});
done();
