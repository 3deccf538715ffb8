-- The dialler: contacts, campaigns, the queue, and every rule of who may be called when. What is described in
-- callpipe-campaign(5) is here and nowhere else: dispatchers, `explain`, a dry run and tests call these functions.
--
-- All functions take the instant as p_at, the database's clock by default. Each is one statement to its caller, which
-- commits by itself (READ COMMITTED): a caller that stops in the middle of a transaction of its own holds everybody up.
-- A dispatcher has several dials of one campaign, or several states and ends of calls, in one transaction, all sent at once
-- (bin/campaign/store.h): these take no lock that a claim holds, but for that campaign, and no other does theirs.
-- Locks are taken in one order: the claim's advisory lock, trunk, campaign, call, queue, contact, caller id. Text from
-- outside is only ever a value. Bulk tables have no foreign keys: they would double the time of a million rows.

-- The six words of a contact, however they are spelled: those of the commands, too; NULL: none of them.
CREATE FUNCTION callpipe_status(word text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE translate(lower(btrim(word)), ' -éèêÉÈÊ', '__eeeeee')
		WHEN 'new' THEN 'New' WHEN 'nouveau' THEN 'New' WHEN 'nouveaux' THEN 'New'
		WHEN 'queued' THEN 'Queued' WHEN 'en_file' THEN 'Queued' WHEN 'en_attente' THEN 'Queued' WHEN 'calling' THEN 'Calling' WHEN 'en_cours' THEN 'Calling'
		WHEN 'en_appel' THEN 'Calling' WHEN 'leads' THEN 'Leads' WHEN 'lead' THEN 'Leads'
		WHEN 'interesse' THEN 'Leads' WHEN 'interesses' THEN 'Leads' WHEN 'interested' THEN 'Leads'
		WHEN 'not_interested' THEN 'Not_interested' WHEN 'notinterested' THEN 'Not_interested' WHEN 'pas_interesse' THEN 'Not_interested'
		WHEN 'non_interesse' THEN 'Not_interested' WHEN 'refus' THEN 'Not_interested'
		WHEN 'no_answer' THEN 'No_answer' WHEN 'noanswer' THEN 'No_answer' WHEN 'absent' THEN 'No_answer'
		WHEN 'pas_de_reponse' THEN 'No_answer' WHEN 'sans_reponse' THEN 'No_answer' END
$$;

-- ---- people ----

CREATE TABLE import (
	import_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	sha256 text NOT NULL,                  -- of the file
	options text NOT NULL DEFAULT '',      -- of the command: with others the same file is another import
	file text,                             -- its name, for people
	rows bigint NOT NULL DEFAULT 0,
	new bigint NOT NULL DEFAULT 0,
	updated bigint NOT NULL DEFAULT 0,
	dup bigint NOT NULL DEFAULT 0,         -- of a number that came before
	bad bigint NOT NULL DEFAULT 0,
	actor text NOT NULL DEFAULT session_user,
	begun_at timestamptz NOT NULL DEFAULT now(),
	finished_at timestamptz,
	undone_at timestamptz
);
CREATE UNIQUE INDEX import_file ON import (sha256, options) WHERE undone_at IS NULL;

-- Rows that were not taken, or only in part.
CREATE TABLE import_error (
	import_id bigint NOT NULL REFERENCES import ON DELETE CASCADE,
	line bigint NOT NULL,                  -- of the file, from 1
	reason text NOT NULL,
	phone text COLLATE "C",                -- of a row with a number that was there already
	raw text                               -- the row, or how it begins
);
CREATE INDEX import_error_line ON import_error (import_id, line);

-- What a contact was before an import changed it: what undo puts back.
CREATE TABLE import_change (
	import_id bigint NOT NULL REFERENCES import ON DELETE CASCADE,
	contact_id bigint NOT NULL,
	before jsonb NOT NULL
);
CREATE INDEX import_change_import ON import_change (import_id);

CREATE TABLE contact (
	contact_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	phone text COLLATE "C" UNIQUE,         -- E.164: +33612345678; NULL: erased
	phone_raw text,                        -- as it was given
	phone_hash bytea,                      -- once erased
	first_name text, last_name text, email text, company text, notes text,
	extra jsonb,                           -- other columns of the file
	status text NOT NULL DEFAULT 'New'
		CHECK (status IN ('New', 'Queued', 'Calling', 'Leads', 'Not_interested', 'No_answer')),
	priority smallint NOT NULL DEFAULT 1 CHECK (priority BETWEEN 0 AND 3),
	attempts integer NOT NULL DEFAULT 0,   -- in all campaigns
	last_attempt timestamptz,
	tz text,                               -- one zone, or several joined by &: then all count
	country text,                          -- ISO 3166-1, capitals
	line_type text,
	consent_basis text,                    -- consent, contract, ..; NULL: none; '': taken back
	consent_at timestamptz,
	consent_proof text,
	refused_at timestamptz,                -- the person said no
	slot_wish text,
	audio_recording_path text,
	call_duration numeric(12,3),           -- s, of the last call
	import_id bigint,                      -- that made it
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	erased_at timestamptz
) WITH (fillfactor = 90);

-- Who is not called: by nobody ('*'), or not by one campaign.
CREATE TABLE dnc (
	phone text COLLATE "C" NOT NULL,       -- E.164
	scope text COLLATE "C" NOT NULL DEFAULT '*',
	reason text NOT NULL DEFAULT 'manual'
		CHECK (reason IN ('dtmf', 'voice', 'refusal', 'import', 'manual', 'law')),
	note text,
	added_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz,                -- NULL: never
	call_id text COLLATE "C",              -- in which it was said
	PRIMARY KEY (phone, scope)
);

-- ---- campaigns ----

CREATE TABLE campaign (
	campaign_id text COLLATE "C" PRIMARY KEY
		DEFAULT 'camp_' || left(replace(gen_random_uuid()::text, '-', ''), 8),
	name text NOT NULL,
	description text,
	scenario text NOT NULL,                -- folder of the scenario
	status text NOT NULL DEFAULT 'draft'
		CHECK (status IN ('draft', 'pending', 'active', 'paused', 'stopping', 'completed', 'stopped')),
	status_reason text,                    -- why it is paused or stopped
	priority smallint NOT NULL DEFAULT 1 CHECK (priority BETWEEN 0 AND 3), -- before other campaigns
	trunk text COLLATE "C",                -- NULL: any
	max_channels integer NOT NULL DEFAULT 8 CHECK (max_channels >= 0),
	gap_s numeric NOT NULL DEFAULT 2 CHECK (gap_s >= 0), -- between the beginnings of two calls
	ring_s integer NOT NULL DEFAULT 120 CHECK (ring_s > 0), -- a call that nobody takes by then is over
	talk_s integer NOT NULL DEFAULT 3600 CHECK (talk_s > 0), -- the longest talk; it is no reason to be called again
	max_attempts integer NOT NULL DEFAULT 3 CHECK (max_attempts > 0), -- of one contact in this campaign
	retry_s integer NOT NULL DEFAULT 300 CHECK (retry_s >= 0), -- where the rule of the outcome has none
	caller_id text COLLATE "C",            -- one number of caller_id, or
	caller_pool text,                      -- the numbers of this pool in turn; neither: what the trunk shows
	consent_basis text,                    -- what the calls of this campaign rest on, where the contact has nothing
	breaker_share real NOT NULL DEFAULT 0.5, -- of the calls of a trunk that fail: the campaign is paused
	breaker_calls integer NOT NULL DEFAULT 5, -- at least so many
	breaker_s integer NOT NULL DEFAULT 120,  -- in so many seconds
	served_at timestamptz,                 -- last claim that found something: whose turn it is
	gap_from timestamptz,                  -- the gap is counted from here
	created_at timestamptz NOT NULL DEFAULT now(),
	started_at timestamptz,
	resumed_at timestamptz,                -- what a trunk did before it is forgiven
	ended_at timestamptz
) WITH (fillfactor = 50);

CREATE TABLE call_queue (
	queue_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	campaign_id text COLLATE "C" NOT NULL,
	contact_id bigint NOT NULL,
	phone text COLLATE "C",                -- E.164; NULL: erased
	zone text COLLATE "C" NOT NULL DEFAULT '', -- campaign_zone(country, tz) of the contact: closed ones are not searched
	scenario text,                         -- NULL: that of the campaign
	status text NOT NULL DEFAULT 'pending'
		CHECK (status IN ('pending', 'calling', 'completed', 'failed', 'blocked')),
	priority smallint NOT NULL DEFAULT 1 CHECK (priority BETWEEN 0 AND 3),
	attempts integer NOT NULL DEFAULT 0,
	max_attempts integer,                  -- NULL: that of the campaign
	next_at timestamptz NOT NULL DEFAULT now(), -- not before
	later_reason text,                     -- why the gate has put it off until then; NULL: it has not
	last_attempt_at timestamptz,
	call_id text COLLATE "C",              -- the call that is being made, or the last one
	caller_id text COLLATE "C",            -- for this call alone
	error_message text,                    -- how the last attempt ended, if it was no talk
	blocked_reason text,
	created_at timestamptz NOT NULL DEFAULT now(),
	UNIQUE (campaign_id, contact_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX call_queue_next ON call_queue (campaign_id, zone, priority DESC, next_at, queue_id)
	WHERE status = 'pending';
CREATE INDEX call_queue_calling ON call_queue (campaign_id) WHERE status = 'calling';

-- How long after what a contact is tried again; '' is for the campaigns that have no row of their own.
CREATE TABLE retry_rule (
	campaign_id text COLLATE "C" NOT NULL DEFAULT '',
	outcome text NOT NULL,
	max integer NOT NULL DEFAULT 3,        -- retries after this outcome; 0: none
	delay_s integer,                       -- NULL: retry_s of the campaign
	factor real NOT NULL DEFAULT 1,        -- the delay grows by it each time
	jitter real NOT NULL DEFAULT 0 CHECK (jitter BETWEEN 0 AND 1), -- share of the delay that chance adds
	same_slot boolean NOT NULL DEFAULT true, -- false: not before these calling hours are over
	PRIMARY KEY (campaign_id, outcome)
);
INSERT INTO retry_rule (outcome, max, delay_s, factor, jitter) VALUES
	('busy', 3, NULL, 1, 0), ('no_answer', 3, NULL, 1, 0), ('cancelled', 3, NULL, 1, 0),
	('congestion', 3, NULL, 2, 0), ('machine', 3, NULL, 1, 0), ('silence', 3, NULL, 1, 0),
	('unserved', 3, NULL, 2, 0), ('lost', 3, NULL, 1, 0);

-- What a hangup cause of a call that nobody answered means (Q.850). Which are not in it: outcome failed.
CREATE TABLE hangup_cause (
	cause smallint PRIMARY KEY,
	outcome text NOT NULL,
	trunk_fault boolean NOT NULL DEFAULT false,
	words text NOT NULL
);
INSERT INTO hangup_cause VALUES
	(0, 'cancelled', false, 'no cause'), (1, 'invalid', false, 'unallocated number'),
	(3, 'failed', true, 'no route to destination'), (16, 'cancelled', false, 'ended before it was answered'),
	(17, 'busy', false, 'busy'), (18, 'no_answer', false, 'no user responding'),
	(19, 'no_answer', false, 'no answer'), (20, 'unavailable', false, 'subscriber absent'),
	(21, 'rejected', false, 'rejected'), (22, 'invalid', false, 'number changed'),
	(27, 'congestion', true, 'destination out of order'), (28, 'invalid', false, 'invalid number format'),
	(31, 'cancelled', false, 'normal, unspecified'), (34, 'congestion', true, 'no circuit available'),
	(38, 'congestion', true, 'network out of order'), (41, 'congestion', true, 'temporary failure'),
	(42, 'congestion', true, 'switching equipment congestion'), (44, 'failed', true, 'channel not available'),
	(50, 'failed', true, 'facility not subscribed'), (57, 'failed', true, 'bearer capability not authorised'),
	(58, 'failed', false, 'bearer capability not available'), (102, 'congestion', true, 'recovery on timer expiry'),
	(111, 'failed', true, 'protocol error'), (127, 'cancelled', false, 'interworking, unspecified');

-- ---- the law ----

-- What a country asks. Which have no row: '*'.
CREATE TABLE country_rule (
	country text PRIMARY KEY,
	law text NOT NULL,                     -- whose hours and holidays these are
	tz text,                               -- where a contact has none
	attempts integer,                      -- at most, to one number, of all campaigns; NULL: any
	attempt_days integer NOT NULL DEFAULT 30, -- in so many days
	refusal_days integer NOT NULL DEFAULT 60, -- rest after a refusal
	consent_from date                      -- from when nobody is called without a basis; NULL: never
);
INSERT INTO country_rule (country, law, tz, attempts, consent_from) VALUES
	('*', '*', 'UTC', 4, NULL),
	('FR', 'FR', 'Europe/Paris', 4, '2026-08-11'), -- D.223-9; law 2025-594
	('GP', 'FR', 'America/Guadeloupe', 4, '2026-08-11'), ('MQ', 'FR', 'America/Martinique', 4, '2026-08-11'),
	('GF', 'FR', 'America/Cayenne', 4, '2026-08-11'), ('RE', 'FR', 'Indian/Reunion', 4, '2026-08-11'),
	('YT', 'FR', 'Indian/Mayotte', 4, '2026-08-11'), ('PM', 'FR', 'America/Miquelon', 4, '2026-08-11'),
	('BL', 'FR', 'America/St_Barthelemy', 4, '2026-08-11'), ('MF', 'FR', 'America/Marigot', 4, '2026-08-11'),
	('GB', 'GB', 'Europe/London', 4, '2000-01-01'),
	('US', 'US', 'America/New_York&America/Los_Angeles', 4, '2024-02-08');

CREATE TABLE call_window (
	country text NOT NULL,                 -- law of country_rule
	dow smallint NOT NULL CHECK (dow BETWEEN 1 AND 7), -- 1: Monday
	opens time NOT NULL,                   -- of the person's clock
	closes time NOT NULL CHECK (closes > opens), -- not included
	PRIMARY KEY (country, dow, opens)
);
INSERT INTO call_window
	SELECT 'FR', dow, opens, closes FROM generate_series(1, 5) dow,
		(VALUES (time '10:00', time '13:00'), ('14:00', '20:00')) v (opens, closes)
	UNION ALL SELECT 'US', dow, '08:00', '21:00' FROM generate_series(1, 7) dow
	UNION ALL SELECT 'GB', dow, '08:00', '21:00' FROM generate_series(1, 5) dow
	UNION ALL SELECT 'GB', 6, '09:00', '18:00'
	UNION ALL SELECT '*', dow, '09:00', '20:00' FROM generate_series(1, 5) dow;

CREATE TABLE holiday (
	country text NOT NULL,                 -- law of country_rule
	region text NOT NULL DEFAULT '',       -- a time zone; '': everywhere
	day date NOT NULL,
	name text,
	PRIMARY KEY (country, day, region)
);

-- Easter Sunday (Gregorian; the algorithm of Meeus, Jones and Butcher).
CREATE FUNCTION campaign_easter(year integer) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT make_date(year, (h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1)
	FROM (SELECT year % 19 AS a, year / 100 AS b, year % 100 AS c) AS one,
	LATERAL (SELECT (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30 AS h) AS two,
	LATERAL (SELECT (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7 AS l) AS three,
	LATERAL (SELECT (a + 11 * h + 22 * l) / 451 AS m) AS four
$$;

-- The holidays of the law of one year.
CREATE FUNCTION campaign_holidays(year integer)
	RETURNS TABLE (country text, region text, day date, name text) LANGUAGE sql IMMUTABLE AS $$
	SELECT 'FR', '', make_date(year, m, d), n FROM (VALUES (1, 1, 'Jour de l''an'), (5, 1, 'Fête du travail'),
		(5, 8, 'Victoire 1945'), (7, 14, 'Fête nationale'), (8, 15, 'Assomption'), (11, 1, 'Toussaint'),
		(11, 11, 'Armistice 1918'), (12, 25, 'Noël')) v (m, d, n)
	UNION ALL SELECT 'FR', '', campaign_easter(year) + n, w FROM (VALUES (1, 'Lundi de Pâques'), (39, 'Ascension'),
		(50, 'Lundi de Pentecôte')) v (n, w)
	UNION ALL SELECT 'FR', z, make_date(year, m, d), 'Abolition de l''esclavage' FROM (VALUES
		('America/Guadeloupe', 5, 27), ('America/Martinique', 5, 22), ('America/Cayenne', 6, 10),
		('Indian/Reunion', 12, 20), ('Indian/Mayotte', 4, 27), ('America/St_Barthelemy', 10, 9),
		('America/Marigot', 5, 28)) v (z, m, d)
	-- England and Wales; a day that falls on a weekend is made up for by the next that is free, and is a holiday, too
	UNION ALL SELECT 'GB', '', make_date(year, m, d), n FROM (VALUES (1, 1, 'New Year''s Day'), (12, 25, 'Christmas Day'),
		(12, 26, 'Boxing Day')) v (m, d, n) WHERE extract(isodow FROM make_date(year, m, d)) > 5
	UNION ALL SELECT 'GB', '', campaign_easter(year) + n, w FROM (VALUES (-2, 'Good Friday'), (1, 'Easter Monday')) v (n, w)
	UNION ALL SELECT 'GB', '', d + CASE extract(isodow FROM d) WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END, 'New Year''s Day'
		FROM make_date(year, 1, 1) d
	UNION ALL SELECT 'GB', '', d + CASE extract(isodow FROM d) WHEN 6 THEN 2 WHEN 7 THEN 2 ELSE 0 END, 'Christmas Day'
		FROM make_date(year, 12, 25) d
	UNION ALL SELECT 'GB', '', d + CASE extract(isodow FROM d) WHEN 6 THEN 2 WHEN 7 THEN 2 ELSE 0 END, 'Boxing Day'
		FROM make_date(year, 12, 26) d
	UNION ALL SELECT 'GB', '', d + (8 - extract(isodow FROM d)::integer) % 7, 'Early May bank holiday'
		FROM make_date(year, 5, 1) d
	UNION ALL SELECT 'GB', '', d - (extract(isodow FROM d)::integer - 1), w
		FROM (VALUES (make_date(year, 5, 31), 'Spring bank holiday'), (make_date(year, 8, 31), 'Summer bank holiday')) v (d, w)
$$;
INSERT INTO holiday SELECT h.* FROM generate_series(2020, 2099) year, campaign_holidays(year) h ON CONFLICT DO NOTHING;

CREATE FUNCTION campaign_zone(country text, tz text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT coalesce(country, '') || ' ' || coalesce(tz, '')
$$;

-- The open hours that p_at is in, or the next ones: when they begin and end (looked for a week ahead), of one zone.
-- NULL: there are none.
CREATE FUNCTION campaign_hours(p_law text, p_tz text, p_at timestamptz, OUT begins timestamptz, OUT ends timestamptz)
	LANGUAGE plpgsql STABLE AS $$
DECLARE
	local timestamp := p_at AT TIME ZONE p_tz;
	day date;
	opens_t time;
	closes_t time;
	last_t time; -- when they end on the day before, or so far
BEGIN
	FOR n IN 0..31 LOOP -- no country rests for a month
		day := local::date + n;
		opens_t := NULL;
		IF NOT EXISTS (SELECT FROM holiday h WHERE h.country = p_law AND h.day = local::date + n AND h.region IN ('', p_tz)) THEN
			SELECT w.opens, w.closes INTO opens_t, closes_t FROM call_window w WHERE w.country = p_law
				AND w.dow = extract(isodow FROM day) AND (n > 0 OR w.closes > local::time) ORDER BY w.opens LIMIT 1;
		END IF;
		EXIT WHEN begins IS NOT NULL AND opens_t IS DISTINCT FROM '00:00';
		CONTINUE WHEN opens_t IS NULL;
		begins := coalesce(begins, (day + opens_t) AT TIME ZONE p_tz);
		WHILE closes_t IS NOT NULL LOOP -- hours that begin where others end are the same
			last_t := closes_t;
			SELECT w.closes INTO closes_t FROM call_window w
				WHERE w.country = p_law AND w.dow = extract(isodow FROM day) AND w.opens = last_t;
		END LOOP;
		ends := (day + last_t) AT TIME ZONE p_tz;
		EXIT WHEN last_t < '24:00' OR n > 7;
	END LOOP;
END
$$;

-- Is it a time to call people there? until: when that ends; next: p_at if it is, otherwise when it will be, NULL if
-- never; why: what is in the way. Several zones: where all of them say so.
CREATE FUNCTION campaign_window(p_country text, p_tz text, p_at timestamptz DEFAULT clock_timestamp(),
	OUT "open" boolean, OUT "until" timestamptz, OUT "next" timestamptz, OUT why text)
	LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
	rule country_rule;
	zone text;
	hours record;
	t timestamptz := p_at;
	moved boolean;
BEGIN
	SELECT * INTO rule FROM country_rule r WHERE r.country IN (p_country, '*') ORDER BY r.country = '*' LIMIT 1;
	FOR pass IN 1..100 LOOP
		moved := false;
		"until" := NULL;
		FOREACH zone IN ARRAY string_to_array(coalesce(nullif(p_tz, ''), rule.tz), '&') LOOP
			hours := campaign_hours(rule.law, zone, t);
			IF hours.begins IS NULL THEN
				"open" := false; "next" := NULL; "until" := NULL;
				why := format('no calling hours in %s', coalesce(p_country, '*'));
				RETURN;
			END IF;
			IF hours.begins > t THEN
				t := hours.begins;
				moved := true;
			END IF;
			"until" := least("until", hours.ends);
		END LOOP;
		EXIT WHEN NOT moved;
	END LOOP;
	"open" := t = p_at;
	"next" := CASE WHEN NOT moved THEN t END;
	IF NOT "open" THEN
		"until" := NULL;
		why := format('not the hours to call %s', coalesce(p_country, '*'));
	END IF;
EXCEPTION WHEN invalid_parameter_value THEN
	"open" := false; "until" := NULL; "next" := NULL;
	why := format('unknown time zone ''%s''', p_tz);
END
$$;

-- ---- lines ----

CREATE TABLE trunk (
	name text COLLATE "C" PRIMARY KEY,
	endpoint text NOT NULL,                -- PJSIP/%s@trunk; %s: the number, %n: without its +, %%: a percent sign
	max_channels integer NOT NULL DEFAULT 30 CHECK (max_channels >= 0),
	cps numeric NOT NULL DEFAULT 5 CHECK (cps > 0), -- calls that may begin per second
	caller_id text COLLATE "C",            -- shown where a campaign has none
	enabled boolean NOT NULL DEFAULT true,
	tokens numeric NOT NULL DEFAULT 1,
	refilled_at timestamptz
) WITH (fillfactor = 50);

CREATE TABLE node (
	node_id text COLLATE "C" PRIMARY KEY,
	host text,
	pid integer,
	boot_id text,
	max_channels integer NOT NULL DEFAULT 8 CHECK (max_channels >= 0),
	asterisk_id text,
	asterisk_boot timestamptz,             -- when its Asterisk was started
	started_at timestamptz,
	heartbeat_at timestamptz
) WITH (fillfactor = 50);

-- Numbers of ours that people are shown.
CREATE TABLE caller_id (
	number text COLLATE "C" PRIMARY KEY
		CHECK (number !~ '^\+33[67]'), -- ARCEP: no mobile number for platforms
	pool text NOT NULL DEFAULT 'default',
	daily_cap integer,                     -- calls a day; NULL: any
	tz text NOT NULL DEFAULT 'UTC',        -- whose days these are
	used integer NOT NULL DEFAULT 0,       -- on that day
	used_on date,
	last_used timestamptz,
	owned_proof text,
	enabled boolean NOT NULL DEFAULT true
);

ALTER TABLE call
	ADD trunk text COLLATE "C",
	ADD outcome text,                      -- how the attempt ended, by which it is retried
	ADD hangup_cause smallint,             -- Q.850, of Asterisk
	ADD hangup_text text,
	ADD talk_end text,                     -- TRYSTATUS and verdict of the dialplan; FAILED, too: the dispatcher could not put the call into it;
	                                       -- NULL: the person hung up first, or channelvars of ari.conf lacks CALLPIPE_END
	ADD said jsonb,                        -- arguments of campaign_result
	ADD caller_taken boolean,              -- caller_id is one of ours that was counted as used
	ADD contact_counted boolean;           -- the attempt is in contact.attempts; NULL: no
ALTER TABLE call_turn
	ADD audio_file text;                   -- bot: the sound file that was played
ALTER TABLE call_interaction
	ADD asked integer NOT NULL DEFAULT 1,  -- how often the question had been asked by then
	DROP CONSTRAINT call_interaction_call_id_question_number_key,
	ADD UNIQUE (call_id, question_number, asked);
CREATE UNIQUE INDEX call_live ON call (phone_number) WHERE ended_at IS NULL AND direction = 'outbound';
-- Without it a plan may count those in progress among all that a campaign ever had.
CREATE INDEX call_live_campaign ON call (campaign_id) WHERE ended_at IS NULL AND direction = 'outbound';
CREATE INDEX call_dialed ON call (phone_number, dialed_at DESC) WHERE dialed_at IS NOT NULL;
CREATE INDEX call_trunk ON call (trunk, ended_at) WHERE trunk IS NOT NULL;
CREATE INDEX call_queue_row ON call (queue_id) WHERE queue_id IS NOT NULL;

-- Calls that were claimed and certainly never dialled: they are no calls.
CREATE TABLE call_undone (
	call_id text COLLATE "C" PRIMARY KEY,
	queue_id bigint NOT NULL,
	campaign_id text COLLATE "C" NOT NULL,
	trunk text COLLATE "C",
	node text,
	reason text,
	undone_at timestamptz NOT NULL,
	trunk_fault boolean NOT NULL DEFAULT false -- nobody could have been called over it
);
CREATE INDEX call_undone_queue ON call_undone (queue_id, undone_at);
CREATE INDEX call_undone_time ON call_undone (undone_at);

-- ---- the gate ----

-- A number that may be shown now: that one, or one of the pool whose turn it is. NULL: none has a call left today.
CREATE FUNCTION campaign_caller(p_number text, p_pool text, p_at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT number FROM caller_id
	WHERE enabled AND CASE WHEN p_number IS NOT NULL THEN number = p_number ELSE pool = p_pool END
	AND (daily_cap IS NULL OR daily_cap > 0 AND (used_on IS DISTINCT FROM (p_at AT TIME ZONE tz)::date OR used < daily_cap))
	ORDER BY last_used NULLS FIRST, number LIMIT 1
$$;

-- May these rows be called now? The one place that says so. verdict: ok, later (next_at: when to look again) or
-- blocked; reason: the first rule that is in the way.
CREATE FUNCTION campaign_gates(p_queue_ids bigint[], p_at timestamptz)
	RETURNS TABLE (queue_id bigint, verdict text, reason text, next_at timestamptz)
	LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH q AS MATERIALIZED (
		SELECT q.queue_id, q.campaign_id, q.phone, q.call_id, q.status, coalesce(q.caller_id, k.caller_id) AS caller_id,
			k.caller_pool, k.status AS campaign_status, k.status_reason, k.consent_basis AS campaign_basis,
			k.retry_s * interval '1 second' AS rest,
			c.contact_id, c.status AS contact_status, c.country, c.tz, c.consent_basis, c.refused_at,
			r.attempts AS cap, r.attempt_days, r.refusal_days, r.consent_from,
			split_part(coalesce(nullif(c.tz, ''), r.tz), '&', 1) AS zone
		FROM unnest(p_queue_ids) AS id JOIN call_queue q ON q.queue_id = id
		LEFT JOIN contact c ON c.contact_id = q.contact_id LEFT JOIN campaign k ON k.campaign_id = q.campaign_id
		LEFT JOIN LATERAL (SELECT * FROM country_rule r WHERE r.country IN (c.country, '*')
			ORDER BY r.country = '*' LIMIT 1) r ON true
	), w AS MATERIALIZED (
		SELECT z.country, z.tz, w.* FROM (SELECT DISTINCT country, tz FROM q) z, campaign_window(z.country, z.tz, p_at) w
	)
	SELECT q.queue_id, rule.verdict, rule.reason, rule.next_at
	FROM q JOIN w ON w.country IS NOT DISTINCT FROM q.country AND w.tz IS NOT DISTINCT FROM q.tz
	LEFT JOIN LATERAL (SELECT d.scope, d.reason FROM dnc d WHERE d.phone = q.phone AND d.scope IN ('*', q.campaign_id)
		AND (d.expires_at IS NULL OR d.expires_at > p_at) LIMIT 1) d ON true
	LEFT JOIN LATERAL (SELECT count(*) AS n, min(t.dialed_at) AS first FROM (SELECT c.dialed_at FROM call c
		WHERE c.phone_number = q.phone AND c.direction = 'outbound' AND c.dialed_at > p_at - q.attempt_days * interval '24 hours'
		ORDER BY c.dialed_at DESC LIMIT q.cap) t) tried ON true
	LEFT JOIN LATERAL (SELECT c.call_id FROM call c WHERE c.phone_number = q.phone AND c.ended_at IS NULL
		AND c.direction = 'outbound' AND c.call_id IS DISTINCT FROM q.call_id LIMIT 1) live ON true
	-- A retry of the row has its own delay; a row that was queued anew has no call_id.
	LEFT JOIN LATERAL (SELECT c.dialed_at + q.rest AS rests FROM call c WHERE c.phone_number = q.phone
		AND c.direction = 'outbound' AND c.dialed_at > p_at - q.rest
		AND (q.call_id IS NULL OR c.queue_id IS DISTINCT FROM q.queue_id)
		ORDER BY c.dialed_at DESC LIMIT 1) last ON true
	-- whole days, after that of the refusal; a zone that is not known has no next hours
	LEFT JOIN LATERAL (SELECT CASE WHEN q.refused_at IS NOT NULL AND w.next IS NOT NULL
		THEN (q.refused_at AT TIME ZONE q.zone)::date + q.refusal_days + 1 END AS ends) rest ON true
	CROSS JOIN LATERAL (SELECT * FROM (VALUES
		(1, q.contact_id IS NULL OR q.phone IS NULL, 'blocked', 'the contact is gone', NULL::timestamptz),
		(2, q.campaign_status IS NULL, 'blocked', 'the campaign is gone', NULL),
		(3, d.scope IS NOT NULL, 'blocked', format('do not call: %s%s', d.reason, CASE WHEN d.scope <> '*' THEN ', this campaign' END), NULL),
		(4, rest.ends::timestamp AT TIME ZONE q.zone > p_at, 'blocked', format('refused: rest until %s', rest.ends), NULL),
		(5, q.contact_status = 'Not_interested', 'blocked', 'not interested', NULL),
		(6, q.consent_from <= (p_at AT TIME ZONE 'UTC')::date AND nullif(coalesce(q.consent_basis, q.campaign_basis), '') IS NULL, 'blocked',
			format('no consent: %s asks for it', q.country), NULL),
		(7, tried.n >= q.cap, 'blocked', format('%s attempts in %s days, again after %s',
			tried.n, q.attempt_days, ((tried.first + q.attempt_days * interval '24 hours') AT TIME ZONE 'UTC')::date), NULL),
		(8, NOT w.open AND w.next IS NULL, 'blocked', w.why, NULL),
		(9, q.campaign_status <> 'active', 'later', format('the campaign is %s%s', q.campaign_status, ': ' || q.status_reason), NULL),
		(10, live.call_id IS NOT NULL, 'later', 'in another call', p_at + interval '30 seconds'),
		(11, NOT w.open, 'later', w.why, w.next),
		(12, last.rests IS NOT NULL, 'later', format('called less than %s s ago', extract(epoch FROM q.rest)::integer), last.rests),
		(13, q.status <> 'calling' AND coalesce(q.caller_id, q.caller_pool) IS NOT NULL
			AND campaign_caller(q.caller_id, q.caller_pool, p_at) IS NULL, 'later', 'no caller id is left today',
			p_at + interval '15 minutes'),
		(99, true, 'ok', NULL, NULL)) AS rule (nr, applies, verdict, reason, next_at)
		WHERE rule.applies ORDER BY rule.nr LIMIT 1) AS rule;
END
$$;

CREATE FUNCTION campaign_gate(p_queue_id bigint, p_at timestamptz DEFAULT clock_timestamp(),
	OUT verdict text, OUT reason text, OUT next_at timestamptz) LANGUAGE plpgsql STABLE AS $$
BEGIN
	SELECT g.verdict, g.reason, g.next_at INTO verdict, reason, next_at FROM campaign_gates(ARRAY[p_queue_id], p_at) g;
END
$$;

-- ---- claiming ----

-- What a bucket holds now, at most one second's worth; a clock that went back adds nothing.
CREATE FUNCTION campaign_tokens(p_tokens numeric, p_rate numeric, p_since timestamptz, p_at timestamptz) RETURNS numeric
	LANGUAGE sql IMMUTABLE AS $$
	SELECT least(greatest(1, p_rate), CASE WHEN p_since IS NULL THEN greatest(1, p_rate)
		ELSE p_tokens + p_rate * greatest(0, extract(epoch FROM p_at - p_since)) END)
$$;

-- From when the gaps of a campaign are counted: at most a second, or one gap, is made up for. More than that in the future
-- is a clock that went back.
CREATE FUNCTION campaign_gap_from(k campaign, p_at timestamptz) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	most interval := greatest(k.gap_s, 1) * interval '1 second';
BEGIN
	RETURN CASE WHEN k.gap_from IS NULL OR k.gap_from > p_at + most THEN p_at - most ELSE greatest(k.gap_from, p_at - most) END;
END
$$;

-- How many calls a campaign may begin now, of its channels, its gap and its caller ids.
CREATE FUNCTION campaign_room(k campaign, p_at timestamptz) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
	room integer := k.max_channels - (SELECT count(*) FROM call c
		WHERE c.campaign_id = k.campaign_id AND c.ended_at IS NULL AND c.direction = 'outbound');
BEGIN
	IF k.gap_s > 0 THEN
		room := least(room, floor(extract(epoch FROM p_at - campaign_gap_from(k, p_at)) / k.gap_s));
	END IF;
	IF coalesce(k.caller_id, k.caller_pool) IS NOT NULL AND campaign_caller(k.caller_id, k.caller_pool, p_at) IS NULL THEN
		room := 0;
	END IF;
	RETURN greatest(0, room);
END
$$;

-- The next rows of a campaign that are due, of the zones in which it is a time to call.
CREATE FUNCTION campaign_candidates(p_campaign text, p_n integer, p_at timestamptz) RETURNS bigint[]
	LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (WITH RECURSIVE zone AS ( -- of pending rows, each found by one look into the index
		(SELECT q.zone FROM call_queue q WHERE q.campaign_id = p_campaign AND q.status = 'pending'
			ORDER BY q.zone LIMIT 1)
		UNION ALL
		SELECT (SELECT q.zone FROM call_queue q WHERE q.campaign_id = p_campaign AND q.status = 'pending'
			AND q.zone > z.zone ORDER BY q.zone LIMIT 1) FROM zone z WHERE z.zone IS NOT NULL
	), opened AS MATERIALIZED (
		SELECT z.zone FROM zone z WHERE z.zone = '' OR z.zone IS NOT NULL
			AND (SELECT w.open OR w.next IS NULL FROM campaign_window(nullif(split_part(z.zone, ' ', 1), ''), split_part(z.zone, ' ', 2), p_at) w)
	), due AS MATERIALIZED (
		SELECT d.queue_id, p.priority, d.next_at FROM opened o, generate_series(0, 3) AS p (priority),
		LATERAL (SELECT q.queue_id, q.next_at FROM call_queue q
			WHERE q.campaign_id = p_campaign AND q.zone = o.zone AND q.priority = p.priority AND q.status = 'pending'
			AND q.next_at <= p_at ORDER BY q.next_at, q.queue_id LIMIT p_n) d
	)
	SELECT array_agg(queue_id) FROM (SELECT queue_id FROM due ORDER BY priority DESC, next_at, queue_id LIMIT p_n) first);
END
$$;

-- A number to show, one call of which is used up.
CREATE FUNCTION campaign_caller_take(p_number text, p_pool text, p_at timestamptz) RETURNS text LANGUAGE sql AS $$
	UPDATE caller_id SET last_used = p_at, used_on = (p_at AT TIME ZONE tz)::date,
		used = CASE WHEN used_on = (p_at AT TIME ZONE tz)::date THEN used ELSE 0 END + 1
	WHERE number = campaign_caller(p_number, p_pool, p_at) RETURNING number
$$;

-- Contacts that somebody held, as an import does, when they were to be as before: campaign_settle sees to them.
CREATE TABLE contact_held (contact_id bigint PRIMARY KEY);

-- Contacts that wait in no campaign any more are as before.
CREATE FUNCTION campaign_unqueue(p_contacts bigint[], p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	WITH free AS MATERIALIZED (SELECT l.contact_id FROM contact l
			WHERE l.contact_id = ANY (p_contacts) AND l.status = 'Queued' FOR UPDATE SKIP LOCKED),
	changed AS (UPDATE contact c SET status = CASE WHEN c.attempts > 0 THEN 'No_answer' ELSE 'New' END, updated_at = p_at
		WHERE c.contact_id IN (SELECT contact_id FROM free)
		-- OFFSET 0: a look into the index for each campaign; a plan made while the tables were small reads all of it
		AND NOT EXISTS (SELECT FROM campaign k CROSS JOIN LATERAL (SELECT FROM call_queue q WHERE q.campaign_id = k.campaign_id
				AND q.contact_id = c.contact_id AND q.status IN ('pending', 'calling') OFFSET 0) w
			WHERE k.status IN ('draft', 'pending', 'active', 'paused', 'stopping')))
	INSERT INTO contact_held SELECT l.contact_id FROM contact l WHERE l.contact_id = ANY (p_contacts) AND l.status = 'Queued'
		AND l.contact_id NOT IN (SELECT contact_id FROM free) ON CONFLICT DO NOTHING;
END
$$;

-- Claim up to p_want rows of a campaign; the ids of the calls. Rows that the gate turns away are put where they are not
-- looked at again before something can have changed.
CREATE FUNCTION campaign_claim_some(k campaign, p_want integer, p_node text, t trunk, p_lease interval, p_at timestamptz)
	RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	ids bigint[];
	made text[] := '{}';
	more text[];
	blocked bigint[]; -- contacts
	looked integer := 0;
BEGIN
	WHILE cardinality(made) < p_want AND looked < 256 LOOP -- one claim stays short, whatever it finds
		-- a few more than are wanted: to search again takes longer than to turn one of them away
		ids := campaign_candidates(k.campaign_id, p_want - cardinality(made) + greatest(2, least(looked, 32)), p_at);
		EXIT WHEN ids IS NULL;
		ids := ARRAY(SELECT q.queue_id FROM call_queue q WHERE q.queue_id = ANY (ids) AND q.status = 'pending'
			FOR UPDATE SKIP LOCKED);
		EXIT WHEN cardinality(ids) = 0;
		looked := looked + cardinality(ids);
		WITH gate AS MATERIALIZED (SELECT * FROM campaign_gates(ids, p_at)), away AS (
			UPDATE call_queue q SET status = CASE g.verdict WHEN 'blocked' THEN 'blocked' ELSE 'pending' END,
				blocked_reason = CASE g.verdict WHEN 'blocked' THEN g.reason END,
				later_reason = CASE g.verdict WHEN 'later' THEN g.reason END,
				next_at = greatest(q.next_at, coalesce(g.next_at, p_at + interval '30 seconds'))
			FROM gate g WHERE q.queue_id = g.queue_id AND g.verdict <> 'ok'
			RETURNING q.contact_id, q.status
		), chosen AS MATERIALIZED (
			SELECT q.*, coalesce(q.caller_id, k.caller_id) AS number FROM gate g JOIN call_queue q ON q.queue_id = g.queue_id
			WHERE g.verdict = 'ok' ORDER BY q.priority DESC, q.next_at, q.queue_id LIMIT p_want - cardinality(made)
		), shown AS MATERIALIZED ( -- the numbers may be used up before the rows are
			SELECT c.queue_id, CASE WHEN coalesce(c.number, k.caller_pool) IS NOT NULL
				THEN campaign_caller_take(c.number, k.caller_pool, p_at) END AS number FROM chosen c
		), call AS (
			INSERT INTO call (call_id, queue_id, campaign_id, contact_id, phone_number, direction, state, owner, lease_until,
				trunk, claimed_at, caller_id, caller_taken)
			SELECT gen_random_uuid()::text, c.queue_id, c.campaign_id, c.contact_id, c.phone, 'outbound', 'claimed', p_node,
				p_at + p_lease, t.name, p_at, coalesce(s.number, t.caller_id), s.number IS NOT NULL
			FROM chosen c JOIN shown s ON s.queue_id = c.queue_id
			WHERE s.number IS NOT NULL OR coalesce(c.number, k.caller_pool) IS NULL
			ON CONFLICT DO NOTHING RETURNING call_id, queue_id
		), taken AS (
			UPDATE call_queue q SET status = 'calling', call_id = c.call_id, later_reason = NULL
			FROM call c WHERE q.queue_id = c.queue_id RETURNING c.call_id
		)
		SELECT (SELECT array_agg(call_id) FROM taken), (SELECT array_agg(contact_id) FROM away WHERE status = 'blocked')
			INTO more, blocked;
		made := made || more;
		IF blocked IS NOT NULL THEN
			PERFORM campaign_unqueue(blocked, p_at);
		END IF;
	END LOOP;
	RETURN made;
END
$$;

-- Take the next rows for a node and a trunk, up to p_slots: each is a call in state claimed that nobody else may dial.
CREATE FUNCTION campaign_claim(p_node text, p_trunk text, p_slots integer, p_lease interval DEFAULT '15 seconds',
	p_at timestamptz DEFAULT clock_timestamp())
	RETURNS TABLE (call_id text, phone text, caller_id text, campaign_id text, scenario text, contact_id bigint,
		queue_id bigint, ring_s integer, vars jsonb, endpoint text, talk_s integer)
	LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	t trunk;
	k campaign;
	room integer;
	free integer; -- of the room, what the campaign may use
	left_over numeric;
	more text[];
	made text[] := '{}';
BEGIN
	-- The disk is not waited for. A crash may take a claim back, and with it all that was committed behind it: a call of it
	-- that may be dialled is on the disk, and so is its claim; of the others campaign_dial finds nothing.
	PERFORM set_config('synchronous_commit', 'off', true);
	-- One at a time: so each cap is exact, and two claims never wait for each other's rows.
	PERFORM pg_advisory_xact_lock(41218790332);
	SELECT * INTO t FROM trunk WHERE name = p_trunk FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no trunk ''%''', p_trunk USING ERRCODE = 'no_data_found';
	END IF;
	left_over := campaign_tokens(t.tokens, t.cps, t.refilled_at, p_at);
	SELECT least(p_slots, floor(left_over)::integer, t.max_channels - count(*) FILTER (WHERE c.trunk = t.name),
			(SELECT n.max_channels FROM node n WHERE n.node_id = p_node) - count(*) FILTER (WHERE c.owner = p_node))
		INTO room FROM call c WHERE c.ended_at IS NULL AND c.direction = 'outbound';
	IF NOT t.enabled OR room <= 0 THEN
		RETURN;
	END IF;
	FOR k IN SELECT * FROM campaign k WHERE k.status = 'active' AND coalesce(k.trunk, t.name) = t.name
		ORDER BY k.priority DESC, k.served_at NULLS FIRST, k.campaign_id LOOP
		EXIT WHEN room <= 0;
		free := least(room, campaign_room(k, p_at));
		CONTINUE WHEN free = 0;
		more := campaign_claim_some(k, free, p_node, t, p_lease, p_at);
		CONTINUE WHEN cardinality(more) = 0;
		room := room - cardinality(more);
		made := made || more;
		UPDATE campaign c SET served_at = p_at, started_at = coalesce(c.started_at, p_at),
			gap_from = campaign_gap_from(k, p_at) + cardinality(more) * k.gap_s * interval '1 second'
			WHERE c.campaign_id = k.campaign_id;
	END LOOP;
	IF cardinality(made) = 0 THEN
		RETURN;
	END IF;
	UPDATE trunk SET tokens = left_over - cardinality(made), refilled_at = p_at WHERE name = t.name;
	RETURN QUERY SELECT c.call_id, c.phone_number, c.caller_id, c.campaign_id, coalesce(q.scenario, k.scenario), c.contact_id,
			c.queue_id, k.ring_s,
			jsonb_strip_nulls(jsonb_build_object('first_name', p.first_name, 'last_name', p.last_name, 'email', p.email,
				'company', p.company, 'notes', p.notes)) || coalesce(p.extra, '{}'),
			t.endpoint, k.talk_s
		-- OFFSET 0: looked for by its id; a plan made while there were few calls reads them all
		FROM unnest(made) AS id CROSS JOIN LATERAL (SELECT * FROM call c WHERE c.call_id = id OFFSET 0) c
		JOIN call_queue q ON q.queue_id = c.queue_id
		JOIN campaign k ON k.campaign_id = c.campaign_id LEFT JOIN contact p ON p.contact_id = c.contact_id;
END
$$;

-- ---- a call ----

-- The compare-and-set, after which and only after which the call may be dialled: true once in its life. The attempt is
-- counted here. False: do not dial; remove the channel and campaign_unclaim it.
CREATE FUNCTION campaign_dial(p_call_id text, p_node text, p_at timestamptz DEFAULT NULL) RETURNS boolean
	LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	c call;
	n node;
BEGIN
	-- Shared with other dials; a pause that was committed is seen, and one that comes waits until we have committed.
	PERFORM FROM campaign k WHERE k.campaign_id = (SELECT campaign_id FROM call WHERE call_id = p_call_id)
		AND k.status = 'active' FOR SHARE;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	SELECT * INTO c FROM call WHERE call_id = p_call_id AND state = 'claimed' AND owner = p_node AND ended_at IS NULL
		FOR UPDATE;
	p_at := coalesce(p_at, clock_timestamp()); -- now that nothing is waited for any more
	IF c.call_id IS NULL OR (c.lease_until > p_at) IS NOT TRUE
		OR (SELECT verdict FROM campaign_gate(c.queue_id, p_at)) IS DISTINCT FROM 'ok' THEN
		RETURN false;
	END IF;
	SELECT * INTO n FROM node WHERE node_id = p_node;
	-- A bulk update of contacts may hold the row for long: then campaign_conclude counts.
	UPDATE contact SET status = 'Calling', attempts = attempts + 1, last_attempt = p_at, updated_at = p_at
		WHERE contact_id = (SELECT contact_id FROM contact WHERE contact_id = c.contact_id FOR UPDATE SKIP LOCKED);
	UPDATE call SET state = 'dialing', dialed_at = p_at, started_at = p_at, asterisk_id = n.asterisk_id,
		asterisk_boot = n.asterisk_boot, contact_counted = FOUND WHERE call_id = p_call_id;
	UPDATE call_queue SET attempts = attempts + 1, last_attempt_at = p_at WHERE queue_id = c.queue_id;
	RETURN true;
END
$$;

-- It was certainly never dialled: the row is pending again and no attempt is counted. True as often as it is said.
CREATE FUNCTION campaign_unclaim(p_call_id text, p_node text, p_reason text, p_at timestamptz DEFAULT clock_timestamp(),
	p_trunk_fault boolean DEFAULT false) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	c call;
	before integer;
BEGIN
	DELETE FROM call WHERE call_id = p_call_id AND state = 'claimed' AND owner = p_node AND ended_at IS NULL
		RETURNING * INTO c;
	IF NOT FOUND THEN
		RETURN EXISTS (SELECT FROM call_undone WHERE call_id = p_call_id);
	END IF;
	SELECT count(*) INTO before FROM call_undone WHERE queue_id = c.queue_id AND undone_at > p_at - interval '1 hour';
	INSERT INTO call_undone VALUES (c.call_id, c.queue_id, c.campaign_id, c.trunk, p_node, p_reason, p_at, p_trunk_fault);
	UPDATE call_queue SET status = 'pending', call_id = NULL, error_message = p_reason,
		next_at = p_at + least(300, 2 * 2 ^ least(before, 8)) * interval '1 second' -- longer each time: no spinning
		WHERE queue_id = c.queue_id AND call_id = p_call_id;
	UPDATE caller_id SET used = used - 1 WHERE c.caller_taken AND number = c.caller_id AND used > 0
		AND used_on = (c.claimed_at AT TIME ZONE tz)::date;
	RETURN true;
END
$$;

-- ringing or answered, as the events say; a state never goes back. That somebody has answered is true, whoever owns the call.
CREATE FUNCTION campaign_state(p_call_id text, p_node text, p_state text, p_at timestamptz DEFAULT clock_timestamp())
	RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
	UPDATE call SET state = p_state, answered_at = CASE p_state WHEN 'answered' THEN p_at END
		WHERE call_id = p_call_id AND ended_at IS NULL
		AND CASE p_state WHEN 'ringing' THEN owner = p_node AND state = 'dialing'
			WHEN 'answered' THEN state IN ('dialing', 'ringing') END;
	RETURN FOUND;
END
$$;

-- What kept us from talking to who has answered, by talk_end; NULL: nothing that is known. That AudioSocket failed is told
-- only while the person is still there, and a verdict by who has taken the call.
CREATE FUNCTION campaign_unserved(p_talk_end text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN btrim(p_talk_end) IN ('FAILED', 'NOAPP') THEN 'answered, and no pipeline took it to an end'
		WHEN p_talk_end LIKE '% busy' THEN 'answered, and all lines of the pipeline were taken' END
$$;

-- How it ended, as retry_rule has it: by cause, never by dialstatus.
CREATE FUNCTION campaign_outcome(c call) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT CASE
		WHEN c.opt_out THEN 'opt_out'
		WHEN c.said ->> 'disposition' = 'Leads' THEN 'lead'
		WHEN c.said ->> 'disposition' = 'Not_interested' THEN 'refused'
		WHEN c.amd_result = 'fax' THEN 'fax'
		WHEN c.amd_result IN ('machine', 'tone') THEN 'machine'
		WHEN c.said ->> 'disposition' = 'No_answer' OR c.amd_result = 'silence' THEN 'silence'
		WHEN c.state = 'lost' THEN 'lost'
		WHEN c.answered_at IS NOT NULL AND campaign_unserved(c.talk_end) IS NOT NULL THEN 'unserved'
		WHEN c.answered_at IS NOT NULL THEN 'hangup'
		ELSE coalesce((SELECT h.outcome FROM hangup_cause h WHERE h.cause = c.hangup_cause), 'failed') END
$$;

-- When the row is to be tried again after that call; NULL: no more.
CREATE FUNCTION campaign_retry_at(c call, q call_queue) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
	k campaign;
	r retry_rule;
	p contact;
	before integer;
	delay numeric;
	t timestamptz;
BEGIN
	SELECT * INTO k FROM campaign WHERE campaign_id = c.campaign_id;
	SELECT * INTO r FROM retry_rule WHERE campaign_id IN (c.campaign_id, '') AND outcome = c.outcome
		ORDER BY campaign_id = '' LIMIT 1;
	IF NOT FOUND OR q.attempts >= coalesce(q.max_attempts, k.max_attempts)
		OR k.status NOT IN ('active', 'paused', 'completed')
		OR c.state = 'lost' AND c.answered_at IS NOT NULL THEN -- they may have talked
		RETURN NULL;
	END IF;
	SELECT count(*) INTO before FROM call WHERE queue_id = c.queue_id AND outcome = c.outcome AND call_id <> c.call_id;
	IF before >= r.max THEN
		RETURN NULL;
	END IF;
	delay := coalesce(r.delay_s, k.retry_s) * r.factor ^ before;
	-- by chance, but the same whenever it is computed
	delay := delay * (1 + r.jitter * (hashtextextended(c.call_id, 0) & 65535) / 65536);
	t := c.ended_at + least(delay, 2592000) * interval '1 second';
	SELECT * INTO p FROM contact WHERE contact_id = c.contact_id;
	IF NOT r.same_slot THEN
		t := greatest(t, (SELECT until FROM campaign_window(p.country, p.tz, c.ended_at)));
	END IF;
	RETURN (SELECT next FROM campaign_window(p.country, p.tz, t));
END
$$;

-- Campaigns that were completed, and have rows again: the last call was over before it was known what was said in it, or they
-- came in just that moment. The last thing of a transaction that has locked calls, rows or contacts; it waits for nobody, and
-- what it passes over is seen to by campaign_settle.
CREATE FUNCTION campaign_reopen() RETURNS void LANGUAGE sql AS $$
	UPDATE campaign SET status = 'active', status_reason = 'a call is to be made again', ended_at = NULL
		WHERE campaign_id IN (SELECT k.campaign_id FROM campaign k WHERE k.status = 'completed'
			AND EXISTS (SELECT FROM call_queue q WHERE q.campaign_id = k.campaign_id AND q.status = 'pending') FOR UPDATE SKIP LOCKED)
$$;

-- What a call that is over means for its row and its contact. Done again, as when a result comes late, it does the same.
CREATE FUNCTION campaign_conclude(p_call_id text, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	c call;
	q call_queue;
	word text; -- for the contact
	again timestamptz;
BEGIN
	SELECT * INTO c FROM call WHERE call_id = p_call_id; -- which the caller has locked
	c.outcome := campaign_outcome(c);
	word := CASE WHEN c.outcome = 'lead' THEN 'Leads' WHEN c.outcome IN ('refused', 'opt_out', 'hangup') THEN 'Not_interested'
		ELSE 'No_answer' END;
	UPDATE call SET outcome = c.outcome, disposition = word, contact_counted = true WHERE call_id = p_call_id;
	SELECT * INTO q FROM call_queue WHERE queue_id = c.queue_id FOR UPDATE;
	IF FOUND AND q.call_id = p_call_id AND q.status <> 'blocked' THEN
		again := CASE WHEN word = 'No_answer' THEN campaign_retry_at(c, q) END;
		UPDATE call_queue SET status = CASE WHEN word <> 'No_answer' THEN 'completed' WHEN again IS NULL THEN 'failed'
				ELSE 'pending' END,
			next_at = coalesce(again, next_at), later_reason = NULL,
			error_message = CASE WHEN word = 'No_answer' THEN concat_ws(': ', c.outcome, c.hangup_text) END
			WHERE queue_id = c.queue_id;
	END IF;
	UPDATE contact SET
		status = CASE WHEN c.dialed_at >= coalesce(last_attempt, '-infinity') THEN word ELSE status END,
		attempts = attempts + CASE WHEN c.contact_counted THEN 0 ELSE 1 END,
		last_attempt = greatest(last_attempt, c.dialed_at),
		refused_at = CASE WHEN c.outcome IN ('refused', 'opt_out') THEN greatest(refused_at, c.ended_at) ELSE refused_at END,
		slot_wish = coalesce(c.said ->> 'slot', slot_wish),
		call_duration = coalesce(c.billsec, call_duration), updated_at = p_at
		WHERE contact_id = c.contact_id;
END
$$;

-- It is over, as ChannelDestroyed says. True once: what is said again changes nothing.
CREATE FUNCTION campaign_finish(p_call_id text, p_cause integer, p_tech_cause text DEFAULT NULL, p_cause_txt text DEFAULT NULL,
	p_amd_result text DEFAULT NULL, p_amd_cause text DEFAULT NULL, p_at timestamptz DEFAULT clock_timestamp(),
	p_talk_end text DEFAULT NULL) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	c call;
BEGIN
	SELECT * INTO c FROM call WHERE call_id = p_call_id AND ended_at IS NULL AND queue_id IS NOT NULL FOR UPDATE;
	IF NOT FOUND THEN
		RETURN false;
	ELSIF c.state = 'claimed' THEN -- the channel that the fence removed
		RETURN campaign_unclaim(p_call_id, c.owner, coalesce(p_cause_txt, 'the channel is gone'), p_at);
	END IF;
	UPDATE call SET state = 'ended', ended_at = greatest(p_at, dialed_at), lease_until = NULL,
		hangup_cause = p_cause, talk_end = nullif(p_talk_end, ''),
		hangup_text = coalesce(CASE WHEN answered_at IS NOT NULL THEN campaign_unserved(p_talk_end) END, p_cause_txt,
			(SELECT words FROM hangup_cause h WHERE h.cause = p_cause)),
		cause = coalesce(cause, p_cause_txt, p_cause::text), tech_cause = coalesce(p_tech_cause, tech_cause),
		amd_result = coalesce(nullif(lower(p_amd_result), ''), amd_result), amd_cause = coalesce(nullif(p_amd_cause, ''), amd_cause),
		status = coalesce(status, CASE WHEN answered_at IS NULL THEN 'failed' ELSE 'completed' END),
		duration = coalesce(duration, extract(epoch FROM greatest(p_at, dialed_at) - dialed_at)),
		billsec = coalesce(billsec, extract(epoch FROM greatest(p_at, answered_at) - answered_at))
		WHERE call_id = p_call_id;
	PERFORM campaign_conclude(p_call_id, p_at);
	RETURN true;
END
$$;

-- What Asterisk has written of a call into its table cdr, where there is one with an index on uniqueid: the cause that its
-- disposition is worth, and the seconds of talk. NULL: nothing, or FAILED, which may be anything.
CREATE FUNCTION campaign_cdr(p_call_id text, OUT cause integer, OUT talk_s numeric) LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
			WHERE i.indrelid = to_regclass('cdr') AND a.attname = 'uniqueid') THEN
		EXECUTE 'SELECT CASE disposition WHEN ''ANSWERED'' THEN 16 WHEN ''BUSY'' THEN 17 WHEN ''NO ANSWER'' THEN 19'
			' WHEN ''CONGESTION'' THEN 34 END, greatest(billsec, 0) FROM cdr WHERE uniqueid = $1'
			' ORDER BY disposition = ''ANSWERED'' DESC LIMIT 1' INTO cause, talk_s USING p_call_id;
	END IF;
EXCEPTION WHEN syntax_error_or_access_rule_violation OR data_exception THEN
	NULL; -- it is another table of that name, or its columns are of other types
END
$$;

-- Nobody can say how it ended, but a table of Asterisk. It counts as an attempt; one that was never dialled is unclaimed.
CREATE FUNCTION campaign_lost(p_call_id text, p_node text, p_reason text, p_at timestamptz DEFAULT clock_timestamp())
	RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	c call;
	written record;
BEGIN
	SELECT * INTO c FROM call WHERE call_id = p_call_id AND owner = p_node AND ended_at IS NULL AND queue_id IS NOT NULL FOR UPDATE;
	IF NOT FOUND THEN
		RETURN false;
	ELSIF c.state = 'claimed' THEN
		RETURN campaign_unclaim(p_call_id, p_node, p_reason, p_at);
	END IF;
	SELECT * INTO written FROM campaign_cdr(p_call_id);
	IF written.cause = 16 OR c.answered_at IS NULL AND written.cause IS NOT NULL THEN
		UPDATE call SET answered_at = CASE written.cause WHEN 16 THEN coalesce(answered_at,
				greatest(dialed_at, p_at - written.talk_s * interval '1 second')) END,
			billsec = coalesce(billsec, CASE written.cause WHEN 16 THEN written.talk_s END) WHERE call_id = p_call_id;
		RETURN campaign_finish(p_call_id, written.cause, p_at => p_at);
	END IF;
	UPDATE call SET state = 'lost', ended_at = greatest(p_at, dialed_at), lease_until = NULL, hangup_text = p_reason,
		cause = coalesce(cause, p_reason),
		status = coalesce(status, CASE WHEN answered_at IS NULL THEN 'failed' ELSE 'completed' END) WHERE call_id = p_call_id;
	PERFORM campaign_conclude(p_call_id, p_at);
	RETURN true;
END
$$;

-- What the agent says about the talk, before or after the call is over; once or often. Only a yes that was said is a
-- lead: silence or a hang-up has no disposition. An opt-out is in force when this is committed. False: nothing new. Who says
-- it of several calls in one transaction goes by contact, and ends with campaign_reopen.
CREATE FUNCTION campaign_result(p_call_id text, p_disposition text, p_interested boolean DEFAULT NULL, p_slot text DEFAULT NULL,
	p_opt_out boolean DEFAULT false, p_final_sentiment text DEFAULT NULL, p_at timestamptz DEFAULT clock_timestamp(),
	p_opt_out_by text DEFAULT 'voice') RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	c call;
	word text := callpipe_status(p_disposition);
	new jsonb;
BEGIN
	SELECT * INTO c FROM call WHERE call_id = p_call_id AND queue_id IS NOT NULL AND state <> 'claimed' FOR UPDATE;
	word := CASE WHEN p_opt_out THEN 'Not_interested' -- of a lead, interested may be false: who was not sure
		WHEN word IN ('Leads', 'Not_interested', 'No_answer') THEN word
		WHEN p_interested THEN 'Leads' WHEN NOT p_interested THEN 'Not_interested' END;
	new := jsonb_strip_nulls(jsonb_build_object('disposition', word, 'interested', p_interested, 'slot', nullif(p_slot, ''),
		'opt_out', coalesce(p_opt_out, false) OR coalesce(c.opt_out, false), 'sentiment', callpipe_sentiment(p_final_sentiment)));
	IF c.call_id IS NULL OR c.said = new THEN
		RETURN false;
	END IF;
	UPDATE call SET said = new, is_interested = p_interested, slot_wish = nullif(p_slot, ''),
		opt_out = (new ->> 'opt_out')::boolean, answered_at = coalesce(answered_at, dialed_at),
		final_sentiment = (SELECT s FROM callpipe_sentiment(p_final_sentiment) s
			WHERE s IN ('positive', 'negative', 'neutral', 'interrogative'))
		WHERE call_id = p_call_id;
	IF (new ->> 'opt_out')::boolean AND c.phone_number IS NOT NULL THEN
		INSERT INTO dnc (phone, reason, added_at, call_id) VALUES (c.phone_number,
			CASE p_opt_out_by WHEN 'dtmf' THEN 'dtmf' ELSE 'voice' END, p_at, p_call_id)
			ON CONFLICT (phone, scope) DO UPDATE SET expires_at = NULL WHERE dnc.expires_at IS NOT NULL;
	END IF;
	IF c.ended_at IS NOT NULL THEN
		PERFORM campaign_conclude(p_call_id, p_at);
	END IF;
	RETURN true;
END
$$;

-- ---- nodes ----

-- The node lives, and so do its calls: how many. Rows that are being changed renew themselves.
CREATE FUNCTION campaign_beat(p_node text, p_host text, p_pid integer, p_boot_id text, p_max_channels integer,
	p_lease interval DEFAULT '15 seconds', p_at timestamptz DEFAULT clock_timestamp(), p_asterisk_id text DEFAULT NULL,
	p_asterisk_boot timestamptz DEFAULT NULL) RETURNS integer LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	n integer;
BEGIN
	INSERT INTO node VALUES (p_node, p_host, p_pid, p_boot_id, p_max_channels, p_asterisk_id, p_asterisk_boot, p_at, p_at)
		ON CONFLICT (node_id) DO UPDATE SET host = p_host, pid = p_pid, boot_id = p_boot_id, max_channels = p_max_channels,
			asterisk_id = coalesce(p_asterisk_id, node.asterisk_id), asterisk_boot = coalesce(p_asterisk_boot, node.asterisk_boot),
			started_at = CASE WHEN (node.pid, node.boot_id) IS DISTINCT FROM (p_pid, p_boot_id) THEN p_at ELSE node.started_at END,
			heartbeat_at = p_at;
	UPDATE call SET lease_until = p_at + p_lease WHERE call_id IN (SELECT call_id FROM call
		WHERE owner = p_node AND ended_at IS NULL AND direction = 'outbound' FOR UPDATE SKIP LOCKED);
	GET DIAGNOSTICS n = ROW_COUNT;
	PERFORM campaign_settle(p_at);
	RETURN n;
END
$$;

-- Take over what another node has left: its lease is over, or so far off that the clock has gone back since. What was
-- dialled, only if it was by the Asterisk of the node: another one does not have its channel, and would say that it is gone.
-- What should have ended ten minutes ago at the latest, by the longest ring and talk of its campaign, anybody may have:
-- its Asterisk stays away, and nobody is to be in a call for ever. asterisk_id: only that of the node.
CREATE FUNCTION campaign_expired(p_node text, p_lease interval DEFAULT '15 seconds', p_at timestamptz DEFAULT clock_timestamp())
	RETURNS TABLE (call_id text, state text, asterisk_id text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	n node;
BEGIN
	SELECT * INTO n FROM node WHERE node_id = p_node;
	RETURN QUERY
	WITH old AS MATERIALIZED (SELECT c.call_id FROM call c
		WHERE c.ended_at IS NULL AND c.direction = 'outbound' AND c.queue_id IS NOT NULL
		AND ((c.lease_until <= p_at OR c.lease_until > p_at + 4 * greatest(p_lease, interval '30 seconds'))
				AND (c.state = 'claimed' OR c.asterisk_id IS NULL OR c.asterisk_id = n.asterisk_id)
			OR c.owner IS DISTINCT FROM p_node AND p_at > c.dialed_at + interval '10 minutes' + (SELECT k.ring_s + k.talk_s
				FROM campaign k WHERE k.campaign_id = c.campaign_id) * interval '1 second')
		ORDER BY c.lease_until LIMIT 200 FOR UPDATE SKIP LOCKED)
	UPDATE call c SET owner = p_node, lease_until = p_at + p_lease FROM old WHERE c.call_id = old.call_id
		RETURNING c.call_id, c.state, CASE WHEN c.asterisk_id = n.asterisk_id THEN c.asterisk_id END;
END
$$;

-- ---- campaigns ----

-- From one status to another; what is not allowed is an error. True: it was changed. stopping becomes stopped by itself,
-- once no call is left: campaign_settle sees to it.
CREATE FUNCTION campaign_move(p_campaign_id text, p_to text, p_reason text DEFAULT NULL,
	p_at timestamptz DEFAULT clock_timestamp()) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	now_is text;
BEGIN
	SELECT status INTO now_is FROM campaign WHERE campaign_id = p_campaign_id FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no campaign ''%''', p_campaign_id USING ERRCODE = 'no_data_found';
	ELSIF now_is = p_to THEN
		RETURN false;
	ELSIF NOT (now_is, p_to) IN (('draft', 'pending'), ('draft', 'active'), ('draft', 'stopping'), ('pending', 'active'),
		('pending', 'stopping'), ('active', 'paused'), ('active', 'stopping'), ('paused', 'active'),
		('paused', 'stopping'), ('completed', 'active')) THEN
		RAISE EXCEPTION 'a campaign that is % cannot become %', now_is, p_to USING ERRCODE = 'check_violation';
	END IF;
	UPDATE campaign SET status = p_to, status_reason = p_reason,
		started_at = CASE WHEN p_to = 'active' THEN coalesce(started_at, p_at) ELSE started_at END,
		resumed_at = CASE WHEN p_to = 'active' THEN p_at ELSE resumed_at END,
		ended_at = NULL WHERE campaign_id = p_campaign_id;
	IF p_to = 'stopping' THEN
		PERFORM campaign_settle(p_at);
	END IF;
	RETURN true;
END
$$;

-- Rows of a campaign that is not to call them any more, p_n at a time: how many they were.
CREATE FUNCTION campaign_clear(p_campaign_id text, p_at timestamptz DEFAULT clock_timestamp(), p_n integer DEFAULT 5000)
	RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	contacts bigint[];
BEGIN
	WITH gone AS (UPDATE call_queue q SET status = 'failed', later_reason = NULL,
			error_message = concat_ws(': ', 'the campaign was stopped', k.status_reason)
		FROM campaign k WHERE k.campaign_id = p_campaign_id AND q.queue_id IN (SELECT l.queue_id FROM call_queue l
			WHERE l.campaign_id = p_campaign_id AND l.status = 'pending' LIMIT p_n FOR UPDATE SKIP LOCKED)
		RETURNING q.contact_id)
	SELECT array_agg(contact_id) INTO contacts FROM gone;
	PERFORM campaign_unqueue(contacts, p_at);
	RETURN coalesce(cardinality(contacts), 0);
END
$$;

-- Campaigns that have nothing left to call are completed; those that were stopping are stopped. How many. Rows that came
-- just then, of a launch or a late result, are seen to the next time.
CREATE FUNCTION campaign_settle(p_at timestamptz DEFAULT clock_timestamp()) RETURNS integer LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	n integer;
	held bigint[];
BEGIN
	WITH held AS (DELETE FROM contact_held WHERE contact_id IN (SELECT contact_id FROM contact_held FOR UPDATE SKIP LOCKED)
		RETURNING contact_id)
	SELECT array_agg(contact_id) INTO held FROM held;
	IF held IS NOT NULL THEN
		PERFORM campaign_unqueue(held, p_at);
	END IF;
	PERFORM campaign_clear(k.campaign_id, p_at) FROM campaign k WHERE k.status IN ('stopping', 'stopped')
		AND EXISTS (SELECT FROM call_queue q WHERE q.campaign_id = k.campaign_id AND q.status = 'pending');
	PERFORM campaign_reopen();
	DELETE FROM call_undone WHERE undone_at < p_at - interval '30 days';
	-- whose call somebody deleted
	UPDATE call_queue SET status = 'failed', error_message = 'its call is gone' WHERE queue_id IN (SELECT q.queue_id
		FROM call_queue q WHERE q.status = 'calling'
		AND NOT EXISTS (SELECT FROM call c WHERE c.call_id = q.call_id AND c.ended_at IS NULL) FOR UPDATE SKIP LOCKED);
	UPDATE campaign SET status = CASE status WHEN 'stopping' THEN 'stopped' ELSE 'completed' END, ended_at = p_at
		WHERE campaign_id IN (SELECT k.campaign_id FROM campaign k WHERE k.status IN ('active', 'stopping')
			AND NOT EXISTS (SELECT FROM call_queue q WHERE q.campaign_id = k.campaign_id AND q.status = 'calling')
			AND NOT EXISTS (SELECT FROM call_queue q WHERE q.campaign_id = k.campaign_id AND q.status = 'pending')
			AND (k.status = 'stopping' OR EXISTS (SELECT FROM call_queue q WHERE q.campaign_id = k.campaign_id))
			FOR UPDATE SKIP LOCKED);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$$;

-- Pause the campaigns to which a trunk, or what is to talk to those who answer, fails too much, by the figures of each: their ids.
CREATE FUNCTION campaign_trunk_check(p_trunk text, p_at timestamptz DEFAULT clock_timestamp()) RETURNS SETOF text
	LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	k record;
BEGIN
	FOR k IN SELECT c.campaign_id, f.n, f.bad, f.words, c.breaker_s FROM campaign c, LATERAL (
			SELECT count(*) AS n, count(*) FILTER (WHERE x.bad) AS bad, mode() WITHIN GROUP (ORDER BY x.words) FILTER (WHERE x.bad) AS words
			FROM (SELECT CASE WHEN e.answered_at IS NULL THEN coalesce(h.trunk_fault, false)
						ELSE e.outcome = 'unserved' OR coalesce(e.talk_end LIKE '% error', false) END AS bad,
					CASE WHEN e.talk_end LIKE '% error' THEN 'answered, and the pipeline failed' ELSE e.hangup_text END AS words
					FROM call e LEFT JOIN hangup_cause h ON h.cause = e.hangup_cause
					WHERE e.trunk = p_trunk AND e.ended_at <= p_at AND e.state = 'ended'
					AND e.ended_at > greatest(p_at - c.breaker_s * interval '1 second', c.resumed_at)
				UNION ALL SELECT true, u.reason FROM call_undone u WHERE u.trunk = p_trunk AND u.trunk_fault
					AND u.undone_at <= p_at AND u.undone_at > greatest(p_at - c.breaker_s * interval '1 second', c.resumed_at)) x) f
		WHERE c.status = 'active' AND coalesce(c.trunk, p_trunk) = p_trunk
		AND f.n >= c.breaker_calls AND f.bad > 0 AND f.bad >= f.n * c.breaker_share
		AND (EXISTS (SELECT FROM call e WHERE e.campaign_id = c.campaign_id AND e.trunk = p_trunk
				AND e.ended_at > p_at - c.breaker_s * interval '1 second')
			OR EXISTS (SELECT FROM call_undone u WHERE u.campaign_id = c.campaign_id AND u.trunk = p_trunk
				AND u.undone_at > p_at - c.breaker_s * interval '1 second')) LOOP
		PERFORM campaign_move(k.campaign_id, 'paused', format('trunk %s: %s of %s calls failed in %s s (%s)', p_trunk,
			k.bad, k.n, k.breaker_s, k.words), p_at);
		RETURN NEXT k.campaign_id;
	END LOOP;
END
$$;

-- Counters of each campaign.
CREATE VIEW campaign_count AS
	SELECT k.campaign_id, q.*, c.* FROM campaign k,
	LATERAL (SELECT count(*) AS total, count(*) FILTER (WHERE status = 'pending') AS pending,
		count(*) FILTER (WHERE status = 'calling') AS calling, count(*) FILTER (WHERE status = 'completed') AS completed,
		count(*) FILTER (WHERE status = 'failed') AS failed, count(*) FILTER (WHERE status = 'blocked') AS blocked
		FROM call_queue q WHERE q.campaign_id = k.campaign_id) q,
	LATERAL (SELECT count(*) FILTER (WHERE dialed_at IS NOT NULL) AS attempts, count(answered_at) AS answered,
		count(*) FILTER (WHERE disposition = 'Leads') AS leads, count(*) FILTER (WHERE disposition = 'Not_interested') AS not_interested,
		count(*) FILTER (WHERE disposition = 'No_answer') AS no_answer, count(*) FILTER (WHERE state = 'lost') AS lost,
		count(*) FILTER (WHERE opt_out) AS opt_outs, round(avg(billsec), 1) AS average_s,
		count(*) FILTER (WHERE outcome = 'machine') AS machines
		FROM call c WHERE c.campaign_id = k.campaign_id AND c.queue_id IS NOT NULL) c;

-- Who is found to live elsewhere waits for the hours there: what the gate has put off is asked again. Rows that somebody
-- holds are of a call, or of a claim.
CREATE FUNCTION campaign_rezone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE call_queue SET zone = campaign_zone(NEW.country, NEW.tz),
		next_at = CASE WHEN later_reason IS NOT NULL THEN least(next_at, now()) ELSE next_at END
		WHERE queue_id IN (SELECT q.queue_id FROM campaign k JOIN call_queue q ON q.campaign_id = k.campaign_id
			WHERE q.contact_id = NEW.contact_id AND q.status = 'pending' AND q.zone <> '' FOR UPDATE OF q SKIP LOCKED);
	RETURN NULL;
END
$$;
CREATE TRIGGER rezone AFTER UPDATE OF country, tz ON contact FOR EACH ROW
	WHEN (OLD.tz IS DISTINCT FROM NEW.tz OR OLD.country IS DISTINCT FROM NEW.country) EXECUTE FUNCTION campaign_rezone();

-- ---- what wakes a dispatcher: NOTIFY callpipe_campaign, with the campaign where there is one ----

CREATE FUNCTION campaign_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('callpipe_campaign', CASE TG_TABLE_NAME WHEN 'campaign' THEN to_jsonb(NEW) ->> 'campaign_id' ELSE '' END);
	RETURN NULL;
END
$$;
CREATE TRIGGER wake AFTER INSERT OR UPDATE OF status, max_channels, gap_s, priority, trunk, caller_id, caller_pool ON campaign
	FOR EACH ROW EXECUTE FUNCTION campaign_wake();
CREATE TRIGGER wake AFTER INSERT ON call_queue FOR EACH STATEMENT EXECUTE FUNCTION campaign_wake();
CREATE TRIGGER wake AFTER INSERT OR UPDATE OF max_channels, cps, enabled ON trunk
	FOR EACH STATEMENT EXECUTE FUNCTION campaign_wake();

-- Plans that are made once and do not hang on what the tables held then: tables of a million rows were empty when a
-- dispatcher began. Every look is one into an index. Only those that are called from outside: what they call has the same.
DO $$
DECLARE
	f regprocedure;
BEGIN
	FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname IN ('campaign_gate',
		'campaign_gates', 'campaign_claim', 'campaign_dial', 'campaign_unclaim', 'campaign_state',
		'campaign_finish', 'campaign_lost', 'campaign_result', 'campaign_beat', 'campaign_expired', 'campaign_settle',
		'campaign_reopen', 'campaign_trunk_check') LOOP
		EXECUTE format('ALTER FUNCTION %s SET plan_cache_mode = force_generic_plan SET enable_seqscan = off'
			' SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off', f);
	END LOOP;
END
$$;
