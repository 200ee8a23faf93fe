-- Notes each row that a transaction holds, and raises an error when one is waited for out of turn: after a row that stands
-- behind it. docs/STORE.md says why each stands where it does.
CREATE SCHEMA lock_order;
GRANT USAGE ON SCHEMA lock_order TO PUBLIC;

-- Counts what was out of turn: a sequence is not rolled back.
CREATE SEQUENCE lock_order.broken;
GRANT USAGE ON SEQUENCE lock_order.broken TO PUBLIC;

-- Everything that is held or changed, in order, with its key. Whoever changes a row that stands `under` another one, or under a
-- `word`, holds that one, found through its own columns, so that nobody ever waits for it.
CREATE TABLE lock_order.places (
    place   SMALLINT GENERATED ALWAYS AS IDENTITY,
    rows    TEXT PRIMARY KEY,
    keys    TEXT[] NOT NULL,
    under   TEXT REFERENCES lock_order.places (rows),
    word    TEXT,
    through TEXT[]
);
GRANT SELECT ON lock_order.places TO PUBLIC;
INSERT INTO lock_order.places (rows, keys, under, word, through) VALUES
    ('words', '{word}', NULL, NULL, NULL),
    ('tallies', '{name}', 'words', 'tally', '{name}'),
    ('account_pause', '{id}', 'words', 'account', '{}'),
    ('settings', '{name}', NULL, NULL, NULL),
    ('nodes', '{id}', NULL, NULL, NULL),
    ('carrier_outage', '{id}', NULL, NULL, NULL),
    ('api_tokens', '{id}', NULL, NULL, NULL),
    ('arrivals', '{carrier_account,carrier_id}', NULL, NULL, NULL),
    ('messages', '{id}', NULL, NULL, NULL),
    ('lines', '{id}', NULL, NULL, NULL),
    ('line_members', '{line_id,person_id}', 'lines', NULL, '{line_id}'),
    ('line_texts', '{line_id,name}', 'lines', NULL, '{line_id}'),
    ('sign_in_failures', '{id}', NULL, NULL, NULL),
    ('people', '{id}', NULL, NULL, NULL),
    ('links', '{token_hash}', 'people', NULL, '{person_id}'),
    ('phone_codes', '{id}', 'words', 'people', '{}'),
    ('sessions', '{token_hash}', NULL, NULL, NULL),
    ('devices', '{token_hash,person_id}', NULL, NULL, NULL),
    ('starts', '{id}', NULL, NULL, NULL),
    ('customers', '{id}', NULL, NULL, NULL),
    ('line_blocks', '{customer_id,line_id}', 'customers', NULL, '{customer_id}'),
    ('customer_tags', '{customer_id,tag}', 'customers', NULL, '{customer_id}'),
    ('customer_words', '{word,customer_id}', 'customers', NULL, '{customer_id}'),
    ('conversations', '{id}', NULL, NULL, NULL),
    ('legs', '{id}', 'conversations', NULL, '{conversation_id}'),
    ('pairs', '{conversation_id}', 'conversations', NULL, '{conversation_id}'),
    ('pair_references', '{id}', 'conversations', NULL, '{conversation_id}'),
    ('planned_replies', '{id}', 'conversations', NULL, '{conversation_id}'),
    ('conversation_labels', '{conversation_id,label_id}', NULL, NULL, NULL),
    ('conversation_people', '{person_id,conversation_id}', NULL, NULL, NULL),
    ('mentions', '{message_id,person_id}', NULL, NULL, NULL),
    ('drafts', '{person_id,conversation_id}', NULL, NULL, NULL),
    ('presences', '{conversation_id,person_id}', NULL, NULL, NULL),
    ('deliveries', '{id}', NULL, NULL, NULL),
    ('attempts', '{id}', 'deliveries', NULL, '{delivery_id}'),
    ('pool_orders', '{id}', NULL, NULL, NULL),
    ('pool_refusals', '{phone,wanted_by}', NULL, NULL, NULL),
    ('numbers', '{id}', NULL, NULL, NULL),
    ('sender_refusals', '{number_id,phone}', 'numbers', NULL, '{number_id}'),
    ('lanes', '{id}', NULL, NULL, NULL),
    ('paces', '{number_id,session}', NULL, NULL, NULL),
    ('pool_peaks', '{day,country}', NULL, NULL, NULL),
    ('changes', '{id}', NULL, NULL, NULL),
    ('endpoints', '{id}', NULL, NULL, NULL),
    ('event_posts', '{endpoint_id,event_id}', 'endpoints', NULL, '{endpoint_id}'),
    ('api_events', '{id}', NULL, NULL, NULL),
    ('idempotency_keys', '{app_id,key}', NULL, NULL, NULL),
    ('labels', '{id}', NULL, NULL, NULL),
    ('canned_replies', '{id}', NULL, NULL, NULL),
    ('saved_searches', '{id}', NULL, NULL, NULL),
    ('sign_in_refusals', '{hour,person_id,origin,kind}', NULL, NULL, NULL),
    ('carrier_clock', '{id}', NULL, NULL, NULL),
    ('postings', '{word,first}', NULL, NULL, NULL);

-- The key of a row as a text that sorts as the key does.
CREATE FUNCTION lock_order.key(of JSONB, keys TEXT[]) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(CASE jsonb_typeof(of -> k.name) WHEN 'number' THEN lpad(of ->> k.name, 20, '0') ELSE of ->> k.name END,
        '/' ORDER BY k.at) FROM unnest(keys) WITH ORDINALITY AS k (name, at)
$$;

-- What is held stands in two settings that end with the transaction: all of it, one row a line, and the last in order.
CREATE FUNCTION lock_order.hold(what TEXT, this JSONB, waits BOOLEAN) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE
    it      lock_order.places;
    key     TEXT;
    place   TEXT;
    held    TEXT := COALESCE(current_setting('lock_order.held', TRUE), '');
    latest  TEXT := COALESCE(current_setting('lock_order.latest', TRUE), '');
    guard   TEXT;
    trouble TEXT;
    own     BOOLEAN := FALSE;
BEGIN
    -- By hand, in tests.
    IF current_setting('lock_order.unwatched', TRUE) = 'yes' THEN
        RETURN TRUE;
    END IF;
    -- Each session adds to a row of its own.
    IF what = 'spending' AND (this ->> 'node')::BIGINT / 1024 = pg_backend_pid() THEN
        RETURN TRUE;
    END IF;
    IF what = 'paces' AND (this ->> 'session')::BIGINT = pg_backend_pid() THEN
        RETURN TRUE;
    END IF;
    -- Whoever makes the lists for searching does so alone.
    IF (what = 'postings' OR (what = 'settings' AND this ->> 'name' LIKE 'search.%')) AND strpos(held, ' words search') > 0 THEN
        RETURN TRUE;
    END IF;
    -- What a conversation found no mask for is changed by whoever holds that conversation.
    IF what = 'pool_refusals' AND this ->> 'wanted_by' LIKE 'conversation %'
        AND strpos(held, ' conversations ' || lpad(split_part(this ->> 'wanted_by', ' ', 2), 20, '0') || E'\n') > 0 THEN
        RETURN TRUE;
    END IF;
    SELECT * INTO it FROM lock_order.places WHERE rows = what;
    IF NOT FOUND THEN
        trouble := 'has no place';
    ELSE
        key := lock_order.key(this, it.keys);
        place := lpad(it.place::TEXT, 3, '0') || ' ' || what || ' ' || key;
        IF strpos(held, E'\n' || place || E'\n') > 0 THEN
            RETURN TRUE;
        END IF;
        IF it.under IS NOT NULL THEN
            guard := it.under || ' ' || COALESCE(it.word || ' ', '') || COALESCE(lock_order.key(this, it.through), '');
            IF strpos(held, ' ' || guard || E'\n') > 0 THEN
                RETURN TRUE;
            END IF;
        END IF;
        IF guard IS NOT NULL AND waits THEN
            trouble := 'without ' || guard;
        ELSIF waits AND place COLLATE "C" < latest COLLATE "C" THEN
            trouble := 'after ' || latest;
        END IF;
    END IF;
    IF trouble IS NOT NULL THEN
        -- Nobody else knows of a row that this transaction has made.
        IF key IS NOT NULL AND what NOT IN ('words', 'lanes') THEN
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I t WHERE lock_order.key(to_jsonb(t), $1) = $2 '
                'AND t.xmin = pg_current_xact_id()::xid)', what) INTO own USING it.keys, key;
        END IF;
        IF own THEN
            RETURN TRUE;
        END IF;
        PERFORM nextval('lock_order.broken');
        RAISE EXCEPTION 'out of turn in %: % % %', current_database(), what, key, trouble
            USING DETAIL = 'held:' || replace(held, E'\n', '; ');
    END IF;
    PERFORM set_config('lock_order.held', CASE WHEN held = '' THEN E'\n' ELSE held END || place || E'\n', TRUE);
    IF place COLLATE "C" > latest COLLATE "C" THEN
        PERFORM set_config('lock_order.latest', place, TRUE);
    END IF;
    RETURN TRUE;
END $$;

CREATE FUNCTION lock_order.on_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_order.hold(TG_TABLE_NAME, to_jsonb(OLD), TRUE);
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

-- After the triggers that keep ledgers as they are, which come first by their names. Tests that reach into a database by sessions of their own are not watched.
DO $$
DECLARE
    one TEXT;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_sqlx_migrations' LOOP
        EXECUTE format('CREATE TRIGGER watch BEFORE UPDATE OR DELETE ON %I FOR EACH ROW '
            'WHEN (current_setting(''application_name'') = ''switchboard'') EXECUTE FUNCTION lock_order.on_change()', one);
    END LOOP;
END $$;
