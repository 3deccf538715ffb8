// What two clients asked, side by side. Any difference fails, but those that are allowed, each with its reason; an
// allowed one that is none fails too, so that the list stays as short as it can be.
import { createHash } from 'node:crypto';

// What each HTTP client has of its own, and no vendor's document asks for.
const OWN = new RegExp(
	'^(host|connection|content-length|transfer-encoding|user-agent|accept-encoding|accept-language|sec-fetch-mode|cache-control|' +
		'pragma|upgrade|x-stainless-.*|x-fern-.*|x-deepgram-session-id|sec-websocket-(key|version|extensions))$',
);

function flatten(to, name, value) {
	if (value === null || typeof value !== 'object') to[name] = JSON.stringify(value);
	else if (Object.keys(value).length === 0) to[name] = Array.isArray(value) ? '[]' : '{}';
	else
		for (const [key, v] of Object.entries(value))
			flatten(to, Array.isArray(value) ? `${name}[${key}]` : `${name}.${key}`, v);
}

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 12);

async function parts(to, note) {
	const form = await new Response(note.body, { headers: { 'content-type': note.headers['content-type'] } }).formData();
	for (const name of new Set(form.keys())) {
		const values = await Promise.all(
			form.getAll(name).map(async (v) => {
				if (typeof v === 'string') return v;
				return `${v.name} ${v.type} ${v.size} bytes ${digest(Buffer.from(await v.arrayBuffer()))}`;
			}),
		);
		to[`part ${name}`] = JSON.stringify(values);
	}
}

// A request of recorder() as lines, name -> value.
export async function lines(note) {
	const to = { method: note.method, path: note.path };
	for (const [name, values] of Object.entries(note.query)) to[`query ${name}`] = JSON.stringify(values);
	for (const [name, value] of Object.entries(note.headers))
		if (!OWN.test(name)) to[`header ${name}`] = value.replace(/; *(boundary|charset)=.*/, '');
	const type = to['header content-type'];
	if (type === 'multipart/form-data') await parts(to, note);
	else if (type === 'application/json') flatten(to, 'body', JSON.parse(note.body));
	else if (note.body?.length > 0) to.body = digest(note.body);
	return to;
}

// allowed: {name: reason}. -> what may differ, in words; throws on what may not.
export async function same(ours, theirs, allowed = {}) {
	const [a, b] = [await lines(ours), await lines(theirs)];
	const notes = [];
	const wrong = [];
	for (const name of Object.keys({ ...b, ...a }).sort()) {
		if (a[name] === b[name]) continue;
		const what = `${name}: ours ${a[name] ?? 'none'}, theirs ${b[name] ?? 'none'}`;
		if (name in allowed) notes.push(`${what}: ${allowed[name]}`);
		else wrong.push(what);
	}
	for (const name of Object.keys(allowed))
		if (a[name] === b[name]) wrong.push(`${name}: is allowed to differ, and does not`);
	if (wrong.length > 0) throw wrong.join('\n');
	return notes;
}
