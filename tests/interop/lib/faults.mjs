// What aimock does to an engine: the same for all that ask OpenAI-like services.
import { assert } from './tap.mjs';
import { certificate, h2, tls } from './tls.mjs';
import { KEY } from './tool.mjs';
import { aimock } from './vendors.mjs';

// An engine: name; endpoint, as aimock calls it; arrange(mock): have it answer; ask(url, limit_ms, env) -> {good, err, ms},
// good if it has the answer of arrange; probe(url) -> {code, out, err}; path behind the URL.
export async function faults(row, { name, endpoint, path, arrange, ask, probe }) {
	const what = (text) => `${name.padEnd(11)} ${text}`;
	const begin = async (close, options) => {
		const mock = await aimock(close, options);
		arrange(mock);
		return { mock, url: mock.url + path };
	};
	const failed = (r) => {
		assert.ok(!r.good, 'there was an answer');
		assert.notEqual(r.err.trim(), '', 'nothing was said of it');
		assert.doesNotMatch(r.err, new RegExp(KEY));
		return r.err.trim().split('\n');
	};

	await row(what('is answered by aimock'), async (close) => {
		const { mock, url } = await begin(close);
		const r = await ask(url);
		assert.ok(r.good, r.err);
		assert.equal(mock.getRequests().length, 1);
	});
	await row(what('429 with Retry-After: again, then'), async (close) => {
		const mock = await aimock(close);
		mock.addFixture({
			match: { endpoint, sequenceIndex: 0 },
			response: { status: 429, retryAfter: 1, error: { message: 'slow down', code: 'rate_limit_exceeded' } },
		});
		arrange(mock);
		const r = await ask(mock.url + path);
		assert.ok(r.good, r.err);
		const asked = mock.getRequests();
		assert.deepEqual(
			asked.map((q) => q.response.status),
			[429, 200],
		);
		const apart = asked[1].timestamp - asked[0].timestamp;
		assert.ok(apart >= 995, `${apart} ms apart`);
		return [`${apart} ms apart`];
	});
	await row(what('429 without quota: refused for good'), async (close) => {
		const mock = await aimock(close);
		mock.addFixture({
			match: { endpoint },
			response: {
				status: 429,
				retryAfter: 1,
				error: { message: 'no money', type: 'insufficient_quota', code: 'insufficient_quota' },
			},
		});
		const lines = failed(await ask(mock.url + path));
		assert.equal(mock.getRequests().length, 1);
		return lines;
	});
	await row(what('401: refused for good'), async (close) => {
		const { url } = await begin(close, { auth: { apiKeys: ['sk-another'] } });
		const lines = failed(await ask(url));
		assert.match(lines.join(), /401/);
		return lines;
	});
	for (const [fault, chaos] of [
		['500', { dropRate: 1 }],
		['malformed answer', { malformedRate: 1 }],
		['dropped connection', { disconnectRate: 1 }],
	])
		await row(what(`${fault}: said`), async (close) => failed(await ask((await begin(close, { chaos })).url, 1500)));
	await row(what('no server: said'), async () => failed(await ask(`http://127.0.0.1:1${path}`, 1500)));
	await row(what('over TLS, and HTTP/2'), async (close) => {
		const { url } = await begin(close);
		const trust = { CALLPIPE_CA_FILE: certificate().file };
		const r = await ask(`https://${await tls(close, url)}${path}`, 4000, trust);
		assert.ok(r.good, r.err);
		const server = await h2(close, url);
		const r2 = await ask(`https://${server.where}${path}`, 4000, trust);
		assert.ok(r2.good, r2.err);
		assert.ok(server.asked.length > 0 && server.asked.every((v) => v === '2.0'), server.asked.join());
	});
	await row(what('TLS of nobody who is trusted: said'), async (close) => {
		const { mock, url } = await begin(close);
		const lines = failed(await ask(`https://${await tls(close, url)}${path}`, 1500));
		assert.equal(mock.getRequests().length, 0);
		return lines;
	});
	await row(what('latency 400 ms: waited for'), async (close) => {
		const { url } = await begin(close, { chaos: { latencyMs: 400 } });
		const r = await ask(url);
		assert.ok(r.good, r.err);
		assert.ok(r.ms >= 400);
	});
	await row(what('silence: given up in time'), async (close) => {
		const { url } = await begin(close, { chaos: { latencyMs: 30000 } });
		const r = await ask(url, 700);
		assert.ok(r.ms < 6000, `${r.ms} ms`);
		return failed(r);
	});
	if (!probe) return;
	await row(what('--probe'), async (close) => {
		const { mock, url } = await begin(close);
		const well = await probe(url);
		assert.equal(well.code, 0, well.err);
		for (const line of [/^status: 200/m, /^first byte: /m]) assert.match(well.out.toString(), line);
		assert.doesNotMatch(well.out + well.err, new RegExp(KEY));
		mock.setChaos({ rateLimitRate: 1 });
		assert.equal((await probe(url)).code, 75, '429');
		mock.setChaos({ dropRate: 1 });
		assert.equal((await probe(url)).code, 75, '500');
		mock.setChaos({});
		assert.equal((await probe(url + '/nowhere')).code, 69, '404');
		assert.equal((await probe(`http://127.0.0.1:1${path}`)).code, 75, 'no server');
		return [
			well.out
				.toString()
				.match(/^(status|first byte): .*/gm)
				.join(', '),
		];
	});
}
