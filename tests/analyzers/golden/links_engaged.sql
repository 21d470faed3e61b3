-- engaged_visits from message: Each person once for each subject or thread and slot of time
SELECT person_id, what, slot, min(time) AS first, max(time) AS last FROM (SELECT person_id, concat('subject ', lower(trim(subject))) AS what, time, CAST(floor(unix_micros(time) / 604800000000.0e0) AS BIGINT) AS slot FROM message WHERE person_id IS NOT NULL AND time IS NOT NULL AND coalesce(direction, 'public') <> 'out' AND trim(subject) <> '' UNION ALL SELECT person_id, concat('thread ', thread_id), time, CAST(floor(unix_micros(time) / 604800000000.0e0) AS BIGINT) FROM message WHERE person_id IS NOT NULL AND time IS NOT NULL AND coalesce(direction, 'public') <> 'out' AND thread_id <> '') spoke GROUP BY person_id, what, slot

-- engaged_crowds (kept) from engaged_visits: Where everybody is, nobody meets
SELECT what, slot, CAST(count(*) AS BIGINT) AS people FROM engaged_visits GROUP BY what, slot HAVING count(*) > 50

-- engaged_few from engaged_visits, engaged_crowds: Without the crowds
SELECT v.person_id, v.what, v.slot, v.first, v.last FROM engaged_visits v WHERE NOT EXISTS (SELECT 1 FROM engaged_crowds c WHERE c.what = v.what AND c.slot = v.slot)

-- engaged_met from engaged_few: Two who spoke of the same within the window
SELECT least(a.person_id, b.person_id) AS one, greatest(a.person_id, b.person_id) AS other, a.what, max(greatest(a.first, b.first)) AS time FROM engaged_few a JOIN engaged_few b ON b.what = a.what AND a.person_id <> b.person_id AND (b.slot = a.slot OR (b.slot = a.slot + 1 AND unix_micros(b.first) - unix_micros(a.last) <= 604800000000.0e0)) GROUP BY least(a.person_id, b.person_id), greatest(a.person_id, b.person_id), a.what

-- engaged_ties from engaged_met: One each way; everybody shares one link among those they met over a subject
SELECT from_id, to_id, time, 1e0 / count(*) OVER (PARTITION BY from_id, what) AS weight FROM (SELECT one AS from_id, other AS to_id, what, time FROM engaged_met UNION ALL SELECT other, one, what, time FROM engaged_met) ways

-- links_aliases from account, message: Pseudonyms of handles, and the people whose they are
SELECT alias, min(person_id) AS person_id FROM (SELECT 'p_' || left(md5('sonnim-person:' || nullif(lower(trim(source_id)), '')), 16) AS alias, person_id FROM account UNION ALL SELECT 'p_' || left(md5('sonnim-person:' || nullif(lower(trim(person_id)), '')), 16), person_id FROM message) named WHERE alias IS NOT NULL AND person_id IS NOT NULL GROUP BY alias

-- links_company from person, message, links_aliases: Accounts of the company, its employees, and authors of what it sent
SELECT person_id FROM person WHERE kind IN ('company', 'employee') UNION SELECT person_id FROM message WHERE direction = 'out' AND person_id IS NOT NULL

-- links_referred from message: From the author to whom they answered or passed on
SELECT m.person_id AS from_id, a.person_id AS to_id, 'reply' AS kind, m.time, m.message_id, a.message_id AS about_id, m.source FROM message m JOIN message a ON a.message_id = m.reply_to UNION ALL SELECT m.person_id AS from_id, a.person_id AS to_id, 'share' AS kind, m.time, m.message_id, a.message_id AS about_id, m.source FROM message m JOIN message a ON a.message_id = m.share_of

-- links_mentioned from message: Whom the source lists, or where it lists nobody, the handles in the text
SELECT from_id, 'p_' || left(md5('sonnim-person:' || nullif(lower(trim(handle)), '')), 16) AS to_id, 'mention' AS kind, time, message_id, CAST(NULL AS STRING) AS about_id, source FROM (SELECT DISTINCT person_id AS from_id, time, message_id, source, explode(CASE WHEN addressed IS NULL THEN regexp_extract_all(coalesce(text, ''), '(?:^|[^0-9A-Za-z_.@+-])@([0-9A-Za-z_]+(?:[.-][0-9A-Za-z_]+)*)', 1) ELSE regexp_extract_all(addressed, '([^,; @]+)', 1) END) AS handle FROM message WHERE person_id IS NOT NULL) named

-- links_all from links_referred, links_mentioned, engaged_ties, tie, links_aliases: Both ends as people
SELECT coalesce(f.person_id, l.from_id) AS from_id, coalesce(t.person_id, l.to_id) AS to_id, l.kind, l.time, l.weight, l.message_id, l.about_id, l.source FROM (SELECT from_id, to_id, kind, time, 1e0 AS weight, message_id, about_id, source FROM links_referred UNION ALL SELECT from_id, to_id, kind, time, 1e0, message_id, about_id, source FROM links_mentioned UNION ALL SELECT from_id, to_id, 'co_engaged', time, weight, CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING) FROM engaged_ties UNION ALL SELECT from_id, to_id, coalesce(kind, 'tie'), time, coalesce(weight, 1e0), message_id, CAST(NULL AS STRING), source FROM tie) l LEFT JOIN links_aliases f ON f.alias = l.from_id LEFT JOIN links_aliases t ON t.alias = l.to_id

-- link from links_all, links_company, coordination: Each link once; none to oneself; no mention beside an answer to the same person
SELECT from_id, to_id, kind, time, sum(weight) AS weight, message_id, max(about_id) AS about_id, EXISTS (SELECT 1 FROM links_company c WHERE c.person_id = from_id OR c.person_id = to_id) AS company, EXISTS (SELECT 1 FROM coordination b WHERE b.person_id = from_id AND b.flagged) AS flagged, min(source) AS source FROM links_all l WHERE from_id <> to_id AND weight > 0e0 AND NOT isnan(weight) AND NOT (kind = 'mention' AND EXISTS (SELECT 1 FROM links_all o WHERE o.message_id = l.message_id AND o.to_id = l.to_id AND o.kind IN ('reply', 'share'))) GROUP BY from_id, to_id, kind, time, message_id

