-- domains_rated from message, mood: The lowest quarter of a scale is negative, the highest positive
SELECT message_id, source, language, CAST(CASE WHEN place <= 0.25e0 THEN 0 WHEN place >= 0.75e0 THEN 2 ELSE 1 END AS BIGINT) AS rated, p_negative, p_neutral, p_positive FROM (SELECT m.message_id, m.source, o.language, (m.rating - coalesce(m.rating_min, 1e0)) / nullif(coalesce(m.rating_max, 5e0) - coalesce(m.rating_min, 1e0), 0e0) AS place, o.p_negative, o.p_neutral, o.p_positive FROM message m JOIN mood o ON o.message_id = m.message_id WHERE m.rating IS NOT NULL AND NOT isnan(m.rating) AND o.language IN ('ko', 'en')) placed WHERE place BETWEEN 0e0 AND 1e0 AND p_negative IS NOT NULL

-- domains_answers from mood, message, domain: The two answers of each message, fitted to its source and language
SELECT o.message_id, 1e0 / (1e0 + exp(-(d.polarity_slope * (ln(greatest(o.p_positive, 1e-9)) - ln(greatest(o.p_negative, 1e-9))) + d.polarity_intercept))) AS s, 1e0 / (1e0 + exp(-(d.neutrality_slope * (ln(greatest(o.p_neutral, 1e-9)) - ln(greatest(o.p_negative, 1e-9) + greatest(o.p_positive, 1e-9))) + d.neutrality_intercept))) AS q FROM mood o JOIN message m ON m.message_id = o.message_id JOIN domain d ON d.source = m.source AND d.language = o.language

-- domain_mood from domains_answers: Three probabilities again, and the likeliest mood if it is likelier than not
SELECT message_id, CASE WHEN p_neutral >= greatest(p_negative, p_positive) THEN 'neutral' WHEN greatest(p_negative, p_positive) < 0.5e0 THEN 'unsure' WHEN p_positive > p_negative THEN 'positive' ELSE 'negative' END AS label, p_negative, p_neutral, p_positive FROM (SELECT message_id, (1e0 - q) * (1e0 - s) AS p_negative, q AS p_neutral, (1e0 - q) * s AS p_positive FROM domains_answers) fitted

