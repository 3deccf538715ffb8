// A server on 127.0.0.1 that writes down what it is asked, over HTTP and over WebSockets, and answers as it is told.
import { createServer, request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { peer } from './peer.mjs';

// {name: [value, ..]} of a query, in order.
function queryOf(url) {
	const query = {};
	for (const [name, value] of url.searchParams) (query[name] ??= []).push(value);
	return query;
}

function note(request) {
	const url = new URL(request.url, 'http://localhost');
	return { method: request.method, path: url.pathname, query: queryOf(url), headers: request.headers };
}

// answer(note, response): note is {method, path, query, headers, body}, response node's. socket(note, ws): note.frames
// are what the client sent, text as strings and binary as Buffers, note.closed its {code, reason}.
export async function recorder({ answer, socket, refuse }) {
	const asked = [];
	const server = createServer(async (request, response) => {
		const pieces = [];
		for await (const piece of request) pieces.push(piece);
		const got = { ...note(request), body: Buffer.concat(pieces) };
		asked.push(got);
		answer(got, response);
	});
	const sockets = new (peer('ws').WebSocketServer)({ noServer: true });
	server.on('upgrade', (request, stream, head) => {
		const got = { ...note(request), frames: [] };
		asked.push(got);
		if (refuse?.(got, stream)) return;
		sockets.handleUpgrade(request, stream, head, (ws) => {
			ws.on('message', (data, binary) => got.frames.push(binary ? data : data.toString()));
			ws.on('close', (code, reason) => (got.closed = { code, reason: reason.toString() }));
			socket(got, ws);
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const where = `127.0.0.1:${server.address().port}`;
	return {
		url: `http://${where}`,
		ws: `ws://${where}`,
		asked,
		close() {
			for (const ws of sockets.clients) ws.terminate();
			server.closeAllConnections();
			server.close();
		},
	};
}

export function sse(response, events) {
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	for (const e of events) response.write(typeof e === 'string' ? `data: ${e}\n\n` : `data: ${JSON.stringify(e)}\n\n`);
	response.end();
}

// The server at this URL, under other paths: /from.. is asked for as /to..
export async function renamed(url, from, to) {
	const server = createServer((request, response) => {
		const asked = httpRequest(
			new URL(request.url.replace(from, to), url),
			{ method: request.method, headers: { ...request.headers, host: new URL(url).host } },
			(reply) => {
				response.writeHead(reply.statusCode, reply.headers);
				reply.pipe(response);
				reply.on('error', () => response.destroy());
			},
		);
		asked.on('error', () => response.destroy());
		request.pipe(asked);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${server.address().port}`,
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}
