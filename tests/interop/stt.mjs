// The recogniser of stt(1) that is a service: openai (any /audio/transcriptions).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faults } from './lib/faults.mjs';
import { engine, assert } from './lib/tap.mjs';
import { peer } from './lib/peer.mjs';
import { recorder, sse } from './lib/record.mjs';
import { same } from './lib/compare.mjs';
import { KEY, fake, folder, run, tone, wav } from './lib/tool.mjs';
import { aimock, groq, openai } from './lib/vendors.mjs';

const { row, done } = engine('stt');
const TEXT = 'I need four winter tyres';
const ACCEPT = 'of no meaning: what comes is what was asked for by name';

function file(samples = tone(1000)) {
	const name = join(folder(), 'turn.wav');
	writeFileSync(name, wav(samples));
	return name;
}

// A file to words.
const recognise = (name, url, options = [], env = {}) =>
	run('stt', [`--engine=${name}`, `--url=${url}`, '--json', ...options, '--file', file()], {
		env: { CALLPIPE_STT_KEY: KEY, ...env },
	});

function understood(r, text = TEXT) {
	assert.equal(r.code, 0, r.err);
	const said = JSON.parse(r.out);
	assert.equal(said.text, text, r.err);
	return said;
}

// ---- openai ----

async function transcriptions(close, { vendor, path, answer, options, words, notes = {} }) {
	const r = await recorder({ answer: (note, response) => answer(response) });
	close(() => r.close());
	understood(await recognise('openai', r.url + path, options));
	const form = await new Response(r.asked[0].body, { headers: r.asked[0].headers }).formData();
	const ours = Buffer.from(await form.get('file').arrayBuffer());
	assert.equal(ours.toString('latin1', 0, 4), 'RIFF');
	const bytes = await peer('openai').toFile(ours, 'turn.wav', { type: 'audio/wav' });
	const base = r.url + path.replace('/openai/v1', '');
	const reply = await vendor(base).audio.transcriptions.create({ file: bytes, ...words });
	if (words.stream) for await (const event of reply) void event;
	return same(r.asked[0], r.asked[1], { 'header accept': ACCEPT, ...notes });
}

const json = (value) => (response) => {
	response.writeHead(200, { 'content-type': 'application/json' });
	response.end(JSON.stringify(value));
};
const verbose = {
	task: 'transcribe',
	language: 'english',
	duration: 1,
	text: TEXT,
	segments: [
		{
			id: 0,
			seek: 0,
			start: 0,
			end: 1,
			text: ` ${TEXT}`,
			tokens: [1, 2],
			temperature: 0,
			avg_logprob: -0.1,
			compression_ratio: 1.1,
			no_speech_prob: 0.01,
		},
	],
	usage: { type: 'duration', seconds: 1 },
};

await row('openai      asks as its SDK does: whisper', (close) =>
	transcriptions(close, {
		vendor: openai,
		path: '/v1',
		answer: json(verbose),
		options: ['--model=whisper-1', '--language=en-GB', '--hints=winter tyres|summer tyres'],
		words: {
			model: 'whisper-1',
			language: 'en',
			response_format: 'verbose_json',
			prompt: 'winter tyres, summer tyres',
		},
	}),
);
const events = (response) =>
	sse(response, [
		{ type: 'transcript.text.delta', delta: 'I need four ' },
		{ type: 'transcript.text.delta', delta: 'winter tyres' },
		{
			type: 'transcript.text.done',
			text: TEXT,
			usage: { type: 'tokens', input_tokens: 14, output_tokens: 5, total_tokens: 19 },
		},
		'[DONE]',
	]);
await row('openai      asks as its SDK does: gpt-4o, a stream', (close) =>
	transcriptions(close, {
		vendor: openai,
		path: '/v1',
		answer: events,
		options: ['--model=gpt-4o-mini-transcribe', '--language=en'],
		words: {
			model: 'gpt-4o-mini-transcribe',
			language: 'en',
			response_format: 'json',
			stream: true,
			include: ['logprobs'],
		},
	}),
);
await row('openai      asks as its SDK does: keywords, languages', (close) =>
	transcriptions(close, {
		vendor: openai,
		path: '/v1',
		answer: events,
		options: ['--model=gpt-transcribe', '--language=en', '--hints=winter tyres|summer tyres'],
		words: {
			model: 'gpt-transcribe',
			languages: ['en'],
			response_format: 'json',
			stream: true,
			keywords: ['winter tyres', 'summer tyres'],
		},
	}),
);
await row('openai      asks as the SDK of Groq does', (close) =>
	transcriptions(close, {
		vendor: groq,
		path: '/openai/v1',
		answer: json({ ...verbose, x_groq: { id: 'req_1' } }),
		options: ['--model=whisper-large-v3-turbo', '--language=en'],
		words: { model: 'whisper-large-v3-turbo', language: 'en', response_format: 'verbose_json' },
	}),
);
await faults(row, {
	name: 'openai',
	endpoint: 'transcription',
	path: '/v1',
	arrange: (mock) => mock.onTranscription({ transcription: { text: TEXT, language: 'english', duration: 1 } }),
	async ask(url, limit_ms = 4000, env = {}) {
		const r = await recognise('openai', url, ['--model=whisper-1', `--timeout=${limit_ms}`], env);
		return { ...r, good: r.code === 0 && JSON.parse(r.out).text === TEXT };
	},
	probe: (url) =>
		run('stt', ['--engine=openai', `--url=${url}`, '--model=whisper-1', '--probe', file()], {
			env: { CALLPIPE_STT_KEY: KEY },
		}),
});
await row('openai      a stream of aimock', async (close) => {
	const mock = await aimock(close, { chunkSize: 7 });
	mock.onTranscription({ transcription: { text: TEXT } });
	understood(await recognise('openai', mock.url + '/v1', ['--model=gpt-4o-transcribe']));
});
await row('openai      its SDK understands our fake', async (close) => {
	const url = await fake(close, 'transcriber.py', [join(folder(), 'log')]);
	const ask = async (name, words = {}, options = {}) => {
		const sent = await peer('openai').toFile(wav(tone(500)), 'turn.wav', { type: 'audio/wav' });
		return openai(`${url}/${name}/v1`, options).audio.transcriptions.create({
			file: sent,
			model: 'whisper-1',
			...words,
		});
	};
	assert.equal((await ask('json')).text, 'Goodbye.');
	const long = await ask('verbose', { response_format: 'verbose_json' });
	assert.deepEqual([long.language, long.segments.length, long.segments[0].no_speech_prob], ['ukrainian', 2, 0.01]);
	let deltas = '';
	for await (const e of await ask('stream', { model: 'gpt-4o-transcribe', stream: true }))
		if (e.type === 'transcript.text.delta') deltas += e.delta;
		else assert.deepEqual([e.type, e.text], ['transcript.text.done', 'Доброго дня.']);
	assert.equal(deltas, 'Доброго дня.');
	for (const [name, status, code] of [
		['account', 401, 'invalid_api_key'],
		['quota', 429, 'insufficient_quota'],
		['no-model', 404, 'model_not_found'],
		['busy-long', 429, 'rate_limit_exceeded'],
	])
		await assert.rejects(ask(name), (e) => e.status === status && e.code === code, name);
	for (const name of ['busy', 'again']) assert.equal((await ask(name, {}, { maxRetries: 1 })).text, 'Goodbye.');
});

done();
