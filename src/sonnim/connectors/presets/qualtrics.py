"""Qualtrics surveys, as CSV.

**How to get it.** Data & Analysis › Export & Import › Export data › CSV, with numeric values or
choice text. The file has three header rows: names, questions, and import ids; the second tells
what was asked, the third is passed over.

**What becomes of it.** Questions are recognised by their words and answers: NPS (0 to 10), CSAT
and CES become answers with their scale; each open question becomes messages (`verbatim`). The
response's id is kept in the ids, recorded dates are read in the zone that the file names, e-mail
(else the external reference) stands for the person, and the distribution channel is the touchpoint.

**What is not read.** Previews and tests (`Status` other than a real response), IP addresses,
places, and names. Questions that are not recognised stay among the attributes; so does
`…_NPS_GROUP`, which only repeats a score.
"""

from sonnim.connectors.preset import Preset, Survey, To

_OWN = (
    "StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished",
    "RecordedDate", "ResponseId", "RecipientLastName", "RecipientFirstName", "RecipientEmail",
    "ExternalReference", "LocationLatitude", "LocationLongitude", "DistributionChannel",
    "UserLanguage",
)  # fmt: skip

PRESET = Preset(
    name="qualtrics",
    title="Qualtrics survey",
    title_ko="퀄트릭스 설문",
    certain="documented",
    needs=(("StartDate",), ("EndDate",), ("RecordedDate",), ("ResponseId",), ("Finished",)),
    timezone="UTC",
    # The zone that the file's times are in stands in its third header row.
    prepare=(
        "SELECT rows_of.*, zone_of.zone FROM (SELECT * FROM {scan} WHERE "
        "regexp_matches({ResponseId}, '^(R|FS)_') AND lower(coalesce({Status?}, '')) NOT IN "
        "('1', '2', 'survey preview', 'survey test', 'preview', 'test')) rows_of, "
        "(SELECT coalesce(nullif(max(regexp_extract({RecordedDate}, "
        "'\"timeZone\":\"([^\"]+)\"', 1)), ''), 'UTC') AS zone FROM {scan} "
        "WHERE {RecordedDate} LIKE '{{\"ImportId%') zone_of"
    ),
    prepared=("zone",),
    ignore=(
        "IPAddress", "LocationLatitude", "LocationLongitude", "RecipientLastName",
        "RecipientFirstName", "Status", "StartDate", "EndDate",
    ),
    rows=(),
    survey=Survey(
        response=("{ResponseId}",),
        own=_OWN,
        asked_below=True,
        to=(
            To(
                column="time",
                sql="timezone(CASE WHEN {zone} = 'Z' THEN 'UTC' ELSE {zone} END, "
                "TRY_CAST({RecordedDate} AS TIMESTAMP))",
            ),
            To(
                column="person_id",
                sql="coalesce(nullif({RecipientEmail}, ''), nullif({ExternalReference}, ''))",
            ),
            To(column="survey", names=("SurveyName",)),
            To(column="channel", names=("DistributionChannel",)),
            To(column="touchpoint", names=("DistributionChannel",)),
            To(
                column="language",
                sql="nullif(lower(regexp_extract({UserLanguage}, '^[A-Za-z]+')), '')",
            ),
        ),
    ),
)  # fmt: skip
