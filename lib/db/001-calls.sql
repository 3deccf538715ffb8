-- What calls leave behind: campaign.md's call tables. Numbers of the dialler (queue_id, contact_id, lease and what
-- else is its own) are columns here because a call that it began is the same row that calllog completes.
-- Lengths are milliseconds where the name says _ms, seconds otherwise; times are of the wall clock.

-- The words that systems before this one used; '' and unknown ones are refused by what stores them.
CREATE FUNCTION callpipe_sentiment(word text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE lower(word)
		WHEN 'positif' THEN 'positive' WHEN 'negatif' THEN 'negative' WHEN 'négatif' THEN 'negative'
		WHEN 'neutre' THEN 'neutral' WHEN 'unclear' THEN 'neutral' WHEN 'interrogatif' THEN 'interrogative'
		ELSE lower(word) END
$$;

CREATE TABLE call (
	call_id text COLLATE "C" PRIMARY KEY,  -- name of the call directory; Asterisk's channel id of a call of ours
	uuid text COLLATE "C",                 -- as Asterisk sent it
	service text,                          -- which pipeline answered
	queue_id bigint,
	campaign_id text COLLATE "C",
	contact_id bigint,
	phone_number text COLLATE "C",         -- of the person; NULL: withheld, or anonymised
	phone_hash bytea,                      -- HMAC-SHA-256 of its digits, once it was anonymised
	direction text NOT NULL DEFAULT 'inbound' CHECK (direction IN ('inbound', 'outbound')),
	state text NOT NULL DEFAULT 'ended'
		CHECK (state IN ('claimed', 'dialing', 'ringing', 'answered', 'ended', 'lost')),
	owner text,                            -- node that dials it
	lease_until timestamptz,
	asterisk_id text,
	asterisk_boot timestamptz,
	caller_id text,                        -- shown to the person; the number that was called, of an inbound call
	status text CHECK (status IN ('answered', 'completed', 'failed')),
	disposition text,                      -- in the words of the campaign: New, No_answer, Leads, Not_interested
	cause text,                            -- why it ended, as the verdict has it, or Asterisk
	tech_cause text,
	amd_result text,                       -- human, machine, fax, tone, silence, notsure
	amd_cause text,
	amd_ms integer,
	final_sentiment text CHECK (final_sentiment IN ('positive', 'negative', 'neutral', 'interrogative')),
	is_interested boolean,                 -- said so; NULL: it was never decided
	opt_out boolean NOT NULL DEFAULT false,
	slot_wish text,                        -- what was agreed
	transfer_to text,
	duration numeric(12,3),                -- s, from accept to end
	billsec numeric(12,3),
	recording_path text,                   -- of recording.wav
	assembled_audio_path text,
	transcript_path text,
	mp3_path text,
	call_dir text,                         -- on the host that took it
	language text,
	turns integer,                         -- of the caller
	talk_over_ms bigint,                   -- both spoke
	bot_ms bigint,                         -- what was heard of the bot
	caller_ms bigint,
	summary text,
	prompt_version text,
	quality_score real,                    -- 0 to 1
	quality jsonb,
	cost jsonb,
	result jsonb,                          -- all members of the events `result`
	source text,                           -- files it was loaded from, sizes and times
	journal_bytes bigint NOT NULL DEFAULT 0, -- of what was loaded: a longer one knows more
	broken_lines integer NOT NULL DEFAULT 0, -- of the journal, set aside
	crashed boolean NOT NULL DEFAULT false,  -- its record was not finished
	claimed_at timestamptz,
	dialed_at timestamptz,
	answered_at timestamptz,
	started_at timestamptz,
	ended_at timestamptz,
	loaded_at timestamptz,
	words_removed_at timestamptz,          -- by retain
	anonymised_at timestamptz,             -- by retain
	erased_at timestamptz                  -- by erase; nothing loads it again
);
CREATE INDEX call_started ON call (started_at);
CREATE INDEX call_campaign ON call (campaign_id, started_at) WHERE campaign_id IS NOT NULL;
CREATE INDEX call_phone ON call (phone_number) WHERE phone_number IS NOT NULL;
CREATE INDEX call_phone_hash ON call (phone_hash) WHERE phone_hash IS NOT NULL;

-- A question and what was answered to it.
CREATE TABLE call_interaction (
	interaction_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	call_id text COLLATE "C" NOT NULL REFERENCES call ON DELETE CASCADE,
	question_number integer NOT NULL,      -- from 1, in the order they were asked
	question_played text,                  -- state, or name of the sound file: hello, q1, is_leads, confirm
	transcription text,                    -- NULL: nothing was said, or it was removed
	sentiment text CHECK (sentiment IN ('positive', 'negative', 'neutral', 'interrogative')),
	confidence real,                       -- of the sentiment, or of what was understood; 0 to 1
	response_duration numeric(9,3),        -- s of voice
	played_at timestamptz,                 -- when the question began
	UNIQUE (call_id, question_number)
);

-- Who said what, in order.
CREATE TABLE call_turn (
	call_id text COLLATE "C" NOT NULL REFERENCES call ON DELETE CASCADE,
	turn_number integer NOT NULL,          -- line of the call, from 1
	turn integer,                          -- as the stream counts: from voice to answer
	speaker text NOT NULL CHECK (speaker IN ('bot', 'caller', 'system')),
	kind text,                             -- answer, filler, prompt, voice, keys
	status text,                           -- played, cleared, failed, open, heard, unclear
	text text,                             -- bot: all of it, or the name of the sound file
	heard_text text,                       -- bot: how much of it the caller heard, if not all
	t0_ms integer, t1_ms integer,          -- call time
	state text,                            -- of the scenario
	conf real,                             -- caller: of the recogniser
	sentiment text, sentiment_conf real,
	endpoint_ms integer,                   -- of the answer, from the end of speech to each step: callpipe-stream(5), turn
	stt_ms integer, llm_ms integer, tts_ms integer,
	response_ms integer,                   -- end of speech to the first audible frame
	PRIMARY KEY (call_id, turn_number)
);

CREATE TABLE call_action (
	call_id text COLLATE "C" NOT NULL REFERENCES call ON DELETE CASCADE,
	action_number integer NOT NULL,        -- from 1
	type text NOT NULL,                    -- name of the tool
	parameters jsonb,
	result jsonb,
	status text NOT NULL CHECK (status IN ('pending', 'success', 'failed')),
	error text,
	ms integer,
	t_ms integer,                          -- call time
	PRIMARY KEY (call_id, action_number)
);

-- What else happened: states, keys, errors, transfers, lines of the journal that could not be read.
CREATE TABLE call_event (
	call_id text COLLATE "C" NOT NULL REFERENCES call ON DELETE CASCADE,
	event_number integer NOT NULL,         -- from 1
	t_ms integer,
	type text NOT NULL,
	data jsonb,
	PRIMARY KEY (call_id, event_number)
);

CREATE TABLE client (
	client_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	customer_number text UNIQUE,
	phone text COLLATE "C",
	phone_hash bytea,
	first_name text, last_name text, email text, company text, address text, notes text,
	language text,
	extra jsonb,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	erased_at timestamptz
);
CREATE INDEX client_phone ON client (phone) WHERE phone IS NOT NULL;

CREATE TABLE ticket (
	ticket_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	client_id bigint REFERENCES client ON DELETE SET NULL,
	call_id text COLLATE "C",              -- the call may be loaded later
	subject text,                          -- what it is about: internet, mobile
	description text,
	status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'in_progress', 'resolved', 'closed')),
	priority integer NOT NULL DEFAULT 1,
	technician text,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	closed_at timestamptz
);
CREATE INDEX ticket_client ON ticket (client_id);
CREATE INDEX ticket_call ON ticket (call_id);

-- People who were erased: by keyed hash, so that they are not called and not loaded again.
CREATE TABLE erasure (
	phone_hash bytea PRIMARY KEY,
	opt_out boolean NOT NULL DEFAULT false,
	erased_at timestamptz NOT NULL DEFAULT now()
);

-- Who removed what, and when.
CREATE TABLE audit (
	audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	action text NOT NULL,                  -- erase, retain
	class text,                            -- of retain: raw, recordings, transcripts, words, numbers
	older_than timestamptz,                -- of retain
	phone_hash bytea,                      -- of erase
	actor text NOT NULL DEFAULT session_user,
	host text,
	dry_run boolean NOT NULL DEFAULT false,
	calls bigint, files bigint, bytes bigint, rows bigint, failed bigint,
	begun_at timestamptz NOT NULL DEFAULT now(),
	finished_at timestamptz                -- NULL: it was not finished, and has to be run again
);
