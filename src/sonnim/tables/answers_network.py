"""The answer tables of who turns to whom, who is listened to, and which groups there are."""

from sonnim.tables.schema import Column, ColumnType, Privacy, TableSchema

_NUMBER = ColumnType.DOUBLE
_COUNT = ColumnType.LONG
_TIME = ColumnType.TIMESTAMP

LINK_KINDS = ("reply", "share", "mention", "co_engaged")
"""Kinds of links that messages show; the table `tie` may hold others."""


def _person(name: str, meaning: str) -> Column:
    return Column(name=name, meaning=meaning, privacy=Privacy.PSEUDONYM, required=True)


LINK = TableSchema(
    name="link",
    version=1,
    meaning="One time that somebody turned to somebody else",
    key=("from_id", "to_id", "kind", "message_id", "time"),
    time="time",
    columns=(
        _person("from_id", "Who turned to the other"),
        _person("to_id", "To whom"),
        Column(name="kind", meaning="reply, share, mention, co_engaged, or a kind of `tie`"),
        Column(name="time", type=_TIME, meaning="When", unit="UTC"),
        Column(name="weight", type=_NUMBER, meaning="How strong", unit="links"),
        Column(name="message_id", meaning="The message that shows it"),
        Column(name="about_id", meaning="The message that was answered or passed on"),
        Column(
            name="company",
            type=ColumnType.BOOLEAN,
            meaning="Whether one of the two speaks for the company",
        ),
        Column(
            name="flagged",
            type=ColumnType.BOOLEAN,
            meaning="Whether who turned to the other is flagged in `coordination`",
        ),
        Column(name="source", meaning="Name of the source in sonnim.toml"),
    ),
)

INFLUENCE = TableSchema(
    name="influence",
    version=1,
    meaning="How much one person is listened to, by one measure",
    key=("person_id", "measure"),
    columns=(
        _person("person_id", "Pseudonym of the person"),
        Column(
            name="measure",
            meaning="mood, pagerank, in_degree, betweenness, core or h_index",
        ),
        Column(name="value", type=_NUMBER, meaning="The measure", unit="depends on the measure"),
        Column(name="low", type=_NUMBER, meaning="Lower end of the 95% interval", unit="as value"),
        Column(name="high", type=_NUMBER, meaning="Upper end of the 95% interval", unit="as value"),
        Column(name="n", type=_COUNT, meaning="Links (of mood: answers) that it rests on",
               unit="rows"),
        Column(name="n_flagged", type=_COUNT,
               meaning="Links from accounts that `coordination` flagged, counted or not",
               unit="rows"),
        Column(name="rank", type=_COUNT, meaning="1: the most by this measure; equal values share"),
        Column(
            name="evidence",
            type=ColumnType.STRINGS,
            meaning="message_id of messages that show it",
        ),
    ),
)  # fmt: skip

COMMUNITY = TableSchema(
    name="community",
    version=1,
    meaning="Which group one person belongs to",
    key=("person_id",),
    columns=(
        _person("person_id", "Pseudonym of the person"),
        Column(name="community_id", type=_COUNT,
               meaning="Which group; the same number from answer to answer"),
        Column(
            name="stability",
            type=_NUMBER,
            meaning="How far other runs, with other seeds, put the person with the same people",
            unit="share",
        ),
        Column(
            name="bridge",
            type=_NUMBER,
            meaning="Participation coefficient: 0 all links stay in the group, near 1 they go to "
            "many groups alike",
            unit="share",
        ),
        Column(name="n", type=_COUNT, meaning="How many others the person is tied to",
               unit="people"),
        Column(
            name="closest",
            type=ColumnType.STRINGS,
            meaning="person_id of those they are tied to most, at most three",
        ),
        Column(name="x", type=_NUMBER, meaning="Where a picture shows the person: to the right",
               unit="radii of a person"),
        Column(name="y", type=_NUMBER, meaning="Upwards", unit="radii of a person"),
    ),
)  # fmt: skip

COMMUNITIES = TableSchema(
    name="communities",
    version=1,
    meaning="One group of people who turn to each other, or one that is no more",
    key=("community_id",),
    columns=(
        Column(name="community_id", type=_COUNT,
               meaning="Which group; the same number from answer to answer, given to no other"),
        Column(name="label", meaning="Words that its messages hold more often than others'"),
        Column(name="n", type=_COUNT, meaning="How many people; 0: it is no more", unit="people"),
        Column(name="inside", type=_NUMBER, meaning="Share of its links that stay within it",
               unit="share"),
        Column(name="stability", type=_NUMBER, meaning="Mean stability of its people",
               unit="share"),
        Column(name="negative", type=_NUMBER, meaning="Share of negative messages, fitted",
               unit="share"),
        Column(name="low", type=_NUMBER, meaning="Lower end of its 95% interval", unit="share"),
        Column(name="high", type=_NUMBER, meaning="Upper end of its 95% interval", unit="share"),
        Column(name="messages", type=_COUNT, meaning="Messages that it rests on", unit="rows"),
        Column(
            name="state",
            meaning="Since the last answer: kept, born, split (off another, or in parts), merged "
            "(of others, or into another) or gone; empty: there was none",
        ),
        Column(name="n_before", type=_COUNT, meaning="People that it had in the last answer",
               unit="people"),
        Column(name="shared", type=_COUNT,
               meaning="Of its people, those who were in `origins`, or who went to `heirs`",
               unit="people"),
        Column(
            name="origins",
            type=ColumnType.STRINGS,
            meaning="community_id of the groups before that it came of: itself where it was kept, "
            "what it split off, what merged into it",
        ),
        Column(
            name="heirs",
            type=ColumnType.STRINGS,
            meaning="Of one that is no more, community_id of those that it merged or split into",
        ),
    ),
)  # fmt: skip

COMMUNITY_CHANGE = TableSchema(
    name="community_change",
    version=1,
    meaning="One group in one period, and what became of it since the period before",
    key=("period", "lineage"),
    time="period",
    columns=(
        Column(name="period", type=_TIME, meaning="Start of the period", unit="UTC"),
        Column(
            name="lineage",
            meaning="Which group, through all periods: when it was first there, and its place by "
            "size among those that came then",
        ),
        Column(name="community_id", type=_COUNT,
               meaning="The group of `community` that it is now; empty: it is none"),
        Column(
            name="state",
            meaning="Since the period before: kept, born, split (off another, or in parts), merged "
            "(of others, or into another) or gone; empty in the first",
        ),
        Column(name="n", type=_COUNT, meaning="How many people; 0: it is no more", unit="people"),
        Column(name="n_before", type=_COUNT, meaning="People that it had in the period before",
               unit="people"),
        Column(name="shared", type=_COUNT,
               meaning="Of its people, those who were in `origins`, or who went to `heirs`",
               unit="people"),
        Column(
            name="origins",
            type=ColumnType.STRINGS,
            meaning="lineage of the groups before that it came of: itself where it was kept, what "
            "it split off, what merged into it",
        ),
        Column(
            name="heirs",
            type=ColumnType.STRINGS,
            meaning="Of one that is no more, lineage of those that it merged or split into",
        ),
    ),
)  # fmt: skip

CASCADE = TableSchema(
    name="cascade",
    version=1,
    meaning="One message and everything that came of it: answers, and what passed it on",
    key=("cascade_id",),
    time="started",
    columns=(
        Column(name="cascade_id", meaning="The message that it began with"),
        Column(name="root_message_id", meaning="The same"),
        Column(name="person_id", meaning="Who began it", privacy=Privacy.PSEUDONYM),
        Column(name="size", type=_COUNT, meaning="Messages in it", unit="rows"),
        Column(name="people", type=_COUNT, meaning="People in it", unit="people"),
        Column(name="depth", type=_COUNT, meaning="Longest way from the first message",
               unit="steps"),
        Column(name="breadth", type=_COUNT, meaning="Most messages at one distance", unit="rows"),
        Column(
            name="virality",
            type=_NUMBER,
            meaning="Structural virality: mean distance between two of its messages",
            unit="steps",
        ),
        Column(name="started", type=_TIME, meaning="When it began", unit="UTC"),
        Column(name="ended", type=_TIME, meaning="When its last message came", unit="UTC"),
        Column(name="half_time", type=_NUMBER, meaning="Until half of its messages were there",
               unit="hours"),
        Column(
            name="expected_growth",
            type=_NUMBER,
            meaning="Share of the cascades that grew as large which then doubled",
            unit="share",
        ),
        Column(name="growth_low", type=_NUMBER, meaning="Lower end of its 95% interval",
               unit="share"),
        Column(name="growth_high", type=_NUMBER, meaning="Upper end of its 95% interval",
               unit="share"),
        Column(name="answered_after", type=_NUMBER,
               meaning="Until the company's first answer; empty: none", unit="hours"),
        Column(name="chance_from", type=_COUNT,
               meaning="How many messages it had when its growth was told; empty: it is not young, "
               "or nobody can tell", unit="rows"),
        Column(name="chance_doubles", type=_NUMBER,
               meaning="How likely it reaches twice as many within the days of `cascade_forecast`",
               unit="probability"),
    ),
)  # fmt: skip

CASCADE_FORECAST = TableSchema(
    name="cascade_forecast",
    version=1,
    meaning="How well it could be told of later cascades whether they double",
    key=("k",),
    columns=(
        Column(name="k", type=_COUNT, meaning="How many messages a cascade had when looked at",
               unit="rows"),
        Column(name="days", type=_NUMBER, meaning="Within how long it must double", unit="days"),
        Column(
            name="verdict",
            meaning="better: clearly than the base rate; no_better: chances are not shown; few: "
            "too few cascades to say; alike: nearly all doubled, or nearly none",
        ),
        Column(name="least", type=_COUNT,
               meaning="How many must have doubled, and how many not, before and after the split",
               unit="cascades"),
        Column(name="split", type=_TIME,
               meaning="What was settled by then was learned from, what was looked at from then on "
               "was told", unit="UTC"),
        Column(name="learned", type=_COUNT, meaning="Earlier cascades", unit="cascades"),
        Column(name="learned_doubled", type=_COUNT, meaning="Those of them that doubled",
               unit="cascades"),
        Column(name="tested", type=_COUNT, meaning="Later cascades", unit="cascades"),
        Column(name="tested_doubled", type=_COUNT, meaning="Those of them that doubled",
               unit="cascades"),
        Column(name="base_rate", type=_NUMBER,
               meaning="Baseline: the share of earlier ones that doubled, said of each later one",
               unit="share"),
        Column(name="base_low", type=_NUMBER, meaning="Lower end of its 95% interval",
               unit="share"),
        Column(name="base_high", type=_NUMBER, meaning="Upper end of its 95% interval",
               unit="share"),
        Column(name="auc", type=_NUMBER,
               meaning="How often one that doubled was given the greater chance than one that did "
               "not; .5 is that of the base rate", unit="share"),
        Column(name="low", type=_NUMBER, meaning="Lower end of its 95% interval", unit="share"),
        Column(name="high", type=_NUMBER, meaning="Upper end of its 95% interval", unit="share"),
        Column(name="brier", type=_NUMBER,
               meaning="Brier score: mean squared distance of the chance from what came"),
        Column(name="base_brier", type=_NUMBER, meaning="The same of the base rate"),
        Column(name="gain", type=_NUMBER, meaning="How much less the former is than the latter"),
        Column(name="gain_low", type=_NUMBER, meaning="Lower end of its 95% interval"),
        Column(name="gain_high", type=_NUMBER, meaning="Upper end of its 95% interval"),
        Column(name="open", type=_COUNT,
               meaning="Cascades that have so many messages, and may yet double in time",
               unit="cascades"),
    ),
)  # fmt: skip

COORDINATION = TableSchema(
    name="coordination",
    version=1,
    meaning="An account that posted what others posted at the same time",
    key=("person_id",),
    columns=(
        _person("person_id", "Pseudonym of the account"),
        Column(name="n", type=_COUNT, meaning="Its coordinated posts", unit="rows"),
        Column(name="messages", type=_COUNT, meaning="All its posts", unit="rows"),
        Column(name="share", type=_NUMBER, meaning="Share of coordinated ones", unit="share"),
        Column(name="times", type=_COUNT, meaning="Days with such posts", unit="days"),
        Column(name="accounts", type=_COUNT, meaning="Most accounts that posted one text together",
               unit="people"),
        Column(
            name="flagged",
            type=ColumnType.BOOLEAN,
            meaning="Whether it does so again and again, and does little else",
        ),
        Column(name="first", type=_TIME, meaning="The first such post", unit="UTC"),
        Column(name="last", type=_TIME, meaning="The last one", unit="UTC"),
        Column(name="evidence", type=ColumnType.STRINGS, meaning="message_id of such posts"),
    ),
)  # fmt: skip

GROUP_MOOD = TableSchema(
    name="group_mood",
    version=1,
    meaning="How the mood of one group moved, beside that of all others",
    key=("community_id",),
    columns=(
        Column(name="community_id", type=_COUNT, meaning="Which group"),
        Column(name="before", type=_NUMBER, meaning="Share of negative messages before",
               unit="share"),
        Column(name="after", type=_NUMBER, meaning="The same, lately", unit="share"),
        Column(name="others_before", type=_NUMBER, meaning="Of all others, before", unit="share"),
        Column(name="others_after", type=_NUMBER, meaning="Of all others, lately", unit="share"),
        Column(name="value", type=_NUMBER,
               meaning="How much more the negative share rose than that of all others",
               unit="share"),
        Column(name="low", type=_NUMBER, meaning="Lower end of its 95% interval", unit="share"),
        Column(name="high", type=_NUMBER, meaning="Upper end of its 95% interval", unit="share"),
        Column(name="n", type=_COUNT, meaning="Messages lately", unit="rows"),
        Column(name="n_before", type=_COUNT, meaning="Messages before", unit="rows"),
        Column(name="p_value", type=_NUMBER, meaning="Probability of such a difference by chance",
               unit="probability"),
        Column(name="q_value", type=_NUMBER, meaning="The same, corrected for all groups",
               unit="probability"),
        Column(name="falling", type=ColumnType.BOOLEAN,
               meaning="Whether the group's mood may be said to fall faster"),
        Column(name="evidence", type=ColumnType.STRINGS,
               meaning="message_id of its latest negative messages, of bridges first"),
    ),
)  # fmt: skip

SEED = TableSchema(
    name="seed",
    version=1,
    meaning="One of the people to tell first, by one way to choose them",
    key=("way", "rank"),
    columns=(
        Column(
            name="way",
            meaning="chosen (for the greatest reach), pagerank, degree or random (one draw of 20)",
        ),
        Column(name="rank", type=_COUNT, meaning="In which order; 1 is told first"),
        _person("person_id", "Pseudonym of the person"),
        Column(name="reach", type=_NUMBER,
               meaning="How many people all of this way reach on average", unit="people"),
        Column(name="low", type=_NUMBER, meaning="Lower end of its 95% interval", unit="people"),
        Column(name="high", type=_NUMBER, meaning="Upper end of its 95% interval", unit="people"),
        Column(
            name="guarantee",
            type=_NUMBER,
            meaning="What share of the best choice there is they reach at least, with probability "
            ".99; empty for other ways",
            unit="share",
        ),
        Column(
            name="learned",
            type=ColumnType.BOOLEAN,
            meaning="Whether chances were learned from messages; else guessed from ties alone",
        ),
        Column(name="people", type=_COUNT, meaning="People of the network", unit="people"),
    ),
)  # fmt: skip

CONTAGION = TableSchema(
    name="contagion",
    version=1,
    meaning="How many times as likely people complain whose friends did, as it seems or matched",
    key=("estimate",),
    columns=(
        Column(
            name="estimate",
            meaning="raw; matched; or matched by periods since the friend complained: age_0, age_1 "
            "and so on, the last with all later ones",
        ),
        Column(name="value", type=_NUMBER, meaning="Ratio of the hazards; 1: none", unit="times"),
        Column(name="low", type=_NUMBER, meaning="Lower end of its 95% interval", unit="times"),
        Column(name="high", type=_NUMBER, meaning="Upper end of its 95% interval", unit="times"),
        Column(name="adopted", type=_COUNT, meaning="Complaints of those whose friends did",
               unit="people"),
        Column(name="others", type=_COUNT, meaning="Complaints of those they are compared with",
               unit="people"),
        Column(name="pairs", type=_COUNT, meaning="Pairs that were compared", unit="rows"),
        Column(name="left_out", type=_NUMBER,
               meaning="Share of people and periods without anybody alike", unit="share"),
        Column(name="unlike", type=_NUMBER,
               meaning="Most standard deviations that both sides still differ in a trait",
               unit="standard deviations"),
    ),
)  # fmt: skip

NETWORK = (
    LINK, INFLUENCE, COMMUNITY, COMMUNITIES, COMMUNITY_CHANGE, CASCADE, CASCADE_FORECAST,
    COORDINATION, GROUP_MOOD, SEED, CONTAGION,
)  # fmt: skip
