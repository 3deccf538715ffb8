// Rows of TAP, one for each case of an engine: await row('openai      asks as its SDK does', async (close) => ..), done() at the end.
// A row fails by an exception; what its function returns are lines to print below it. There is no way to skip one.
import { strict as assert } from 'node:assert';

const LIMIT_MS = 60000;

export { assert };

export function engine(name) {
	const left = [];
	let rows = 0;

	async function row(what, check) {
		let timer;
		const late = new Promise((_, no) => {
			timer = setTimeout(() => no(new Error(`not done after ${LIMIT_MS} ms`)), LIMIT_MS);
		});
		let notes, wrong;
		try {
			notes = await Promise.race([check((close) => left.push(close)), late]);
		} catch (e) {
			wrong = e;
		}
		clearTimeout(timer);
		while (left.length > 0) await left.pop()();
		console.log(`${wrong ? 'not ok' : 'ok'} ${++rows} - ${name.padEnd(6)} ${what}`);
		if (wrong) process.exitCode = 1;
		for (const line of (wrong ? (wrong.stack ?? wrong.message ?? String(wrong)) : (notes ?? []).join('\n')).split('\n'))
			if (line) console.log(`#        ${line}`);
	}
	// What is still open then is of no interest.
	function done() {
		if (rows === 0) process.exit(1); // prove would call it skipped
		console.log(`1..${rows}`);
		process.exit();
	}
	return { row, done };
}
