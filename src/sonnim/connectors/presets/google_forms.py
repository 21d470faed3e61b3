"""Google Forms answers, as CSV or as a Google Sheet saved as CSV or XLSX.

**How to get it.** Form › Responses (응답) › ⋮ › Download responses (.csv) (응답 다운로드). Or
open the linked sheet › File › Download. Both are read, in Korean (타임스탬프) and in English
(Timestamp).

**What becomes of it.** Questions are recognised by their words and answers: NPS (0 to 10), CSAT
(1 to 5 or 7) and CES become answers with their scale; each open question becomes messages
(`verbatim`) with the question as title. An e-mail address that the form collected stands for the
person; without one, answers are nobody's.

**What is not read.** Questions that are not recognised stay among the attributes. A response has no
id: it is told by all that it holds, so that an answer edited later counts as a new one. The CSV of
the form names its zone (`GMT+9`); that of the sheet does not: it is read as Korean time where its
header is Korean, else as UTC. Say another with `--timezone`.
"""

from sonnim.connectors.preset import Preset, Survey, To

_STAMP = (
    r"(?:\d{4}[/.]\s?\d{1,2}[/.]\s?\d{1,2}\.?\s.*\d:\d\d|\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d)"
)

PRESET = Preset(
    name="google_forms",
    title="Google Forms",
    title_ko="구글 설문지",
    certain="observed",
    needs=(("Timestamp", "타임스탬프"),),
    values=(("Timestamp|타임스탬프", _STAMP),),
    timezone="UTC",
    timezone_by=(("타임스탬프", "Asia/Seoul"),),
    rows=(),
    prepare=(
        "SELECT *, response || CASE WHEN row_number() OVER (PARTITION BY response) > 1 THEN "
        "'#' || row_number() OVER (PARTITION BY response) ELSE '' END AS response_id FROM "
        "(SELECT *, md5(CAST(raw AS VARCHAR)) AS response FROM {scan} raw)"
    ),
    prepared=("response_id",),
    survey=Survey(
        wants_question=True,
        response=("{response_id}",),
        own=(
            "Timestamp", "타임스탬프", "Email Address", "이메일 주소", "Username", "사용자 이름",
            "Score", "점수",
        ),
        to=(
            To(column="time", names=("Timestamp", "타임스탬프")),
            To(
                column="person_id",
                names=("Email Address", "이메일 주소", "Username", "사용자 이름"),
            ),
            To(column="unit", names=("지점", "매장", "방문 지점", "Branch", "Store")),
        ),
    ),
)  # fmt: skip
