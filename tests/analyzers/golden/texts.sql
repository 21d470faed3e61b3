-- texts from message: Title and text as one text
SELECT message_id, CASE WHEN title IS NULL OR title = '' THEN coalesce(text, '') ELSE title || '. ' || coalesce(text, '') END AS text, md5(coalesce(title, '') || '|' || coalesce(text, '')) AS text_digest FROM message

