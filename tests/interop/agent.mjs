// The language models of agent(1): openai (chat completions) and anthropic (Messages).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engine, assert } from './lib/tap.mjs';
import { recorder, sse } from './lib/record.mjs';
import { same } from './lib/compare.mjs';
import { certificate, h2, tls } from './lib/tls.mjs';
import { KEY, folder, run } from './lib/tool.mjs';
import { aimock, anthropic, groq, openai } from './lib/vendors.mjs';

const { row, done } = engine('agent');
const ASKED = 'Do you have tyres in sixteen inches, and is order 1234 ready?';
const ANSWER = 'They cost sixty euros each. Your order is ready.';
const CALLS = [
	{ id: 'call_1', name: 'stock', arguments: '{"size":"R16"}' },
	{ id: 'call_2', name: 'find_order', arguments: '{"number":"1234"}' },
];

function models(providers, more = {}) {
	const file = join(folder(), 'models.json');
	const all = providers.map((p, i) => ({
		name: `m${i + 1}`,
		engine: 'openai',
		model: 'some-model',
		secret: 'SHOP_KEY',
		...p,
	}));
	writeFileSync(file, JSON.stringify({ providers: all, wait_ms: 800, give_up_ms: 4000, ...more }));
	return file;
}

// What is said when the caller has ASKED.
const talk = (file, env = {}) =>
	run('agent', ['--text', '--scenario=tests/interop/call/shop.json', `--models=${file}`], {
		input: `${ASKED}\n`,
		env: { SHOP_KEY: KEY, ...env },
	});

const lines = (r, what) =>
	r.out
		.toString()
		.split('\n')
		.filter((l) => l.startsWith(`${what}: `))
		.map((l) => l.slice(what.length + 2));
function answered(r) {
	assert.equal(r.code, 0, r.err);
	assert.deepEqual(
		lines(r, 'bot'),
		['Wheels and Sons.', 'They cost sixty euros each.', 'Your order is ready.'],
		`${r.out}${r.err}`,
	);
}

// ---- what is asked ----

const chunk = (delta, finish_reason = null) => ({
	id: 'chatcmpl-1',
	object: 'chat.completion.chunk',
	created: 1,
	model: 'm',
	choices: [{ index: 0, delta, finish_reason }],
});
const DIALECTS = {
	openai: {
		asks: (note) => JSON.parse(note.body).messages.some((m) => m.role === 'tool'),
		calls: (response) =>
			sse(response, [
				chunk({ role: 'assistant', content: null }),
				...CALLS.map((c, index) =>
					chunk({
						tool_calls: [{ index, id: c.id, type: 'function', function: { name: c.name, arguments: c.arguments } }],
					}),
				),
				chunk({}, 'tool_calls'),
				'[DONE]',
			]),
		words: (response) => sse(response, [chunk({ role: 'assistant', content: ANSWER }), chunk({}, 'stop'), '[DONE]']),
		client: (client, body) => client.chat.completions.create(body),
	},
	anthropic: {
		asks: (note) => JSON.parse(note.body).messages.some((m) => m.content.some?.((c) => c.type === 'tool_result')),
		calls: (response) =>
			events(
				response,
				CALLS.map((c) => [
					{ type: 'tool_use', id: c.id, name: c.name, input: {} },
					{ type: 'input_json_delta', partial_json: c.arguments },
				]),
			),
		words: (response) =>
			events(response, [
				[
					{ type: 'text', text: '' },
					{ type: 'text_delta', text: ANSWER },
				],
			]),
		client: (client, body) => client.messages.create(body),
	},
};
function events(response, blocks) {
	const usage = { input_tokens: 25, output_tokens: 1 };
	const all = [
		{
			type: 'message_start',
			message: { id: 'msg_1', type: 'message', role: 'assistant', content: [], model: 'm', stop_reason: null, usage },
		},
		...blocks.flatMap(([content_block, delta], index) => [
			{ type: 'content_block_start', index, content_block },
			{ type: 'content_block_delta', index, delta },
			{ type: 'content_block_stop', index },
		]),
		{
			type: 'message_delta',
			delta: { stop_reason: blocks[0][0].type === 'text' ? 'end_turn' : 'tool_use', stop_sequence: null },
			usage: { output_tokens: 15 },
		},
		{ type: 'message_stop' },
	];
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	response.end(all.map((e) => `event: ${e.type}\ndata: ${JSON.stringify(e)}\n\n`).join(''));
}

async function asks(close, { dialect, path, vendor, base = path, notes = {} }) {
	const d = DIALECTS[dialect];
	const r = await recorder({ answer: (note, response) => (d.asks(note) ? d.words : d.calls)(response) });
	close(() => r.close());
	answered(await talk(models([{ engine: dialect, url: r.url + path }])));
	assert.equal(r.asked.length, 2);
	const differ = new Set();
	for (const ours of r.asked.slice(0, 2)) {
		const stream = await d.client(vendor(r.url + base), JSON.parse(ours.body));
		for await (const piece of stream) void piece;
		for (const line of await same(ours, r.asked.at(-1), notes)) differ.add(line);
	}
	return { first: JSON.parse(r.asked[0].body), second: JSON.parse(r.asked[1].body), notes: [...differ] };
}

const ACCEPT = 'of no meaning: a stream is asked for in the body';
for (const [name, vendor, path, base] of [
	['openai', openai, '/v1', '/v1'],
	['groq', groq, '/openai/v1', ''],
])
	await row(`openai      asks as the client of ${name} does`, async (close) => {
		const { first, second, notes } = await asks(close, {
			dialect: 'openai',
			vendor,
			path,
			base,
			notes: { 'header accept': ACCEPT },
		});
		assert.deepEqual(first.tools.map((t) => t.function.name).slice(0, 2), ['stock', 'find_order']);
		assert.deepEqual(second.messages.slice(0, first.messages.length), first.messages, 'the beginning has changed');
		const [said, ...results] = second.messages.slice(first.messages.length);
		assert.deepEqual(
			said.tool_calls.map((c) => ({ id: c.id, ...c.function })),
			CALLS,
		);
		assert.deepEqual(
			results.map((m) => [m.role, m.tool_call_id]),
			[
				['tool', 'call_1'],
				['tool', 'call_2'],
			],
		);
		return notes;
	});
await row('anthropic   asks as its client does', async (close) => {
	const { first, second, notes } = await asks(close, {
		dialect: 'anthropic',
		vendor: anthropic,
		path: '',
		notes: {
			'header accept': ACCEPT,
			'header anthropic-version':
				'either is documented; of the later one only what it does not take any more concerns us: temperature, top_p, top_k',
			'header x-api-key': 'either is documented for keys',
			'header authorization': 'either is documented for keys',
		},
	});
	assert.deepEqual(first.tools.map((t) => t.name).slice(0, 2), ['stock', 'find_order']);
	const [said, results] = second.messages.slice(-2);
	assert.deepEqual(
		said.content
			.filter((c) => c.type === 'tool_use')
			.map((c) => ({ id: c.id, name: c.name, arguments: JSON.stringify(c.input) })),
		CALLS,
	);
	assert.deepEqual(results.content.map((c) => [c.type, c.tool_use_id]).slice(0, 2), [
		['tool_result', 'call_1'],
		['tool_result', 'call_2'],
	]);
	return notes;
});

// ---- aimock ----

function shop(mock) {
	mock.addFixture({
		match: { userMessage: /sixteen/, hasToolResult: false },
		response: { content: '', toolCalls: CALLS },
	});
	mock.addFixture({ match: { userMessage: /sixteen/, hasToolResult: true }, response: { content: ANSWER } });
	return mock;
}
const AT = { openai: '/v1', anthropic: '' };
const provider = (mock, dialect) => ({ engine: dialect, url: mock.url + AT[dialect] });

for (const dialect of ['openai', 'anthropic']) {
	const what = (text) => `${dialect.padEnd(11)} ${text}`;

	await row(what('two tool calls, their results, words: aimock'), async (close) => {
		const mock = shop(await aimock(close));
		answered(await talk(models([provider(mock, dialect)])));
		const told = mock
			.getRequests()
			.at(-1)
			.body.messages.filter((m) => m.role === 'tool');
		assert.deepEqual(
			told.map((m) => [m.tool_call_id, JSON.parse(m.content)]),
			[
				['call_1', { price: 60, in_stock: 8 }],
				['call_2', { state: 'ready' }],
			],
		);
	});
	await row(what('words in pieces of one letter'), async (close) => {
		const mock = shop(await aimock(close, { chunkSize: 1 }));
		answered(await talk(models([provider(mock, dialect)])));
	});
	await row(what('over TLS, and HTTP/2'), async (close) => {
		const mock = shop(await aimock(close));
		const trust = { CALLPIPE_CA_FILE: certificate().file };
		answered(
			await talk(models([{ engine: dialect, url: `https://${await tls(close, mock.url)}${AT[dialect]}` }]), trust),
		);
		const server = await h2(close, mock.url);
		answered(await talk(models([{ engine: dialect, url: `https://${server.where}${AT[dialect]}` }]), trust));
		assert.ok(server.asked.length > 0 && server.asked.every((v) => v === '2.0'), server.asked.join());
	});
	await row(what('TLS of nobody who is trusted: the next one answers'), async (close) => {
		const mock = shop(await aimock(close));
		const ill = { engine: dialect, url: `https://${await tls(close, mock.url)}${AT[dialect]}` };
		const r = await talk(models([ill, provider(mock, dialect)], { give_up_ms: 1000 }));
		answered(r);
		assert.equal(mock.getRequests().length, 2);
		return r.err.trim().split('\n').slice(0, 1);
	});
	for (const [fault, begin] of [
		['429', (mock) => mock.setChaos({ rateLimitRate: 1 })],
		['500', (mock) => mock.setChaos({ dropRate: 1 })],
		['malformed answer', (mock) => mock.setChaos({ malformedRate: 1 })],
		['dropped connection', (mock) => mock.setChaos({ disconnectRate: 1 })],
		['silence', (mock) => mock.setChaos({ latencyMs: 30000 })],
	])
		await row(what(`${fault}: the next one answers`), async (close) => {
			const [ill, well] = [await aimock(close), shop(await aimock(close))];
			begin(ill);
			const r = await talk(models([provider(ill, dialect), provider(well, dialect)], { give_up_ms: 1000 }));
			answered(r);
			assert.ok(ill.getRequests().length > 0 || fault === 'silence');
			assert.doesNotMatch(r.out + r.err, new RegExp(KEY));
			return r.err.trim().split('\n').slice(0, 1);
		});
	await row(what('broken off in the words: what came is said'), async (close) => {
		const mock = await aimock(close, { chunkSize: 4 });
		const long = 'They cost sixty euros each. Your order is here, and it waits for you.';
		mock.addFixture({
			match: { userMessage: /sixteen/ },
			response: { content: long },
			truncateAfterChunks: 15,
			latency: 5,
		});
		const r = await talk(models([provider(mock, dialect)]));
		assert.equal(r.code, 0, r.err);
		assert.equal(lines(r, 'bot')[1], 'They cost sixty euros each.', `${r.out}`);
		return lines(r, 'bot').slice(1);
	});
	await row(what('--probe'), async (close) => {
		const mock = await aimock(close);
		mock.onMessage(/./, { content: 'Hello. I am here.' });
		const probe = (path = '') =>
			run('agent', [`--models=${models([{ engine: dialect, url: mock.url + AT[dialect] + path }])}`, '--probe'], {
				env: { SHOP_KEY: KEY },
			});
		const well = await probe();
		assert.equal(well.code, 0, well.err);
		assert.doesNotMatch(well.out + well.err, new RegExp(KEY));
		mock.setChaos({ rateLimitRate: 1 });
		assert.equal((await probe()).code, 75, '429');
		mock.setChaos({ dropRate: 1 });
		assert.equal((await probe()).code, 75, '500');
		mock.setChaos({});
		assert.equal((await probe('/nowhere')).code, 69, '404');
		return [
			well.out
				.toString()
				.match(/^ *(status|first (byte|token)): .*/gm)
				.map((l) => l.trim())
				.join(', '),
		];
	});
	await row(what('all gone: the technical problem'), async (close) => {
		const mock = await aimock(close, { chaos: { dropRate: 1 } });
		const r = await talk(models([provider(mock, dialect)], { give_up_ms: 1000 }));
		assert.deepEqual(lines(r, 'bot'), ['Wheels and Sons.', 'Something does not work here.'], `${r.out}`);
		assert.doesNotMatch(r.out + r.err, new RegExp(KEY));
	});
}
done();
