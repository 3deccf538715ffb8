// TLS before a server here: bytes as they are, or HTTP/2.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createSecureServer } from 'node:http2';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { join } from 'node:path';
import { folder } from './tool.mjs';

let made;

// Of 127.0.0.1, signed by itself: file is what CALLPIPE_CA_FILE names.
export function certificate() {
	if (made) return made;
	const dir = folder();
	const [key, file] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
	const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
	execFileSync(
		'openssl',
		['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', file, ...name],
		{ stdio: 'ignore' },
	);
	made = { file, key: readFileSync(key), cert: readFileSync(file) };
	return made;
}

async function listen(close, server) {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	close(() => void server.close());
	return `127.0.0.1:${server.address().port}`;
}

// -> host:port of a TLS server that hands on to the one at url.
export function tls(close, url) {
	const { hostname, port } = new URL(url);
	const { key, cert } = certificate();
	const server = createServer({ key, cert, ALPNProtocols: ['http/1.1'] }, (client) => {
		const there = connect(port, hostname);
		client.pipe(there).pipe(client);
		for (const s of [client, there]) s.on('error', () => (client.destroy(), there.destroy()));
	});
	server.on('tlsClientError', () => {});
	return listen(close, server);
}

// The same with HTTP/2; `asked` are the versions of HTTP it was asked by.
export async function h2(close, url) {
	const { key, cert } = certificate();
	const asked = [];
	const server = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
		asked.push(request.httpVersion);
		const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith(':')));
		const there = httpRequest(new URL(request.url, url), { method: request.method, headers }, (reply) => {
			const { connection, 'keep-alive': _, 'transfer-encoding': __, ...rest } = reply.headers;
			response.writeHead(reply.statusCode, rest);
			reply.pipe(response);
		});
		there.on('error', () => response.destroy());
		request.pipe(there);
	});
	return { where: await listen(close, server), asked };
}
