"""Mail (mbox, eml, Maildir).

**How to get it.** Most mail programs save folders as mbox or single mails as eml: Gmail through
Takeout, Thunderbird by its folders, Naver and Daum mail by 내보내기. A folder of eml files, a
Maildir folder or an archive of them is taken as it is.

**What becomes of it.** One mail is one message (`email`). Its text is what was written anew; what
it quotes of earlier mails stays among the attributes as `quoted`. Conversations follow the
references between mails. Whoever writes is a person, known by the address.

**What is not read.** Attachments; their names are kept. Which of the writers are the company's is
not in a mail: `direction` stays empty. If the mailbox is that of the support team, give
`--map "direction:=in"`, or write into `sonnim.toml`:
`direction = { sql = "CASE WHEN from_address LIKE '%@our.example' THEN 'out' ELSE 'in' END" }`.
"""

from sonnim.connectors.preset import Preset, Rows, To

PRESET = Preset(
    name="mail",
    title="Mail",
    title_ko="전자우편",
    certain="documented",
    needs=(
        ("message_id",), ("from_address",), ("subject",), ("body",), ("quoted",), ("thread_id",),
        ("in_reply_to",), ("references",),
    ),
    ignore=("from", "from_name"),
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", names=("message_id",)),
                To(column="time", names=("date",), format="iso"),
                To(column="person_id", names=("from_address",)),
                To(column="channel", constant="email"),
                To(column="kind", constant="email"),
                # A mail may say all in its subject.
                To(column="text", sql="coalesce(nullif(trim({body}), ''), {subject})"),
                To(column="title", names=("subject",)),
                To(column="thread_id", names=("thread_id",)),
                To(column="reply_to", names=("in_reply_to",)),
                To(column="addressed", sql="nullif(array_to_string(list_sort(list_distinct("
                   "regexp_extract_all(lower(concat_ws(',', {to}, {cc})), "
                   "'[^\\s<>,;\"]+@[^\\s<>,;\"]+'))), ','), '')"),
            ),
            needs=("time",),
        ),
        Rows(
            table="person",
            to=(
                To(column="where", sql="{from_address} IS NOT NULL"),
                To(column="person_id", names=("from_address",)),
                To(column="name", names=("from_name",)),
            ),
        ),
    ),
)  # fmt: skip
