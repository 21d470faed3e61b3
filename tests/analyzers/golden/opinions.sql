-- opinions_read from reading, message: Where opinions stand, beside the texts they stand in
SELECT m.message_id, m.title, m.text, r.opinions FROM reading r JOIN message m ON m.message_id = r.message_id WHERE size(r.opinions) > 0

