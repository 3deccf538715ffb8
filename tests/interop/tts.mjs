// The voices of tts(1) that are services: openai, elevenlabs, deepgram.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faults } from './lib/faults.mjs';
import { engine, assert } from './lib/tap.mjs';
import { recorder, renamed } from './lib/record.mjs';
import { same } from './lib/compare.mjs';
import { KEY, fake, folder, pcm, run, tone, wav } from './lib/tool.mjs';
import { aimock, deepgram, elevenlabs, groq, openai } from './lib/vendors.mjs';

const TEXT = 'Hello, how can I help you?';
const ACCEPT = 'of no meaning: what comes is what was asked for by name';

// Say TEXT to a file: what tts did, and the samples.
async function say(name, url, options = [], env = {}) {
	const file = join(folder(), 'said.wav');
	const r = await run('tts', [`--engine=${name}`, `--url=${url}`, `--say=${TEXT}`, `--output=${file}`, ...options], {
		env: { CALLPIPE_TTS_KEY: KEY, ...env },
	});
	if (r.code === 0) {
		const bytes = readFileSync(file);
		r.samples = new Int16Array(bytes.buffer, bytes.byteOffset + 44, (bytes.length - 44) / 2);
	}
	return r;
}

function heard(r, ms) {
	assert.equal(r.code, 0, r.err);
	const loud = r.samples.filter((s) => Math.abs(s) > 1000).length;
	assert.ok(Math.abs(r.samples.length / 8 - ms) < 40, `${r.samples.length / 8} ms instead of ${ms}`);
	assert.ok(loud > r.samples.length / 2, 'what is heard is no tone');
}

// A server that answers with this sound.
async function server(close, type, bytes) {
	const r = await recorder({
		answer(note, response) {
			response.writeHead(200, { 'content-type': type });
			response.end(bytes);
		},
	});
	close(() => r.close());
	return r;
}

const pairOf = (r) => [r.asked[0], r.asked[1]];

async function speech(close, vendor, path, more, options = []) {
	const sound = tone(300, 24000);
	const r = await (more.response_format === 'wav'
		? server(close, 'audio/wav', wav(sound, 24000))
		: server(close, 'audio/pcm', pcm(sound)));
	const words = { model: 'some-model', voice: 'nova', ...more };
	heard(await say('openai', r.url + path, ['--model=some-model', '--voice=nova', ...options]), 300);
	const reply = await vendor(r.url + path.replace('/openai/v1', '')).audio.speech.create({ ...words, input: TEXT });
	await reply.arrayBuffer();
	return same(...pairOf(r), { 'header accept': ACCEPT });
}

{
	const { row, done } = engine('tts');

	await row('openai      asks as its SDK does', (close) => speech(close, openai, '/v1', { response_format: 'wav' }));
	await row('openai      with speed and instructions', (close) =>
		speech(close, openai, '/v1', { response_format: 'wav', speed: 1.5, instructions: 'Calm.' }, [
			'--speed=1.5',
			'--instructions=Calm.',
		]),
	);
	await row('openai      with samples', (close) =>
		speech(close, openai, '/v1', { response_format: 'pcm' }, ['--format=pcm']),
	);
	await row('openai      asks as the SDK of Groq does', (close) =>
		speech(close, groq, '/openai/v1', { response_format: 'wav' }),
	);

	await row('elevenlabs  asks as its SDK does', async (close) => {
		const r = await server(close, 'audio/pcm', pcm(tone(300)));
		heard(await say('elevenlabs', r.url, ['--model=eleven_flash_v2_5', '--voice=Voice1', '--language=uk-UA']), 300);
		const stream = await elevenlabs(r.url).stream('Voice1', {
			text: TEXT,
			modelId: 'eleven_flash_v2_5',
			languageCode: 'uk',
			outputFormat: 'pcm_8000',
		});
		for await (const piece of stream) void piece;
		return same(...pairOf(r));
	});

	await row('deepgram    asks as its SDK does', async (close) => {
		const r = await server(close, 'audio/l16', pcm(tone(300)));
		heard(await say('deepgram', r.url, ['--voice=aura-2-thalia-en']), 300);
		const sound = await deepgram(r.url).speak.v1.audio.generate({
			text: TEXT,
			model: 'aura-2-thalia-en',
			encoding: 'linear16',
			container: 'none',
			sample_rate: 8000,
		});
		await sound.arrayBuffer();
		return same(...pairOf(r));
	});

	// ---- what our own tests take for these services, held against the clients ----

	const GOOD = 'key-4711-of-nobody';
	const refused = (status) => (e) => (e.status ?? e.statusCode) === status;

	await row('openai      its SDK understands our fake', async (close) => {
		const url = await fake(close, 'voices.py');
		const words = (input, response_format = 'wav') => ({ model: 'm', voice: 'nova', input, response_format });
		const client = openai(url + '/v1', { apiKey: GOOD });
		for (const [format, least] of [
			['wav', 'RIFF'],
			['pcm', ''],
		]) {
			const sound = Buffer.from(await (await client.audio.speech.create(words('one', format))).arrayBuffer());
			assert.ok(sound.length > 24000 && sound.toString('latin1', 0, least.length) === least);
		}
		await assert.rejects(
			client.audio.speech.create(words('two:401')),
			(e) => e.status === 401 && e.code === 'invalid_api_key',
		);
		await assert.rejects(
			client.audio.speech.create(words('two:quota')),
			(e) => e.status === 429 && e.code === 'insufficient_quota',
		);
		await assert.rejects(client.audio.speech.create(words('two:500')), refused(500));
		const again = openai(url + '/v1', { apiKey: GOOD, maxRetries: 1 });
		assert.ok((await again.audio.speech.create(words('two:later'))).ok, 'retry-after-ms is no delay for the SDK');
	});
	await row('elevenlabs  its SDK understands our fake', async (close) => {
		const client = elevenlabs(await fake(close, 'voices.py'), GOOD);
		const stream = await client.stream('Voice1', { text: 'one', outputFormat: 'pcm_8000' });
		let n = 0;
		for await (const piece of stream) n += piece.length;
		assert.equal(n, 24000);
		for (const [fault, status] of [
			['401', 401],
			['402', 402],
			['422', 422],
			['429', 429],
		])
			await assert.rejects(
				client.stream('Voice1', { text: `one:${fault}`, outputFormat: 'pcm_8000' }),
				(e) => e.statusCode === status && e.body?.detail !== undefined,
			);
	});
	await row('deepgram    its SDK understands our fake', async (close) => {
		const client = deepgram(await fake(close, 'voices.py'), GOOD);
		const words = (text) => ({
			text,
			model: 'aura-2-thalia-en',
			encoding: 'linear16',
			container: 'none',
			sample_rate: 8000,
		});
		const reply = await client.speak.v1.audio.generate(words('one'));
		assert.equal((await reply.arrayBuffer()).byteLength, 24000);
		await assert.rejects(
			client.speak.v1.audio.generate(words('one:401')),
			(e) => e.statusCode === 401 && e.body.err_code === 'INVALID_AUTH',
		);
	});

	// ---- aimock, and what goes wrong with it ----

	await row('elevenlabs  has sound from aimock', async (close) => {
		const mock = await aimock(close);
		mock.onElevenLabsTTS(TEXT, { audio: { b64Json: pcm(tone(400)).toString('base64'), contentType: 'audio/pcm' } });
		const server = await renamed(mock.url, '/stream', ''); // which has this service under its other path
		close(() => server.close());
		heard(await say('elevenlabs', server.url), 400);
	});
	await faults(row, {
		name: 'openai',
		endpoint: 'speech',
		path: '/v1',
		arrange: (mock) => mock.onSpeech(/./, { audio: wav(tone(400, 24000), 24000).toString('base64'), format: 'wav' }),
		async ask(url, limit_ms = 4000, env = {}) {
			const r = await say('openai', url, [`--timeout=${limit_ms}`], env);
			if (r.code === 0) heard(r, 400);
			return { ...r, good: r.code === 0 };
		},
		probe: (url) => run('tts', ['--engine=openai', `--url=${url}`, '--probe'], { env: { CALLPIPE_TTS_KEY: KEY } }),
	});
	done();
}
