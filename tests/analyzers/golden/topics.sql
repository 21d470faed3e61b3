-- topics_texts from message: Title and text as one text, of what was not said by the company itself
SELECT message_id, CASE WHEN title IS NULL OR title = '' THEN coalesce(text, '') ELSE title || '. ' || coalesce(text, '') END AS text, md5(coalesce(title, '') || '|' || coalesce(text, '')) AS text_digest, time FROM message WHERE coalesce(direction, 'public') <> 'out'

-- topics_chosen from topics_terms, message: A sample, by chance and in proportion from every month
SELECT message_id FROM (SELECT message_id, row_number() OVER (PARTITION BY month ORDER BY md5('1:' || message_id) NULLS LAST, message_id NULLS LAST) AS turn, count(*) OVER (PARTITION BY month) AS of_month, count(*) OVER () AS of_all FROM (SELECT w.message_id, date_trunc('month', m.time) AS month FROM topics_terms w JOIN message m ON m.message_id = w.message_id WHERE w.n_terms > 0) dated) turned WHERE turn <= ceil(1000.0e0 * of_month / of_all)

-- topics_given from topics_terms, topics_chosen, topics: The sample, and the topics known before
SELECT CAST(0 AS BIGINT) AS part, w.message_id, CAST(NULL AS BIGINT) AS topic_id, CAST(NULL AS BIGINT) AS level, CAST(NULL AS BIGINT) AS parent, CAST(NULL AS STRING) AS label, CAST(NULL AS STRING) AS language, CAST(NULL AS STRING) AS state, w.terms FROM topics_terms w JOIN topics_chosen c ON c.message_id = w.message_id
UNION ALL
SELECT CAST(0 AS BIGINT) AS part, CAST(NULL AS STRING) AS message_id, topic_id, level, parent, label, language, state, terms FROM topics WHERE topic_id IS NOT NULL

-- topics_strong from topics_terms, topics_fitted: Adds up how much the terms of each message speak for each topic
SELECT s.message_id, f.topic_id, f.label, f.parent, CAST(sum(f.strength) AS BIGINT) AS strength FROM (SELECT message_id, explode(terms) AS term FROM topics_terms) s JOIN topics_fitted f ON f.term = s.term GROUP BY s.message_id, f.topic_id, f.label, f.parent

-- topics_ranked (kept) from topics_strong: From strength to probability, the strongest topic first
SELECT *, strength / (strength + 1300.0e0) AS probability, row_number() OVER (PARTITION BY message_id ORDER BY strength DESC NULLS LAST, topic_id NULLS LAST) AS rank, sum(strength) OVER (PARTITION BY message_id) AS strength_of_all FROM topics_strong

-- topics_about from topics_ranked: The topics that a message is about
SELECT message_id, topic_id, label, parent, strength, strength_of_all, probability, CAST(rank AS BIGINT) AS rank FROM topics_ranked WHERE probability >= 0.5e0 AND rank <= 2

-- topics_messages from topics_terms, topics_about, topics_ranked: A row for every message, also of those about none
SELECT w.message_id, a.topic_id, a.label AS name, coalesce(a.probability, r.probability, 0e0) AS probability, coalesce(a.rank, CAST(1 AS BIGINT)) AS rank FROM topics_terms w LEFT JOIN topics_about a ON a.message_id = w.message_id LEFT JOIN (SELECT message_id, probability FROM topics_ranked WHERE rank = 1) r ON r.message_id = w.message_id

-- topics_spoken from topics_about: A broad topic has the messages of those below it
SELECT topic_id, message_id, strength, strength_of_all FROM topics_about
UNION ALL
SELECT parent AS topic_id, message_id, max(strength) AS strength, max(strength_of_all) AS strength_of_all FROM topics_about WHERE parent IS NOT NULL GROUP BY parent, message_id

-- topics_dated from topics_spoken, topics_texts: How clearly each message is about the topic, and about nothing else
SELECT s.topic_id, s.message_id, m.time, length(m.text) AS letters, md5(m.text) AS digest, CAST(floor(1e3 * strength / (1300.0e0 + strength_of_all)) AS BIGINT) AS clear FROM topics_spoken s JOIN topics_texts m ON m.message_id = s.message_id

-- topics_counted from topics_dated: How many, from when to when
SELECT topic_id, CAST(count(DISTINCT message_id) AS BIGINT) AS n, min(time) AS first_time, max(time) AS last_time FROM topics_dated GROUP BY topic_id

-- topics_quoted from topics_dated: The clearest messages, each text once
SELECT topic_id, max_by(message_id, (clear, message_id), 2) AS quotes FROM (SELECT topic_id, digest, max(clear) AS clear, min(message_id) AS message_id FROM topics_dated WHERE letters BETWEEN 5 AND 300 AND message_id IS NOT NULL GROUP BY topic_id, digest) once GROUP BY topic_id

-- topics_now from topics_fitted, topics_counted, topics_quoted: The topics, also those that are gone
SELECT f.topic_id, f.label, f.parent, f.level, coalesce(c.n, 0) AS n, coalesce(q.quotes, no_strings()) AS quotes, f.terms, f.language, f.state, f.coherence, f.stability, c.first_time, c.last_time FROM topics_fitted f LEFT JOIN topics_counted c ON c.topic_id = f.topic_id LEFT JOIN topics_quoted q ON q.topic_id = f.topic_id WHERE f.term IS NULL

