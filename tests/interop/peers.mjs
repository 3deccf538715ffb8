// The peers among themselves: that they can be run here, and understand each other. Else a difference says nothing of us.
import { engine, assert } from './lib/tap.mjs';
import { recorder, renamed } from './lib/record.mjs';
import { aimock, anthropic, deepgram, elevenlabs, groq, openai } from './lib/vendors.mjs';
import { pcm, tone, wav } from './lib/tool.mjs';
import { peer, version } from './lib/peer.mjs';

const { row, done } = engine('peers');
const TOOLS = [
	{ name: 'find', description: 'Find it.', schema: { type: 'object', properties: { size: { type: 'string' } } } },
];
const CALLS = [
	{ id: 'call_1', name: 'find', arguments: '{"size":"205/55 R16"}' },
	{ id: 'call_2', name: 'find', arguments: '{}' },
];
const said = (name) => [`${name} ${version(name)}`];

for (const [name, vendor, path] of [
	['openai', openai, '/v1'],
	['groq-sdk', groq, ''],
])
	await row(`${name.padEnd(12)}reads chat of aimock: words, two calls`, async (close) => {
		const mock = await aimock(close);
		mock.onMessage('tyres', { content: 'Let me see.', toolCalls: CALLS });
		// Groq's client has /openai/v1 in its paths, aimock /v1.
		const server = name === 'openai' ? mock : await renamed(mock.url, '/openai', '');
		if (server !== mock) close(() => server.close());
		const stream = await vendor(server.url + path).chat.completions.create({
			model: 'm',
			messages: [{ role: 'user', content: 'tyres' }],
			tools: TOOLS.map((t) => ({
				type: 'function',
				function: { name: t.name, description: t.description, parameters: t.schema },
			})),
			stream: true,
		});
		let text = '';
		const calls = [];
		for await (const { choices } of stream) {
			text += choices[0]?.delta.content ?? '';
			for (const c of choices[0]?.delta.tool_calls ?? []) {
				calls[c.index] ??= { id: c.id, name: c.function.name, arguments: '' };
				calls[c.index].arguments += c.function.arguments ?? '';
			}
		}
		assert.equal(text, 'Let me see.');
		assert.deepEqual(calls, CALLS);
		return said(name);
	});

await row('anthropic   reads Messages of aimock: words, two calls', async (close) => {
	const mock = await aimock(close);
	mock.onMessage('tyres', { content: 'Let me see.', toolCalls: CALLS });
	const message = await anthropic(mock.url)
		.messages.stream({
			model: 'm',
			max_tokens: 100,
			messages: [{ role: 'user', content: 'tyres' }],
			tools: TOOLS.map((t) => ({ name: t.name, description: t.description, input_schema: t.schema })),
		})
		.finalMessage();
	assert.deepEqual(
		message.content.map((c) => c.text ?? c.input),
		['Let me see.', { size: '205/55 R16' }, {}],
	);
	return said('@anthropic-ai/sdk');
});

await row('openai      hears aimock, and is heard', async (close) => {
	const mock = await aimock(close);
	const sound = wav(tone(200));
	mock.onSpeech('Hello', { audio: sound.toString('base64'), format: 'wav' });
	mock.onTranscription({ transcription: { text: 'Hello' } });
	const client = openai(mock.url + '/v1');
	const reply = await client.audio.speech.create({
		model: 'm',
		voice: 'alloy',
		input: 'Hello',
		response_format: 'wav',
	});
	assert.deepEqual(Buffer.from(await reply.arrayBuffer()), sound);
	const file = await peer('openai').toFile(sound, 'turn.wav', { type: 'audio/wav' });
	assert.equal((await client.audio.transcriptions.create({ model: 'm', file })).text, 'Hello');
	return said('@copilotkit/aimock');
});

await row('elevenlabs  hears aimock', async (close) => {
	const mock = await aimock(close);
	const sound = pcm(tone(200));
	mock.onElevenLabsTTS('Hello', { audio: { b64Json: sound.toString('base64'), contentType: 'audio/pcm' } });
	const pieces = [];
	for await (const p of await elevenlabs(mock.url).convert('Voice1', { text: 'Hello', outputFormat: 'pcm_8000' }))
		pieces.push(p);
	assert.deepEqual(Buffer.concat(pieces), sound);
	return said('@elevenlabs/elevenlabs-js');
});

await row('deepgram    talks to a WebSocket server of ws', async (close) => {
	const r = await recorder({
		socket(note, ws) {
			ws.on('message', (data, binary) => binary || (JSON.parse(data).type === 'CloseStream' && ws.close(1000)));
		},
	});
	close(() => r.close());
	const live = await deepgram(r.url).listen.v1.connect({ model: 'nova-3' });
	live.connect();
	await live.waitForOpen();
	live.sendMedia(Buffer.alloc(320));
	const over = new Promise((ok) => live.on('close', ok));
	live.sendCloseStream({ type: 'CloseStream' });
	assert.equal((await over).code, 1000);
	assert.deepEqual(r.asked[0].frames, [Buffer.alloc(320), '{"type":"CloseStream"}']);
	live.close();
	return [...said('@deepgram/sdk'), ...said('ws')];
});
done();
