"""The answer table of how right labels are, by the labels of the company's own people."""

from sonnim.tables.schema import Column, ColumnType, TableSchema

_SHARE = ColumnType.DOUBLE
_COUNT = ColumnType.LONG

LABEL_ACCURACY = TableSchema(
    name="label_accuracy",
    version=1,
    meaning="How often moods of one source and language are what people of the company say",
    key=("source", "language"),
    columns=(
        Column(name="source", meaning="Where the messages came from; empty: all together"),
        Column(name="language", meaning="ko, en or mixed; empty: all together"),
        Column(
            name="n",
            type=_COUNT,
            meaning="How many labels are behind the figures: those drawn at random, or all where "
            "none was",
            unit="rows",
        ),
        Column(
            name="accuracy",
            type=_SHARE,
            meaning="Share of messages whose likeliest mood is the label",
            unit="share",
        ),
        Column(name="low", type=_SHARE, meaning="Lower end of its interval", unit="share"),
        Column(name="high", type=_SHARE, meaning="Upper end of its interval", unit="share"),
        Column(
            name="macro_f1",
            type=_SHARE,
            meaning="Mean F1 of the moods that occur among the labels",
            unit="share",
        ),
        Column(
            name="sure",
            type=_SHARE,
            meaning="The same share of the messages that the model did not call unsure",
            unit="share",
        ),
        Column(name="sure_low", type=_SHARE, meaning="Lower end of its interval", unit="share"),
        Column(name="sure_high", type=_SHARE, meaning="Upper end of its interval", unit="share"),
        Column(
            name="sure_n", type=_COUNT, meaning="How many of n were not called unsure", unit="rows"
        ),
        Column(
            name="n_random",
            type=_COUNT,
            meaning="Labels of messages drawn at random; 0: the others are the model's hardest, "
            "and on the whole it is better than these figures",
            unit="rows",
        ),
        Column(name="n_labelled", type=_COUNT, meaning="All labels, however chosen", unit="rows"),
    ),
)
