// What our tests take for the streams of language models, held against the clients of OpenAI, Groq and Anthropic: they
// must read the same words, calls and ends in them as lib/model is expected to.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engine, assert } from './lib/tap.mjs';
import { recorder, renamed } from './lib/record.mjs';
import { fake, folder } from './lib/tool.mjs';
import { anthropic, groq, openai } from './lib/vendors.mjs';

const { row, done } = engine('models');
const data = 'tests/data/model';
const want = JSON.parse(readFileSync(join(data, 'want.json')));
const name = (text) => text.padEnd(11);

const BAD = 'a piece that makes no sense is left out: the client fails';
// Where we read more than the vendor's own client does, and why.
const FURTHER = {
	'anthropic-bad': BAD,
	'openai-bad': BAD,
	'openai-crlf': BAD,
	'openai-groq': 'usage stands in x_groq, which is of Groq alone',
	'openai-groq-error': 'an error in x_groq, which is of Groq alone',
	'openai-no-id': 'calls without id, each whole, with one index: the client makes one of them',
	'openai-no-index': 'of servers that count nothing: the client needs an index',
	'openai-object': 'arguments that are no text, of Ollama',
	'openai-ollama': 'two calls with one index, of Ollama: the client makes one of them',
	'openai-parts': 'content that is a list, of Mistral',
	'openai-think': 'thinking among the words is not to be spoken',
};
const ROLE = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' };
ROLE.choices = [{ index: 0, delta: { role: 'assistant' }, finish_reason: null }];

// Some samples are without the first chunk, which OpenAI's client wants.
async function server(close, file) {
	const bytes = readFileSync(join(data, file));
	const first =
		file.startsWith('openai') && !bytes.includes('"role":"assistant"') ? `data: ${JSON.stringify(ROLE)}\n\n` : '';
	const r = await recorder({
		answer(note, response) {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.end(Buffer.concat([Buffer.from(first), bytes]));
		},
	});
	close(() => r.close());
	return r.url;
}

const messages = [{ role: 'user', content: 'Hello' }];

async function readOpenai(client) {
	const all = await client.chat.completions.stream({ model: 'm', messages }).finalChatCompletion();
	const { message, finish_reason } = all.choices[0];
	const calls = (message.tool_calls ?? []).map((c) => [c.id, c.function.name, c.function.arguments]);
	const stop = { length: 'length', content_filter: 'refused' }[finish_reason] ?? 'stop';
	const usage = all.usage && [
		all.usage.prompt_tokens - (all.usage.prompt_tokens_details?.cached_tokens ?? 0),
		all.usage.prompt_tokens_details?.cached_tokens ?? 0,
		all.usage.completion_tokens,
	];
	return { words: message.content ?? '', calls, stop: message.refusal ? 'refused' : stop, usage };
}

async function readAnthropic(client) {
	const all = await client.messages.stream({ model: 'm', max_tokens: 100, messages }).finalMessage();
	const words = all.content
		.filter((c) => c.type === 'text')
		.map((c) => c.text)
		.join('');
	const calls = all.content.filter((c) => c.type === 'tool_use').map((c) => [c.id, c.name, JSON.stringify(c.input)]);
	const stop =
		{ max_tokens: 'length', model_context_window_exceeded: 'length', refusal: 'refused' }[all.stop_reason] ?? 'stop';
	const u = all.usage;
	const usage = [
		u.input_tokens + (u.cache_creation_input_tokens ?? 0),
		u.cache_read_input_tokens ?? 0,
		u.output_tokens,
	];
	return { words, calls, stop, usage };
}

// The client's reading, or why it has none.
async function read(vendor, url) {
	try {
		return await (vendor === 'openai' ? readOpenai(openai(url)) : readAnthropic(anthropic(url)));
	} catch (e) {
		return { failed: e.message };
	}
}

function equal(got, e) {
	if (got.failed !== undefined) {
		// What has not ended is a failure to both; its reason is the server's, if it gave one.
		assert.equal(e.ended, false, got.failed);
		assert.equal(e.stop, 'going', got.failed);
		if (e.failed) assert.ok(got.failed.replace(/\s+/g, ' ').includes(e.failed), got.failed);
		return;
	}
	const calls = e.answer ? [[e.calls[0][0], e.answer, e.words]] : e.calls;
	const json = (list) => list.map(([id, f, text]) => [id ?? '', f, JSON.parse(text || '{}')]);
	assert.equal(e.failed, undefined);
	assert.equal(got.words, e.answer ? '' : e.words);
	assert.deepEqual(json(got.calls), json(calls));
	assert.equal(got.stop, e.stop);
	if (e.usage) assert.deepEqual(got.usage, e.usage);
}

// Clients complain to the console of what they cannot read.
console.error = () => {};
for (const file of readdirSync(data)
	.filter((f) => f.endsWith('.sse'))
	.sort()) {
	const [vendor, ...rest] = file.slice(0, -4).split('-');
	await row(`${name(vendor)} its client reads ${rest.join('-')} so, too`, async (close) => {
		const sample = file.slice(0, -4);
		const got = await read(vendor, await server(close, file));
		if (!(sample in FURTHER)) return equal(got, want[sample]);
		assert.throws(
			() => equal(got, want[sample]),
			undefined,
			'the client reads it as we do: it is no exception any more',
		);
		return [`no: ${FURTHER[sample]}`];
	});
}

// ---- the fake of our tests ----

const SCRIPT = {
	well: [
		{
			words: ['Let me ', 'see.'],
			calls: [
				['c1', 'find', '{"size":"R16"}'],
				['c2', 'find', '{}'],
			],
			usage: [20, 5, 7],
		},
	],
	thinks: [{ think: ['Hm, ', 'well.'], words: ['Yes.'], usage: [9, 0, 3] }],
	...Object.fromEntries(
		['401', '429', 'quota', '500', '529', 'break', 'error'].map((f) => [f, [{ words: ['Well, '], fault: f }]]),
	),
};
async function model(close) {
	const file = join(folder(), 'script.json');
	writeFileSync(file, JSON.stringify(SCRIPT));
	return fake(close, 'model.py', [file]);
}
const WELL = {
	words: 'Let me see.',
	calls: [
		['c1', 'find', '{"size":"R16"}'],
		['c2', 'find', '{}'],
	],
	stop: 'stop',
	usage: [15, 5, 7],
};
const STATUS = { 401: 401, 429: 429, quota: 429, 500: 500, 529: 529, break: undefined, error: undefined };

await row(`${name('openai')} its client understands our fake`, async (close) => {
	const client = openai((await model(close)) + '/v1');
	const ask = (m) =>
		readOpenai({
			chat: {
				completions: {
					stream: (q) => client.chat.completions.stream({ ...q, model: m, stream_options: { include_usage: true } }),
				},
			},
		});
	assert.deepEqual(await ask('well'), WELL);
	assert.equal((await ask('thinks')).words, 'Yes.');
	for (const [fault, status] of Object.entries(STATUS))
		await assert.rejects(ask(fault), (e) => e.status === status, fault);
});
await row(`${name('groq-sdk')} understands our fake`, async (close) => {
	const r = await renamed(await model(close), '/openai', '');
	close(() => r.close());
	const stream = await groq(r.url).chat.completions.create({ model: 'well', messages, stream: true });
	let words = '';
	const calls = [];
	for await (const { choices } of stream) {
		words += choices[0]?.delta.content ?? '';
		for (const c of choices[0]?.delta.tool_calls ?? []) {
			calls[c.index] ??= [c.id, c.function.name, ''];
			calls[c.index][2] += c.function.arguments;
		}
	}
	assert.deepEqual([words, calls], [WELL.words, WELL.calls]);
});
await row(`${name('anthropic')} its client understands our fake`, async (close) => {
	const client = anthropic(await model(close));
	const ask = (m) => readAnthropic({ messages: { stream: (q) => client.messages.stream({ ...q, model: m }) } });
	assert.deepEqual(await ask('well'), WELL);
	assert.equal((await ask('thinks')).words, 'Yes.');
	for (const [fault, status] of Object.entries(STATUS))
		await assert.rejects(ask(fault), (e) => e.status === status, fault);
});
done();
