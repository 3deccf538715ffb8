// The vendors' clients, pointed at a server here, and the server that answers like several of them. None tries again.
import { peer, inside } from './peer.mjs';
import { KEY } from './tool.mjs';

export const openai = (url, options = {}) =>
	new (peer('openai').OpenAI)({ apiKey: KEY, baseURL: url, maxRetries: 0, ...options });
export const groq = (url, options = {}) =>
	new (peer('groq-sdk').Groq)({ apiKey: KEY, baseURL: url, maxRetries: 0, ...options });
export const anthropic = (url, options = {}) =>
	new (peer('@anthropic-ai/sdk').Anthropic)({ apiKey: KEY, baseURL: url, maxRetries: 0, ...options });

// All of the package takes seconds to load, and of it one client is wanted.
export function elevenlabs(url, apiKey = KEY) {
	const { TextToSpeechClient } = inside('@elevenlabs/elevenlabs-js', 'api/resources/textToSpeech/client/Client.js');
	return new TextToSpeechClient({ apiKey, environment: url, maxRetries: 0 });
}

export function deepgram(url, apiKey = KEY) {
	const ws = url.replace(/^http/, 'ws');
	const environment = { base: url, production: ws, agent: ws, agentRest: url, preview: ws };
	return new (peer('@deepgram/sdk').DeepgramClient)({ apiKey, environment, maxRetries: 0 });
}

export async function aimock(close, options = {}) {
	// Of its two builds the one that node 18 can load too.
	const mock = new (peer('@copilotkit/aimock').LLMock)({ port: 0, host: '127.0.0.1', logLevel: 'silent', ...options });
	await mock.start();
	close(() => void mock.stop()); // node 18 would wait for connections that are kept
	return mock;
}
