-- intent_probable from reading, message: A row for each probability that was read, in place of a column
SELECT message_id, substr(p_name, 3) AS name, probability FROM (SELECT message_id, p_complaint, p_question, p_praise, p_request, p_churn FROM reading r WHERE EXISTS (SELECT 1 FROM message m WHERE m.message_id = r.message_id)) AS found UNPIVOT (probability FOR p_name IN (p_complaint, p_question, p_praise, p_request, p_churn))

-- intent from intent_probable: Those that are likely enough, the likeliest first
SELECT message_id, name, probability, CAST(row_number() OVER (PARTITION BY message_id ORDER BY probability DESC NULLS LAST, name ASC NULLS LAST) AS BIGINT) AS rank FROM intent_probable WHERE probability >= 0.5e0

