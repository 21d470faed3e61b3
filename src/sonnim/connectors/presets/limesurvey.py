"""LimeSurvey answers, as CSV.

**How to get it.** Survey › Responses & statistics › Export › Export results › CSV; headings as
full question text (or question code and text), answers as codes or in full.

**What becomes of it.** Questions are recognised by their words and answers: NPS (0 to 10), CSAT
and CES become answers with their scale; each open question becomes messages (`verbatim`) with the
question as title. A token stands for the person. The language is that the survey was begun in.

**What is not read.** Responses that were not submitted are passed over, like those of the other
survey tools. IP addresses and referrers are dropped. With headings as bare codes (`Q00`) no
question can be recognised: export full text. Questions not recognised stay among the attributes.

Times are written in the server's zone, which the file does not name: they are taken as UTC, with
Korean headings as Korean time. Say another with `--timezone`.
"""

from sonnim.connectors.expressions import language
from sonnim.connectors.preset import Preset, Survey, To

_ID = ("Response ID", "id", "id. Response ID", "응답 ID", "응답 번호")
_SUBMITTED = (
    "Date submitted", "submitdate", "submitdate. Date submitted", "제출일", "제출 날짜",
)  # fmt: skip

PRESET = Preset(
    name="limesurvey",
    title="LimeSurvey",
    title_ko="라임서베이",
    certain="documented",
    needs=(
        _ID,
        _SUBMITTED,
        ("Last page", "lastpage", "lastpage. Last page", "마지막 페이지"),
        ("Start language", "startlanguage", "startlanguage. Start language", "시작 언어"),
    ),
    timezone="UTC",
    timezone_by=(("응답 ID", "Asia/Seoul"), ("응답 번호", "Asia/Seoul")),
    rows=(),
    prepare=(
        "SELECT * FROM {scan} WHERE length(concat("
        + ", ".join(f"{{{name}?}}" for name in _SUBMITTED)
        + ")) > 0"
    ),
    ignore=("ipaddr", "IP address", "refurl", "Referrer URL", "seed", "Seed"),
    survey=Survey(
        response=tuple(f"{{{name}}}" for name in _ID),
        own=(
            *_ID, *_SUBMITTED, "Last page", "lastpage", "lastpage. Last page", "마지막 페이지",
            "Start language", "startlanguage", "startlanguage. Start language", "시작 언어",
            "Seed", "seed", "seed. Seed", "Date started", "startdate", "startdate. Date started",
            "Date last action", "datestamp", "datestamp. Date last action", "ipaddr",
            "IP address", "ipaddr. IP address", "refurl", "Referrer URL", "token", "Access code",
        ),
        to=(
            To(column="time", names=_SUBMITTED),
            To(column="person_id", names=("token", "Access code", "token. Access code")),
            *(
                To(column="language", sql=language(f"{{{name}}}"))
                for name in ("Start language", "startlanguage", "startlanguage. Start language")
            ),
        ),
    ),
)  # fmt: skip
