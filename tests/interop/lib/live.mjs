// A live recogniser that speaks as Deepgram's does (v1), on ws: words come with the sound, 200 ms each.
import { recorder } from './record.mjs';

const WORD_MS = 200;
const ID = '5d5c1ae8-0000-4000-8000-000000000000';

// What has been said of a turn, with n of its words; from, to: ms of the connection's sound.
function results(words, n, from, to, more) {
	const heard = words.slice(0, n).map((word, i) => ({
		word: word.toLowerCase().replace(/\W/g, ''),
		punctuated_word: word,
		start: (from + i * WORD_MS) / 1000,
		end: (from + (i + 1) * WORD_MS) / 1000,
		confidence: 0.9,
	}));
	return {
		type: 'Results',
		channel_index: [0, 1],
		start: from / 1000,
		duration: (to - from) / 1000,
		is_final: false,
		speech_final: false,
		from_finalize: false,
		channel: { alternatives: [{ transcript: words.slice(0, n).join(' '), confidence: n > 0 ? 0.9 : 0, words: heard }] },
		metadata: {
			request_id: ID,
			model_info: { name: '2-general-nova', version: '2024-01-18.26916', arch: 'nova-3' },
			model_uuid: ID,
		},
		...more,
	};
}

// Options: text, what it hears, or a list: in each turn another; rate of the sound, Hz; mute: it takes all and says nothing;
// refuse(note, stream): answers a handshake instead (true); on(note, ws, ms): sees each piece of sound, ms so far (true: it
// is not heard). The server's `busy` are [turn, ms] from a Finalize to its answer.
export async function live(close, { text, rate = 8000, on, refuse, mute = false } = {}) {
	const turns = [text].flat().map((t) => t.split(' '));
	let turn = 0;

	function socket(note, ws) {
		const send = (message) => mute || ws.send(JSON.stringify(message));
		let [bytes, from, told] = [0, 0, 0];
		const ms = () => (bytes * 1000) / (2 * rate);

		function hear(data) {
			bytes += data.length;
			if (on?.(note, ws, ms())) return;
			const words = turns[Math.min(turn, turns.length - 1)];
			const n = Math.min(Math.floor((ms() - from) / WORD_MS), words.length);
			if (n > told) send(results(words, (told = n), from, ms()));
		}
		// All of a turn that is not over, or nothing.
		function flush(from_finalize) {
			const words = ms() - from >= WORD_MS ? turns[Math.min(turn++, turns.length - 1)] : [];
			send(results(words, words.length, from, ms(), { is_final: true, speech_final: true, from_finalize }));
			[from, told] = [ms(), 0];
		}
		ws.on('message', (data, binary) => {
			if (binary) return hear(data);
			const { type } = JSON.parse(data);
			if (type === 'Finalize') {
				const began = performance.now();
				flush(true);
				server.busy.push([turn, performance.now() - began]);
			}
			if (type !== 'CloseStream') return;
			flush(false);
			send({
				type: 'Metadata',
				transaction_key: 'deprecated',
				request_id: ID,
				sha256: '0'.repeat(64),
				created: '2026-01-01T00:00:00.000Z',
				duration: ms() / 1000,
				channels: 1,
			});
			ws.close(1000);
		});
	}
	const server = await recorder({ refuse, socket });
	server.busy = [];
	close(() => server.close());
	return server;
}

export const sound = (note) => Buffer.concat(note.frames.filter((f) => typeof f !== 'string'));
export const texts = (note) => note.frames.filter((f) => typeof f === 'string');
