"""Typeform answers, as CSV or XLSX.

**How to get it.** Results › Responses › select all › Download › CSV (or XLSX).

**What becomes of it.** Questions are recognised by their words and answers: NPS (0 to 10), CSAT
and CES become answers with their scale; each open question becomes messages (`verbatim`) with the
question as title. Times are those of submitting, in UTC.

**What is not read.** Responses that were begun and not submitted have no time of submitting and are
passed over. Questions that are not recognised, `Network ID`, `Tags` and `Ending` stay among the
attributes; of several boxes to tick each is a column there.
"""

from sonnim.connectors.preset import Preset, Survey, To

PRESET = Preset(
    name="typeform",
    title="Typeform",
    title_ko="타입폼",
    certain="observed",
    needs=(("#", "Response ID", "column_1"), ("Start Date (UTC)",), ("Submit Date (UTC)",)),
    timezone="UTC",
    rows=(),
    ignore=("Start Date (UTC)", "Stage Date (UTC)"),
    prepare="SELECT * FROM {scan} WHERE length(CAST({Submit Date (UTC)} AS VARCHAR)) > 0",
    survey=Survey(
        response=("{#}", "{Response ID}", "{column_1}"),
        own=(
            "#", "Response ID", "Response Type", "Start Date (UTC)", "Stage Date (UTC)",
            "Submit Date (UTC)", "Network ID", "Tags", "Ending", "Score",
        ),
        to=(
            To(column="time", names=("Submit Date (UTC)",)),
            To(column="person_id", names=("email", "Email", "이메일")),
        ),
    ),
)  # fmt: skip
