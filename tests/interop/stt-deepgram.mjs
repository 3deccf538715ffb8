// The recogniser of stt(1) that is Deepgram's: live, over a WebSocket.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engine, assert } from './lib/tap.mjs';
import { live, sound, texts } from './lib/live.mjs';
import { same } from './lib/compare.mjs';
import { certificate, tls } from './lib/tls.mjs';
import { KEY, fake, folder, frame, frames, of, pcm, run, tone, wav } from './lib/tool.mjs';
import { deepgram } from './lib/vendors.mjs';

const { row, done } = engine('stt');
const TEXT = 'I need four winter tyres';

// A call in which one turn is said: the stream for stt, in the time that it takes.
const MS = 1200; // of the voice
function turn(before_ms) {
	const all = [
		frame('call-start', {
			call: '00000000-0000-4000-8000-000000000000',
			uuid: '00000000-0000-4000-8000-000000000000',
			rate: 8000,
		}),
		frame('listen', { id: 'l1', language: 'en', hints: { phrases: ['winter tyres'] } }),
		frame('clock', { timestamp: 500 }),
		frame('voice-started', { timestamp: 700, turn: 1 }),
	];
	const samples = tone(MS);
	const timed = [];
	for (let at = 0; at < samples.length; at += 160)
		timed.push(
			frame(
				'audio-chunk',
				{ rate: 8000, width: 2, channels: 1, timestamp: 700 + at / 8 },
				pcm(samples.slice(at, at + 160)),
			),
		);
	const end = 700 + MS;
	const last = [frame('voice-stopped', { timestamp: end, turn: 1, cause: 'silence' })];
	return (stdin, child) => {
		stdin.write(Buffer.concat(all));
		let next = 0;
		const began = Date.now() + before_ms;
		const clock = setInterval(() => {
			const due = Math.floor((Date.now() - began) / 20);
			while (next < timed.length && next <= due) stdin.write(timed[next++]);
			if (next < timed.length) return;
			clearInterval(clock);
			stdin.write(Buffer.concat(last));
			// The call ends when its words are there.
			let seen = '';
			child.stdout.on('data', (p) => {
				seen += p.toString('latin1');
				if (seen.includes('"type":"transcript"'))
					stdin.end(frame('call-end', { cause: 'hangup', timestamp: end + 500 }));
			});
		}, 5);
	};
}

// -> its transcript, the words before it, errors. before_ms: from the listen to the voice.
async function talk(url, options = [], before_ms = 0, more = {}) {
	const env = { CALLPIPE_STT_KEY: KEY, ...more };
	const r = await run('stt', ['--engine=deepgram', `--url=${url}`, ...options], { input: turn(before_ms), env });
	assert.equal(r.code, 0, r.err);
	const all = frames(r.out);
	const transcripts = of('transcript', all);
	assert.equal(transcripts.length, 1);
	return { ...r, t: transcripts[0], partials: of('transcript-partial', all), errors: of('error', all) };
}

// What the SDK sends for the same: parameters by its names, sound, and how it ends.
async function sdk(url, note) {
	const query = Object.fromEntries(
		Object.entries(note.query).map(([name, v]) => [name, v.length > 1 || name === 'keyterm' ? v : v[0]]),
	);
	const socket = await deepgram(url).listen.v1.connect({ ...query, Authorization: `Token ${KEY}` });
	const said = [];
	socket.on('message', (m) => said.push(m));
	socket.connect();
	await socket.waitForOpen();
	socket.sendMedia(sound(note));
	socket.sendFinalize({ type: 'Finalize' });
	socket.sendKeepAlive({ type: 'KeepAlive' });
	const over = new Promise((ok) => socket.on('close', ok));
	socket.sendCloseStream({ type: 'CloseStream' });
	await over;
	socket.close();
	return said;
}

await row('deepgram    asks as its SDK does', async (close) => {
	const r = await live(close, { text: TEXT });
	const { t } = await talk(r.ws, ['--model=nova-3']);
	assert.equal(t.text, TEXT);
	const [ours] = r.asked;
	await sdk(r.url, ours);
	const theirs = r.asked.at(-1);
	const notes = await same(ours, theirs);
	const json = (note) => texts(note).map((text) => JSON.stringify(JSON.parse(text)));
	for (const text of json(ours)) assert.ok(json(theirs).includes(text), text);
	assert.deepEqual(json(ours).slice(-2), ['{"type":"Finalize"}', '{"type":"CloseStream"}']);
	assert.equal(ours.closed?.code, 1000);
	return [
		...notes,
		Object.entries(ours.query)
			.map(([name, v]) => `${name}=${v.join(' ')}`)
			.join(' '),
	];
});
await row('deepgram    sends what was said, once', async (close) => {
	const r = await live(close, { text: TEXT });
	await talk(r.ws);
	const [said, sent] = [pcm(tone(MS)), sound(r.asked[0])];
	assert.equal(r.asked.length, 1);
	assert.ok(sent.includes(said), `${sent.length} bytes were sent, ${said.length} were said`);
	assert.ok(sent.length - said.length <= 16000, 'more than half a second beyond that');
	assert.ok(r.asked[0].frames.every((f) => typeof f === 'string' || (f.length > 0 && f.length <= 8000)));
});
await row('deepgram    words so far while they are spoken', async (close) => {
	const { partials, t } = await talk((await live(close, { text: TEXT })).ws);
	assert.equal(t.text, TEXT);
	assert.ok(partials.length >= 2, `${partials.length} of them`);
	for (const p of partials) assert.ok(TEXT.startsWith(p.text), p.text);
	assert.deepEqual(
		partials.map((p) => p.rev),
		partials.map((_, i) => i + 1),
	);
	return [`${partials.length} of them; transcript ${t.latency_ms} ms behind the voice`];
});
for (const [what, leave] of [
	['closed by the server in mid-turn (1011)', (ws) => ws.close(1011, 'NET-0000')],
	['reset in mid-turn', (ws) => ws.terminate()],
])
	await row(`deepgram    ${what}: nothing is lost`, async (close) => {
		const r = await live(close, {
			text: TEXT,
			on(note, ws, ms) {
				if (note === r.asked[0] && ms >= 600 && !note.left) leave(ws, (note.left = true));
				return note.left;
			},
		});
		const { t } = await talk(r.ws);
		assert.equal(t.text, TEXT);
		assert.equal(r.asked.length, 2);
		assert.ok(sound(r.asked[1]).includes(pcm(tone(MS))), 'the second connection has not the whole turn');
	});
await row('deepgram    messages in fragments, pings, others between', async (close) => {
	const r = await live(close, {
		text: TEXT,
		on(note, ws) {
			if (note.odd) return false;
			note.odd = true;
			ws.ping('are you there');
			ws.on('pong', (data) => (note.pong = data.toString()));
			const send = ws.send.bind(ws);
			ws.send = (text) => {
				send('{"type":"SpeechStarted","channel":[0,1],"timestamp":0.1}');
				send(text.slice(0, 20), { fin: false });
				send(text.slice(20), { fin: true });
				send('{"type":"UtteranceEnd","channel":[0,1],"last_word_end":-1}');
			};
			return false;
		},
	});
	assert.equal((await talk(r.ws)).t.text, TEXT);
	assert.equal(r.asked[0].pong, 'are you there');
});
await row('deepgram    over TLS (wss)', async (close) => {
	const r = await live(close, { text: TEXT });
	const where = await tls(close, r.url);
	assert.equal((await talk(`wss://${where}`, [], 0, { CALLPIPE_CA_FILE: certificate().file })).t.text, TEXT);
});
await row('deepgram    TLS of nobody who is trusted: said', async (close) => {
	const r = await live(close, { text: TEXT });
	const { t, errors } = await talk(`wss://${await tls(close, r.url)}`, ['--timeout=3000']);
	assert.equal(t.text, '');
	assert.equal(r.asked.length, 0);
	assert.ok(errors.length > 0);
	return errors.map((e) => `${e.code}: ${e.text}`);
});
const refusing =
	(status, text = '') =>
	(note, stream) => {
		stream.end(
			`HTTP/1.1 ${status} No\r\nContent-Length: ${text.length}\r\ndg-request-id: r-1\r\nConnection: close\r\n\r\n${text}`,
		);
		return true;
	};
for (const [status, body] of [
	[401, { err_code: 'INVALID_AUTH', err_msg: 'Invalid credentials.', request_id: 'r-1' }],
	[429, { err_code: 'TOO_MANY_REQUESTS', err_msg: 'Too many requests. Please try again later', request_id: 'r-1' }],
	[503, undefined],
])
	await row(`deepgram    refused with ${status}: said once`, async (close) => {
		const text = JSON.stringify(body) ?? 'upstream connect error';
		const r = await live(close, { text: TEXT, refuse: refusing(status, text) });
		const { t, errors, err } = await talk(r.ws, ['--timeout=9000']);
		assert.equal(t.text, '');
		assert.match(errors[0].text, new RegExp(String(status)));
		assert.equal(new Set(errors.map((e) => e.code)).size, errors.length, 'something was said twice');
		assert.doesNotMatch(err + JSON.stringify(errors), new RegExp(KEY));
		if (status === 401) assert.equal(r.asked.length, 1, 'refused for good, and asked again');
		return errors.map((e) => `${e.code}: ${e.text}`);
	});
await row('deepgram    nothing is answered: the turn ends in time', async (close) => {
	const r = await live(close, { text: TEXT, mute: true });
	const { t, errors, ms } = await talk(r.ws, ['--timeout=1500']);
	assert.equal(t.text, '');
	assert.ok(ms < 6000, `${ms} ms`);
	assert.ok(errors.length > 0);
	return errors.map((e) => `${e.code}: ${e.text}`);
});
await row('deepgram    KeepAlive, as text, while nothing is said', async (close) => {
	const r = await live(close, { text: TEXT });
	assert.equal((await talk(r.ws, [], 6500)).t.text, TEXT);
	assert.ok(
		texts(r.asked[0]).some((text) => JSON.parse(text).type === 'KeepAlive'),
		texts(r.asked[0]).join(),
	);
	assert.equal(r.asked.length, 1);
});
await row('deepgram    --probe', async (close) => {
	const path = join(folder(), 'turn.wav');
	writeFileSync(path, wav(tone(MS)));
	const probe = (url) =>
		run('stt', ['--engine=deepgram', `--url=${url}`, '--probe', path], { env: { CALLPIPE_STT_KEY: KEY } });
	const well = await probe((await live(close, { text: TEXT })).ws);
	assert.equal(well.code, 0, well.err);
	for (const line of [/^status: 101/m, /^first byte: /m, /^text: I need four winter tyres$/m])
		assert.match(well.out.toString(), line);
	assert.doesNotMatch(well.out + well.err, new RegExp(KEY));
	for (const [status, code] of [
		[401, 69],
		[402, 69],
		[400, 69],
		[429, 75],
		[503, 75],
	])
		assert.equal(
			(await probe((await live(close, { text: TEXT, refuse: refusing(status) })).ws)).code,
			code,
			`${status}`,
		);
	assert.equal((await probe('ws://127.0.0.1:1')).code, 75);
	return [
		well.out
			.toString()
			.match(/^(status|first byte|text): .*/gm)
			.join(', '),
	];
});
await row('deepgram    its SDK understands our fake', async (close) => {
	const url = await fake(close, 'deepgram.py');
	const client = deepgram(url, 'dg-secret-0123456789');
	const socket = await client.listen.v1.connect({
		model: 'nova-3',
		language: 'en',
		encoding: 'linear16',
		sample_rate: 8000,
		channels: 1,
		interim_results: 'true',
		Authorization: 'Token dg-secret-0123456789', // the client has its own, but its type wants it
	});
	const said = [];
	const over = new Promise((ok) => socket.on('close', ok));
	const flushed = new Promise((ok) =>
		socket.on('message', (m) => {
			said.push(m);
			if (m.from_finalize) ok();
		}),
	);
	socket.connect();
	await socket.waitForOpen();
	for (const hz of [400, 600]) {
		const bytes = pcm(tone(400, 8000, hz));
		for (let at = 0; at < bytes.length; at += 320) socket.sendMedia(bytes.subarray(at, at + 320));
	}
	socket.sendFinalize({ type: 'Finalize' });
	await flushed;
	socket.sendCloseStream({ type: 'CloseStream' });
	assert.equal((await over).code, 1000);
	socket.close();
	const final = said.find((m) => m.from_finalize);
	assert.deepEqual(
		[final.type, final.is_final, final.channel.alternatives[0].transcript],
		['Results', true, 'one three'],
	);
	assert.ok(said.some((m) => m.type === 'Metadata' && m.request_id));
});
done();
