// score(1) and summarize(1), which ask a language model about a call that is over: an answer in JSON, held to a schema.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engine, assert } from './lib/tap.mjs';
import { KEY, folder, run } from './lib/tool.mjs';
import { aimock } from './lib/vendors.mjs';

const { row, done } = engine('judge');
const AT = { openai: '/v1', anthropic: '' };
const SUMMARY = 'Ruth Cohen called about her mobile, and was handed over to a technician.';
const TOOLS = {
	score: {
		options: [],
		answer: (schema) => {
			const names = Object.keys(schema.properties.criteria.properties);
			return { criteria: Object.fromEntries(names.map((n) => [n, { score: 0.5, comment: 'So it is.' }])) };
		},
		check(file) {
			const score = JSON.parse(readFileSync(file('score.json')));
			assert.equal(score.judge, 'some-model');
			// Who greeted is in the journal.
			for (const [name, c] of Object.entries(score.criteria))
				assert.deepEqual([name, c.by, c.score], [name, ...(name === 'greeted' ? ['call', 1] : ['judge', 0.5])]);
		},
	},
	summarize: {
		options: ['--engine=models'],
		answer: () => ({ summary: SUMMARY }),
		check(file) {
			const summary = JSON.parse(readFileSync(file('summary.json')));
			assert.deepEqual([summary.summary, summary.engine, summary.model], [SUMMARY, 'models', 'some-model']);
		},
	},
};

async function ask(tool, dialect, url) {
	const call = join(folder(), '00000000-0000-4000-8000-000000000001');
	cpSync('tests/data/call', call, { recursive: true });
	const models = join(folder(), 'models.json');
	const provider = { name: 'judge', engine: dialect, url: url + AT[dialect], model: 'some-model', secret: 'SHOP_KEY' };
	writeFileSync(models, JSON.stringify({ providers: [provider] }));
	const r = await run(tool, [...TOOLS[tool].options, `--models=${models}`, call], { env: { SHOP_KEY: KEY } });
	return { ...r, file: (name) => join(call, name) };
}

for (const dialect of ['openai', 'anthropic'])
	for (const [tool, t] of Object.entries(TOOLS)) {
		await row(`${dialect.padEnd(11)} ${tool} has its answer from aimock`, async (close) => {
			const mock = await aimock(close, { chunkSize: 5 });
			// Of OpenAI a schema is asked for by response_format, of Anthropic by a tool that has to be used.
			mock.onMessage(/./, (q) => {
				if (dialect === 'openai') return { content: JSON.stringify(t.answer(q.response_format.json_schema.schema)) };
				const [{ function: f }] = q.tools;
				return { toolCalls: [{ name: f.name, arguments: JSON.stringify(t.answer(f.parameters)) }] };
			});
			const r = await ask(tool, dialect, mock.url);
			assert.equal(r.code, 0, r.err);
			t.check(r.file);
			assert.equal(mock.getRequests().length, 1);
		});
		await row(`${dialect.padEnd(11)} ${tool} is answered nonsense: said, 75`, async (close) => {
			const mock = await aimock(close);
			mock.onMessage(/./, { content: 'I would rather not.' });
			const r = await ask(tool, dialect, mock.url);
			assert.equal(r.code, 75);
			assert.doesNotMatch(r.out + r.err, new RegExp(KEY));
			return r.err
				.trim()
				.replace(/'\/[^']*\//, "'")
				.split('\n')
				.slice(0, 1);
		});
	}
done();
