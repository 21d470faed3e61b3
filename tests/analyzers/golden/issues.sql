-- issues_texts from message: Title and text as one text, of what was not said by the company itself
SELECT message_id, CASE WHEN title IS NULL OR title = '' THEN coalesce(text, '') ELSE title || '. ' || coalesce(text, '') END AS text, md5(coalesce(title, '') || '|' || coalesce(text, '')) AS text_digest, time, unit, person_id FROM message WHERE coalesce(direction, 'public') <> 'out' AND time IS NOT NULL

-- issues_dated (kept) from issues_texts: Days since the first; of one text three copies, of very many people a sample
SELECT message_id, CASE WHEN unit = '' THEN NULL ELSE unit END AS unit, voice, day - min(day) OVER () AS day, min(day) OVER () AS start, turn <= 3 AND row_number() OVER (ORDER BY md5(voice) NULLS LAST, message_id NULLS LAST) <= 200000 AS searched FROM (SELECT message_id, unit, CAST(floor(unix_seconds(time) / 864e2) AS BIGINT) AS day, coalesce(person_id, message_id) AS voice, row_number() OVER (PARTITION BY text_digest ORDER BY time NULLS LAST, message_id NULLS LAST) AS turn FROM issues_texts) numbered

-- issues_said (kept) from issues_terms, issues_dated: Each term of each message
SELECT d.message_id, d.unit, d.voice, d.day, d.start, d.searched, s.term FROM (SELECT message_id, explode(terms) AS term FROM issues_terms) s JOIN issues_dated d ON d.message_id = s.message_id

-- issues_common from issues_said: Terms that come often enough, the most frequent first
SELECT term FROM (SELECT term, row_number() OVER (ORDER BY n DESC NULLS LAST, term NULLS LAST) AS turn FROM (SELECT term, count(*) AS n FROM issues_said WHERE searched GROUP BY term) counted WHERE n >= 5) turned WHERE turn <= 4000

-- issues_speaking (kept) from issues_dated: People who spoke at all, by unit and day
SELECT unit, day, count(DISTINCT voice) AS n FROM issues_dated WHERE searched GROUP BY unit, day

-- issues_counted from issues_said, issues_common, issues_speaking: People who said a term, beside all who spoke
SELECT CAST(0 AS BIGINT) AS part, term, unit, day, count(*) AS n FROM (SELECT s.term, s.unit, min(s.day) AS day FROM issues_said s JOIN issues_common c ON c.term = s.term WHERE s.searched GROUP BY s.term, s.unit, s.voice, floor(s.day / 28.0e0)) once GROUP BY term, unit, day
UNION ALL
SELECT CAST(0 AS BIGINT) AS part, CAST(NULL AS STRING) AS term, unit, day, n FROM issues_speaking

-- issues_given from issues_speaking, issues_rose, issues_said: Who spoke, which terms rose, and the messages that hold these
SELECT CAST(0 AS BIGINT) AS part, 'speaking' AS kind, CAST(NULL AS STRING) AS word, CAST(NULL AS STRING) AS term, unit, day, CAST(NULL AS BIGINT) AS until, n * 1e0 AS n, CAST(NULL AS DOUBLE) AS expected, CAST(NULL AS DOUBLE) AS strength, CAST(NULL AS DOUBLE) AS trials, CAST(NULL AS STRING) AS message_id FROM issues_speaking
UNION ALL
SELECT CAST(0 AS BIGINT) AS part, 'risen' AS kind, word, term, unit, day, until, n, expected, strength, trials, CAST(NULL AS STRING) AS message_id FROM issues_rose
UNION ALL
SELECT CAST(0 AS BIGINT) AS part, 'said' AS kind, CAST(NULL AS STRING) AS word, s.term, s.unit, s.day, CAST(NULL AS BIGINT) AS until, CAST(NULL AS DOUBLE) AS n, CAST(NULL AS DOUBLE) AS expected, CAST(NULL AS DOUBLE) AS strength, CAST(NULL AS DOUBLE) AS trials, s.message_id FROM issues_said s JOIN (SELECT DISTINCT term FROM issues_rose) r ON r.term = s.term WHERE s.searched

-- issue (kept) from issues_said, issues_found: Messages whose terms come more likely from the issue than not
SELECT message_id, issue_id, name, probability FROM (SELECT s.message_id, f.issue_id, f.label AS name, 1e0 - exp(sum(ln(greatest(f.share, 1e-9)))) AS probability FROM issues_said s JOIN issues_found f ON f.term = s.term AND s.day >= f.first_day AND s.day < f.end_day AND (f.unit IS NULL OR s.unit IS NULL OR s.unit = f.unit) GROUP BY s.message_id, f.issue_id, f.label) weighed WHERE probability >= 5e-1

-- issues_moods from issue, mood: How many of its messages have which mood
SELECT issue_id, count(mood) AS n, CAST(coalesce(sum(CASE WHEN mood = 'negative' THEN 1 ELSE 0 END), 0) AS BIGINT) AS negative, CAST(coalesce(sum(CASE WHEN mood = 'positive' THEN 1 ELSE 0 END), 0) AS BIGINT) AS positive FROM (SELECT i.issue_id, CASE WHEN label IN ('negative', 'neutral', 'positive') THEN label END AS mood FROM issue i JOIN mood o ON o.message_id = i.message_id) felt GROUP BY issue_id

-- issues_usual from mood, issues_dated: How many of all messages have which mood
SELECT count(mood) AS n, CAST(coalesce(sum(CASE WHEN mood = 'negative' THEN 1 ELSE 0 END), 0) AS BIGINT) AS negative, CAST(coalesce(sum(CASE WHEN mood = 'positive' THEN 1 ELSE 0 END), 0) AS BIGINT) AS positive FROM (SELECT CASE WHEN label IN ('negative', 'neutral', 'positive') THEN label END AS mood FROM mood o JOIN issues_dated d ON d.message_id = o.message_id) felt

-- issues_quoted from issue, issues_texts: The surest messages, each text once
SELECT issue_id, max_by(message_id, (sure, message_id), 3) AS quotes FROM (SELECT i.issue_id, t.text_digest, max(CAST(floor(1e6 * i.probability) AS BIGINT)) AS sure, min(i.message_id) AS message_id FROM issue i JOIN issues_texts t ON t.message_id = i.message_id WHERE length(t.text) BETWEEN 5 AND 300 GROUP BY i.issue_id, t.text_digest) once GROUP BY issue_id

-- issues from issues_found, issues_usual, issues_dated, issue, issues_moods, issues_quoted: The issues; one that reaches the last week is not over
SELECT f.issue_id, f.label, f.unit, timestamp_micros((f.first_day + s.start) * 86400000000) AS started, CASE WHEN f.ongoing THEN CAST(NULL AS TIMESTAMP) ELSE timestamp_micros((f.end_day + s.start) * 86400000000) END AS ended, coalesce(c.n, 0) AS n, CASE WHEN m.negative / nullif(m.n * 1e0, 0e0) - (u.negative / nullif(u.n * 1e0, 0e0)) > 2.5758e0 * sqrt((u.negative / nullif(u.n * 1e0, 0e0)) * (1e0 - (u.negative / nullif(u.n * 1e0, 0e0))) / nullif(m.n * 1e0, 0e0)) THEN 'complaint' WHEN m.positive / nullif(m.n * 1e0, 0e0) - (u.positive / nullif(u.n * 1e0, 0e0)) > 2.5758e0 * sqrt((u.positive / nullif(u.n * 1e0, 0e0)) * (1e0 - (u.positive / nullif(u.n * 1e0, 0e0))) / nullif(m.n * 1e0, 0e0)) THEN 'praise' ELSE 'talk' END AS kind, m.negative / nullif(m.n * 1e0, 0e0) AS negative, u.negative / nullif(u.n * 1e0, 0e0) AS negative_usual, f.p_value, f.terms, coalesce(q.quotes, no_strings()) AS quotes FROM issues_found f CROSS JOIN issues_usual u CROSS JOIN (SELECT min(start) AS start FROM issues_dated) s LEFT JOIN (SELECT issue_id, count(*) AS n FROM issue GROUP BY issue_id) c ON c.issue_id = f.issue_id LEFT JOIN issues_moods m ON m.issue_id = f.issue_id LEFT JOIN issues_quoted q ON q.issue_id = f.issue_id WHERE f.term IS NULL

