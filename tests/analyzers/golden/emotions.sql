-- emotion_probable from reading, message: A row for each probability that was read, in place of a column
SELECT message_id, substr(p_name, 3) AS name, probability, intensity FROM (SELECT message_id, p_joy, p_trust, p_fear, p_surprise, p_sadness, p_disgust, p_anger, p_anticipation, (abs(2e0 * rating - 1e0) + greatest(p_joy, p_trust, p_fear, p_surprise, p_sadness, p_disgust, p_anger, p_anticipation)) / 2e0 AS intensity FROM reading r WHERE EXISTS (SELECT 1 FROM message m WHERE m.message_id = r.message_id)) AS found UNPIVOT (probability FOR p_name IN (p_joy, p_trust, p_fear, p_surprise, p_sadness, p_disgust, p_anger, p_anticipation))

-- emotion from emotion_probable: Those that are likely enough, the likeliest first
SELECT message_id, name, probability, CAST(row_number() OVER (PARTITION BY message_id ORDER BY probability DESC NULLS LAST, name ASC NULLS LAST) AS BIGINT) AS rank, intensity FROM emotion_probable WHERE probability >= 0.5e0

